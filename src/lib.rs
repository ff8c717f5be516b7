//! ddt deploys release bundles to zones of machines, from an HJSON manifest.
//!
//! Data flows one way:
//!
//! ```text
//! text ─▶ hjson ─▶ manifest ─▶ plan ─▶ engine ─▶ store, report
//!              component, inventory ┘      │  └─▶ node (ssh, local), bundle
//!                                lint ◀────┘ (same rules, no contact)
//! ```

pub mod hjson;

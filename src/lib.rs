//! ddt deploys release bundles to zones of machines, from an HJSON manifest.
//!
//! Data flows one way:
//!
//! ```text
//! text ─▶ hjson ─▶ manifest ─▶ plan ─▶ engine ─▶ store, report
//!              component, inventory ┘      │  └─▶ node (ssh, local), bundle
//!                                lint ◀────┘ (same rules, no contact)
//! ```

pub mod address;
pub mod bundle;
pub mod cli;
pub mod clock;
pub mod component;
mod crash;
pub mod digest;
pub mod document;
pub mod engine;
pub mod exit;
pub mod failure;
mod files;
pub mod hjson;
pub mod inventory;
pub mod lint;
pub mod lsp;
pub mod manifest;
pub mod name;
pub mod node;
pub mod plan;
pub mod project;
pub mod provider;
pub mod reference;
pub mod report;
pub mod revision;
pub mod schemas;
pub mod secret;
pub mod share;
pub mod store;
pub mod tag;

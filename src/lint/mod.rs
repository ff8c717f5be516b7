//! Finds what is wrong with documents before anything is deployed.
//!
//! ```text
//! bytes ─▶ subject ─▶ text rules ─────────▶ findings ─▶ suppressions, selection ─▶ diagnostics
//!             └─────▶ shape ─▶ meaning rules ──┘
//! ```
//!
//! A rule is one file in `rules`, an entry in the registry, a folder of fixtures and a
//! generated page. `deploy` refuses a document by the very rules that `ddt lint` shows.

mod across;
mod compared;
mod context;
pub mod docs;
mod finding;
mod gate;
mod kind;
mod linter;
mod manifest_view;
mod misread;
pub mod output;
mod recorded;
mod registry;
mod rule;
mod rules;
mod selection;
mod suppression;
mod text;

#[cfg(test)]
mod tests;

pub use context::{Deployment, Earlier, Surroundings};
pub use gate::{Checked, read};
pub use kind::{DocumentKind, Linted};
pub use linter::{Linter, Origin, Subject};
pub use recorded::{NodeReleases, Recorded, RecordedError, RecordedZone, ZoneReleases};
pub use registry::{RULES, rule};
pub use rule::{Activation, Family, Rule};
pub use selection::{RuleSelector, Selection, UnknownRule};

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
mod baseline;
mod compared;
mod context;
mod defaults;
pub mod docs;
mod finding;
mod fixes;
mod gate;
mod kind;
mod linter;
mod manifest_view;
mod misread;
pub mod output;
mod recorded;
mod redaction;
mod registries;
mod registry;
mod rule;
mod rules;
mod secrets;
mod selection;
mod subject;
mod suppression;
mod text;

#[cfg(test)]
mod tests;

pub use baseline::Baseline;
pub use context::{Deployment, Earlier, Surroundings};
pub use defaults::CommandLine;
pub use fixes::Fixed;
pub use gate::{Checked, read, read_alone};
pub use kind::{DocumentKind, Linted};
pub use linter::Linter;
pub use recorded::{NodeReleases, Recorded, RecordedError, RecordedZone, ZoneReleases};
pub use registry::{RULES, rule};
pub use rule::{Activation, Family, Fixable, Rule};
pub use rules::invalid_default::{takes_defaults, wrong_defaults};
pub use selection::{Layer, Override, RuleSelector, Selection, UnknownRule};
pub use subject::{Origin, Subject};

//! What people and machines see: everything is rendered from the events of a run, from a
//! plan, or from messages about documents.
//!
//! A [`Reporter`] watches a run and hands what it sees to the reporters its options ask
//! for: [`bars`] on a terminal, [`lines`] elsewhere, [`json`] for machines, [`logs`] on
//! disk, and a [`summary`] at the end. Whatever comes from a node or a document goes
//! through [`escape`] before it is shown. No error of reporting stops a run.

pub mod bars;
mod bytes;
pub mod changes;
mod clock;
pub mod diagnostics;
pub mod escape;
mod excerpt;
pub mod exit_codes;
pub mod failure_table;
mod failures;
pub mod json;
mod known_errors;
pub mod lines;
mod log_files;
pub mod logs;
mod look;
mod output;
pub mod plan;
mod probing;
pub mod refusal;
pub mod rehearsals;
mod reporter;
mod stages;
pub mod summary;
mod tables;
mod tally;
mod task_log;
mod telling;
mod transfers;
mod trouble;
mod words;

#[cfg(test)]
mod screen;
#[cfg(test)]
mod script;

pub use clock::Clock;
pub use known_errors::KnownErrors;
pub use look::{ColorChoice, Look, Stream};
pub use output::Output;
pub use probing::Probing;
pub use reporter::{Fanout, Format, Reporter, ReporterRequest};
pub use transfers::Transfers;
pub use trouble::Trouble;
pub use words::{count, duration, seconds_between};

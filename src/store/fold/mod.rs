//! The state of a run is a fold of its journal.
//!
//! Pure and deterministic: the same events give the same view, every prefix of a journal
//! that folds folds too, and an event that cannot follow the ones before it is an error,
//! never a guess.

mod deeds;
mod folding;
mod impossible;
mod node;
mod stop;
mod task;
#[cfg(test)]
mod tests;
mod view;

use jiff::Timestamp;

pub use folding::Fold;
pub use impossible::{FoldError, Impossible, Task};
pub use view::{NodeStatus, NodeView, RunView, TaskState, TaskView};

use super::run::RunRecord;
use crate::engine::event::Event;

/// One event of a journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number, from 1.
    pub seq: u64,
    /// When it was written.
    pub time: Timestamp,
    /// What happened.
    pub event: Event,
}

/// Folds a journal into the view of its run.
pub fn fold(record: &RunRecord, entries: &[Entry]) -> Result<RunView, FoldError> {
    let mut fold = Fold::new(record);
    for entry in entries {
        fold.apply(entry)?;
    }
    Ok(fold.finish())
}

//! What cannot happen in a run.

use crate::engine::event::TaskId;
use crate::name::Name;

/// An event that cannot follow the ones before it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("event {seq} is impossible: {what}")]
pub struct FoldError {
    /// The event's number.
    pub seq: u64,
    /// What is wrong with it.
    pub what: Impossible,
}

/// Why an event cannot be where it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Impossible {
    /// Something before the first event there can be.
    #[error("the run has not started")]
    NotStarted,
    /// A second start.
    #[error("the run has started before")]
    StartedTwice,
    /// A start that belongs elsewhere.
    #[error("the run's start and its record do not agree")]
    OtherStart,
    /// Something after the last event there can be.
    #[error("the run is over")]
    RunOver,
    /// The same task twice in one plan.
    #[error("{0} is planned twice")]
    PlannedTwice(Task),
    /// A task that no plan has.
    #[error("{0} is not in the plan")]
    UnknownTask(Task),
    /// A node that no plan has.
    #[error("node {0} has no part in the run")]
    UnknownNode(Name),
    /// A node's event at the wrong time.
    #[error("node {node} {state}")]
    Node {
        /// The node.
        node: Name,
        /// What it is already.
        state: &'static str,
    },
    /// A task that begins after the operator's stop.
    #[error("{0} begins although the run was to stop")]
    AfterStop(Task),
    /// An act while another one goes on.
    #[error("{0} begins something before the last thing ended")]
    StillDoing(Task),
    /// An ending of nothing.
    #[error("{0} ended something that was not intended")]
    NotIntended(Task),
    /// An act that does not follow from the ones before.
    #[error("{0} cannot do this now")]
    WrongAct(Task),
    /// An ending that this act cannot have.
    #[error("{0} cannot end like this")]
    WrongEnding(Task),
    /// A task that goes on after its end.
    #[error("{0} is over")]
    TaskOver(Task),
    /// An end of the run that leaves something open.
    #[error("the run ends, and {0} has not")]
    LeftOpen(Task),
    /// An end of the run that is no end.
    #[error("a run does not end as running")]
    NoEnd,
    /// A success that is none.
    #[error("the run succeeds, and {0} did not")]
    NotSucceeded(Task),
    /// A rollback that is none.
    #[error("the run is rolled back, and {0} is not")]
    NotUndone(Task),
}

/// Shows a task the way people say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task(pub TaskId);

impl std::fmt::Display for Task {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let TaskId {
            node,
            component,
            package,
        } = &self.0;
        write!(out, "{component}/{package} on {node}")
    }
}

impl From<&TaskId> for Task {
    fn from(id: &TaskId) -> Self {
        Self(id.clone())
    }
}

//! How a zone stands: what its last deployment has made of its nodes.

use serde::Serialize;

use crate::engine::event::{RunKind, RunState};
use crate::failure::FailureClass;
use crate::store::fold::{NodeStatus, RunView, TaskState};

/// How a zone stands (design of the engine, states).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum ZoneState {
    /// Nothing was deployed to it yet.
    New,
    /// A run changes it.
    Deploying,
    /// Every node is as its last deployment wanted it.
    Operational,
    /// Some of what was wanted is there, and the rest can go on.
    PartiallyDeployed,
    /// A deployment was stopped before it had done anything.
    Stopped,
    /// Something failed, or nobody knows what an attempt did.
    Error,
}

impl ZoneState {
    /// The word of every output.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Deploying => "deploying",
            Self::Operational => "operational",
            Self::PartiallyDeployed => "partially-deployed",
            Self::Stopped => "stopped",
            Self::Error => "error",
        }
    }

    /// The state after a zone's last run that was not a dry run.
    pub(super) fn after(view: Option<&RunView>) -> Self {
        let Some(view) = view.filter(|view| view.kind != RunKind::DryRun) else {
            return Self::New;
        };
        match view.state {
            RunState::Running => Self::Deploying,
            RunState::Succeeded => Self::Operational,
            RunState::Partial => Self::PartiallyDeployed,
            RunState::Failed
            | RunState::InDoubt
            | RunState::RolledBack
            | RunState::RollbackFailed => Self::Error,
            RunState::Stopped | RunState::Interrupted => Self::unfinished(view),
        }
    }

    fn unfinished(view: &RunView) -> Self {
        let operator_ended = |class| class == FailureClass::Stopped;
        let has_failed = view.tasks.iter().any(|task| match task.state {
            TaskState::InDoubt => true,
            TaskState::Failed => !task
                .failure
                .as_ref()
                .is_some_and(|failure| operator_ended(failure.class)),
            _ => false,
        });
        let mut nodes = view.nodes.values();
        let is_any_ready = nodes.any(|node| node.state == NodeStatus::Ready);
        let has_begun = view.tasks.iter().any(|task| task.attempts > 0);
        if has_failed {
            Self::Error
        } else if has_begun || is_any_ready {
            Self::PartiallyDeployed
        } else {
            Self::Stopped
        }
    }
}

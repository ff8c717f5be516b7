//! What a run looks like: plain data for every verb that shows or continues one.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::engine::event::{
    Act, NodeState, RunKind, RunState, StopAfter, TaskFailure, TaskId, TaskStart,
};
use crate::name::Name;
use crate::store::run::RunRecord;
use crate::tag::ReleaseTag;

/// A run, as far as its journal goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RunView {
    /// The run.
    pub run: Name,
    /// What kind of run.
    pub kind: RunKind,
    /// The zone.
    pub mzone: Name,
    /// The manifest it was started with, as the operator wrote it.
    pub manifest: Utf8PathBuf,
    /// The fencing epoch.
    pub epoch: u64,
    /// How it stands.
    pub state: RunState,
    /// Whether the operator has asked it to stop.
    pub stop_requested: bool,
    /// How much is finished first, where the operator has asked it to stop.
    pub stop_after: Option<StopAfter>,
    /// Whether what ran was ended on the nodes.
    pub kill_requested: bool,
    /// When it began.
    pub started: Timestamp,
    /// When it ended; `None` also where its process died.
    pub ended: Option<Timestamp>,
    /// Every node that was selected.
    pub nodes: BTreeMap<Name, NodeView>,
    /// Every task of the plan, in the plan's order.
    pub tasks: Vec<TaskView>,
}

/// A node within a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NodeView {
    /// How it stands.
    pub state: NodeStatus,
    /// Why, where that is not plain. Parts of it may come from the node: untrusted.
    pub reason: Option<String>,
}

/// How a node stands in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NodeStatus {
    /// No task of it has begun.
    New,
    /// A task of it has begun, and its facts were not read again.
    Deploying,
    /// Everything that was planned is on the node, by its own record.
    Ready,
    /// A task failed, or the node's record is not what the run did.
    Error,
    /// The run ended before the node's last task.
    Stopped,
    /// It does not answer.
    Unreachable,
    /// A rule left it out.
    Skipped,
    /// What an attempt did there is not known.
    InDoubt,
}

impl NodeStatus {
    /// The word of every output.
    pub fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Deploying => "deploying",
            Self::Ready => "ready",
            Self::Error => "error",
            Self::Stopped => "stopped",
            Self::Unreachable => "unreachable",
            Self::Skipped => "skipped",
            Self::InDoubt => "in-doubt",
        }
    }
}

/// A task within a run: exactly one for each task of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TaskView {
    /// Which task it is.
    #[serde(flatten)]
    pub id: TaskId,
    /// The bundle.
    pub bundle: Name,
    /// The release wanted.
    pub tag: ReleaseTag,
    /// The release before.
    pub from_tag: Option<ReleaseTag>,
    /// Why the plan wants it.
    pub planned: String,
    /// How it stands.
    pub state: TaskState,
    /// Why, where that is not plain. Parts of it may come from the node: untrusted.
    pub reason: Option<String>,
    /// How it failed, or why nobody knows.
    pub failure: Option<TaskFailure>,
    /// What is being done now.
    pub doing: Option<Act>,
    /// How many attempts were begun or taken up.
    pub attempts: u32,
    /// When the first of them was.
    pub started: Option<Timestamp>,
    /// When it came to the state it is in, where that is an end.
    pub ended: Option<Timestamp>,
    /// How long the node worked on it, in seconds, where the node said so.
    pub seconds: Option<u64>,
}

/// How a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TaskState {
    /// It has not begun.
    Pending,
    /// It has begun.
    Running,
    /// It is done and recorded on the node.
    Succeeded,
    /// It did not succeed.
    Failed,
    /// It will not be run, because of something that failed.
    Skipped,
    /// The run ended before it could, by the operator or by accident.
    Stopped,
    /// It began, and nobody knows how it ended.
    InDoubt,
    /// The node is back at the release before, by its own record.
    Undone,
    /// Going back did not succeed.
    UndoFailed,
}

impl TaskState {
    /// Every state.
    pub const ALL: [Self; 9] = [
        Self::Pending,
        Self::Running,
        Self::Succeeded,
        Self::Failed,
        Self::Skipped,
        Self::Stopped,
        Self::InDoubt,
        Self::Undone,
        Self::UndoFailed,
    ];

    /// The word of every output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Stopped => "stopped",
            Self::InDoubt => "in-doubt",
            Self::Undone => "undone",
            Self::UndoFailed => "undo-failed",
        }
    }

    /// Whether nothing more is to come.
    pub fn is_over(self) -> bool {
        !matches!(self, Self::Pending | Self::Running)
    }
}

impl TaskView {
    pub(super) fn new(start: TaskStart) -> Self {
        let TaskStart {
            id,
            bundle,
            tag,
            from_tag,
            reason,
        } = start;
        Self {
            id,
            bundle,
            tag,
            from_tag,
            planned: reason,
            state: TaskState::Pending,
            reason: None,
            failure: None,
            doing: None,
            attempts: 0,
            started: None,
            ended: None,
            seconds: None,
        }
    }
}

impl NodeView {
    pub(super) fn new(state: NodeStatus, reason: Option<String>) -> Self {
        Self { state, reason }
    }

    pub(super) fn is_under_way(&self) -> bool {
        matches!(self.state, NodeStatus::New | NodeStatus::Deploying)
    }
}

impl From<NodeState> for NodeStatus {
    fn from(state: NodeState) -> Self {
        match state {
            NodeState::Ready => Self::Ready,
            NodeState::Error => Self::Error,
            NodeState::Stopped => Self::Stopped,
            NodeState::Unreachable => Self::Unreachable,
            NodeState::InDoubt => Self::InDoubt,
        }
    }
}

impl RunView {
    pub(super) fn new(record: &RunRecord) -> Self {
        Self {
            run: record.run.clone(),
            kind: record.kind,
            mzone: record.mzone.clone(),
            manifest: record.manifest.clone(),
            epoch: record.epoch,
            state: RunState::Running,
            stop_requested: false,
            stop_after: None,
            kill_requested: false,
            started: record.begun,
            ended: None,
            nodes: BTreeMap::new(),
            tasks: Vec::new(),
        }
    }

    /// Says what is known of a run whose process died: what it was doing is in doubt,
    /// and what it had not begun is stopped.
    pub(crate) fn interrupt(&mut self) {
        self.state = RunState::Interrupted;
        for task in self.tasks.iter_mut().filter(|task| !task.state.is_over()) {
            let (state, reason) = match (task.doing.take(), task.state) {
                (Some(_), _) => (TaskState::InDoubt, "the run's process died during it"),
                (None, TaskState::Running) => {
                    (TaskState::Stopped, "the run's process died before its end")
                }
                (None, _) => (TaskState::Stopped, "the run's process died before it"),
            };
            task.state = state;
            task.reason = Some(reason.to_owned());
            if let (TaskState::InDoubt, Some(node)) = (state, self.nodes.get_mut(&task.id.node)) {
                *node = NodeView::new(NodeStatus::InDoubt, Some(reason.to_owned()));
            }
        }
        self.settle_nodes("the run's process died");
    }

    /// Gives every node that was not read again its last state.
    pub(super) fn settle_nodes(&mut self, reason: &str) {
        for node in self.nodes.values_mut().filter(|node| node.is_under_way()) {
            *node = NodeView::new(NodeStatus::Stopped, Some(reason.to_owned()));
        }
    }
}

//! What happens in a run, as events: the journal stores them, the state of a run is a
//! fold of them, and every reporter renders nothing else.
//!
//! Guarantees: events are numbered without gaps in the order in which they happened;
//! an [`Event::Intended`] is durable before anything is done on a node; its
//! [`Event::Ended`] says what a receipt or the node itself said, or that it is in doubt;
//! [`Event::RunEnded`] is the last one.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::failure::FailureClass;
use crate::name::Name;
use crate::node::attempt::StepKind;
use crate::node::facts::{BootId, Facts};
use crate::plan::BatchKind;
use crate::tag::ReleaseTag;

/// The version of the events' shape in JSON.
pub const SCHEMA: u32 = 1;

/// Names one task of a run.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct TaskId {
    /// The node.
    pub node: Name,
    /// The component.
    pub component: Name,
    /// The package.
    pub package: Name,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// The run exists; nothing was done yet.
    RunStarted(RunStart),
    /// Every payload a node needs is there and verified.
    NodePrepared {
        /// The node.
        node: Name,
    },
    /// A node could not be made ready; no task of it will start.
    NodeFailed {
        /// The node.
        node: Name,
        /// Why.
        failure: TaskFailure,
    },
    /// An act is about to begin. It is durable before the node hears of it.
    Intended {
        /// The task.
        task: TaskId,
        /// What will be done.
        act: Act,
    },
    /// An act is over.
    Ended {
        /// The task.
        task: TaskId,
        /// How.
        ending: Ending,
    },
    /// Something did not work and will be tried again. What was being done is neither
    /// over nor forgotten until then.
    Retrying {
        /// The node.
        node: Name,
        /// The task, or none where the node is being made ready.
        task: Option<TaskId>,
        /// What did not work.
        failure: TaskFailure,
        /// The number of the next attempt.
        attempt: u32,
        /// How many attempts there can be.
        attempts: u32,
        /// How long it waits before, in seconds.
        pause_seconds: u32,
    },
    /// The nodes of a batch begin, where not all go together.
    BatchStarted {
        /// Its number, from 1.
        batch: u32,
        /// How many batches there are.
        batches: u32,
        /// Whether all depends on it.
        kind: BatchKind,
        /// Its nodes, in their order.
        nodes: Vec<Name>,
    },
    /// The rollout's health command has ended.
    HealthChecked {
        /// The number of the batch it was run for.
        batch: u32,
        /// What is wrong, if anything is.
        failure: Option<TaskFailure>,
    },
    /// More has failed than the rollout tolerates: no task begins after this.
    Halted {
        /// Why.
        reason: Skip,
    },
    /// A task will not be run.
    TaskSkipped {
        /// The task.
        task: TaskId,
        /// Why.
        reason: Skip,
    },
    /// A failed node's facts, before anything is undone there.
    EvidenceGathered {
        /// The node.
        node: Name,
        /// What was found.
        evidence: Evidence,
    },
    /// The operator wants the run to stop: no task begins after this but what the stop
    /// lets finish. One that has begun comes to its end, its reboot and its record
    /// included.
    StopRequested {
        /// How much is finished first.
        #[serde(default)]
        after: StopAfter,
    },
    /// The operator does not wait for what runs: its processes are ended on the nodes,
    /// and no reboot begins any more. Comes after a stop.
    KillRequested,
    /// A node's facts were read again after its last task.
    NodeEnded {
        /// The node.
        node: Name,
        /// How it stands.
        state: NodeState,
        /// Why, where that is not plain.
        reason: Option<String>,
    },
    /// The run is over.
    RunEnded {
        /// How.
        state: RunState,
    },
}

/// What a run begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunStart {
    /// The run.
    pub run: Name,
    /// What kind of run.
    pub kind: RunKind,
    /// The zone.
    pub mzone: Name,
    /// The fencing epoch that nodes enforce.
    pub epoch: u64,
    /// Every task that will be done, in order of packages, then nodes.
    pub tasks: Vec<TaskStart>,
    /// Nodes that a rule left out, and why.
    pub skipped: BTreeMap<Name, String>,
    /// Nodes that did not answer when the run was planned, and why. They count as failed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unreachable: BTreeMap<Name, String>,
    /// Nodes on which there is nothing to do.
    pub up_to_date: Vec<Name>,
}

/// A task as the plan has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TaskStart {
    /// The task.
    #[serde(rename = "task")]
    pub id: TaskId,
    /// The bundle.
    pub bundle: Name,
    /// The release wanted.
    pub tag: ReleaseTag,
    /// The release before.
    pub from_tag: Option<ReleaseTag>,
    /// Why the plan wants it.
    pub reason: String,
}

/// The kinds of run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RunKind {
    /// Brings a zone to what a manifest says.
    Deploy,
    /// Runs every bundle's check and changes nothing.
    DryRun,
    /// Undoes what another run changed.
    Rollback,
}

/// Something that is done on a node for a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum Act {
    /// Start an attempt.
    Start {
        /// Its number, from 1.
        number: u32,
    },
    /// Wait for an attempt of an earlier run.
    TakeUp {
        /// That run.
        run: Name,
        /// Its number there.
        number: u32,
    },
    /// Start an attempt that goes back to the release before.
    Undo {
        /// Its number; it goes on from those of the task.
        number: u32,
    },
    /// Reboot the node.
    Reboot {
        /// The boot that must end.
        since: BootId,
    },
    /// Verify and record an attempt after its reboot.
    Finish {
        /// The attempt's run.
        run: Name,
        /// Its number there.
        number: u32,
    },
}

/// How an act ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "ending", rename_all = "kebab-case")]
pub enum Ending {
    /// Done and recorded on the node.
    Succeeded {
        /// How long the node worked on it, in seconds.
        seconds: u64,
    },
    /// The steps succeeded; the reboot and the record are still to come.
    AwaitingReboot {
        /// The boot in which they ran.
        boot_id: BootId,
    },
    /// The node came back.
    Rebooted {
        /// Its new boot id.
        boot_id: BootId,
    },
    /// It did not succeed.
    Failed(TaskFailure),
    /// It did not succeed, and the node has gone back to the release before by itself.
    Undone(TaskFailure),
    /// Nobody knows how it ended: it began, and there is no receipt.
    InDoubt(TaskFailure),
}

/// Why something failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TaskFailure {
    /// The class: decides help, recovery level and exit code.
    pub class: FailureClass,
    /// What happened, as a fragment after "failed: ". Holds no log text.
    pub message: String,
    /// The step, where a step failed.
    pub step: Option<StepKind>,
}

impl TaskFailure {
    /// Whether the way back to the release before failed, whoever took it.
    pub fn is_of_undo(&self) -> bool {
        self.step == Some(StepKind::Rollback)
    }

    /// Whether something may have changed on the node: a check changes nothing, and an
    /// attempt that did not begin has done nothing.
    pub fn may_have_changed(&self) -> bool {
        match (self.step, self.class) {
            (Some(StepKind::Check), _) => false,
            (Some(_), _) => true,
            // The steps came before the reboot and the record.
            (None, class) => matches!(
                class,
                FailureClass::Reboot | FailureClass::Facts | FailureClass::Script
            ),
        }
    }
}

/// What a failed node's records say before anything is undone there. Parts of it come from
/// the node: untrusted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "found", rename_all = "kebab-case")]
pub enum Evidence {
    /// They could be read.
    Facts {
        /// The boot it is in.
        boot_id: BootId,
        /// The stage of each component that has one.
        stages: BTreeMap<Name, String>,
        /// The installed release of each package that has a record.
        installed: BTreeMap<Name, ReleaseTag>,
    },
    /// They could not.
    Missing {
        /// Why.
        reason: String,
    },
}

impl Evidence {
    /// What facts tell.
    pub(super) fn of(facts: &Facts) -> Self {
        let components = || facts.components.iter();
        let lines = components().flat_map(|(_, component)| &component.releases);
        Self::Facts {
            boot_id: facts.boot_id.clone(),
            stages: components()
                .filter_map(|(name, facts)| Some((name.clone(), facts.stage.clone()?)))
                .collect(),
            // The last line of a package is what is installed.
            installed: lines
                .map(|line| (line.package.clone(), line.tag.clone()))
                .collect(),
        }
    }
}

/// Why a task was not run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "skip", rename_all = "kebab-case")]
pub enum Skip {
    /// An earlier task of this node failed.
    NodeFailed {
        /// That task's package, or none where the node itself failed.
        package: Option<Name>,
    },
    /// Something failed elsewhere, and the rollout policy ends the run.
    RunFailed {
        /// The node where it failed.
        node: Name,
    },
    /// More nodes failed than may.
    BeyondLimit {
        /// The last of them.
        node: Name,
        /// The group whose limit it is, or none for that of the run.
        group: Option<Name>,
        /// How many failed.
        failed: u32,
        /// How many may.
        most: u32,
    },
    /// A canary is not ready.
    CanaryFailed {
        /// Which.
        node: Name,
    },
    /// The health command of the rollout has said no.
    Unhealthy {
        /// The number of the batch it was run for.
        batch: u32,
    },
    /// The operator stopped the run before this task began.
    Stopped,
}

/// How much a stop lets finish; an earlier one is narrower.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum StopAfter {
    /// The tasks that have begun.
    #[default]
    Task,
    /// The packages that have begun, on every node.
    Package,
    /// The nodes on which a task has begun, with all their packages.
    Node,
}

impl StopAfter {
    /// The word of every output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Task => "task",
            Self::Package => "package",
            Self::Node => "node",
        }
    }
}

/// How a node stands at the end of a run.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum NodeState {
    /// Everything that was planned is on the node, by its own record.
    Ready,
    /// A task failed, or the node's record is not what the run did.
    Error,
    /// The run stopped before the node's last task.
    Stopped,
    /// It does not answer.
    Unreachable,
    /// What an attempt did there is not known.
    InDoubt,
}

/// How a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RunState {
    /// It is going on.
    Running,
    /// Everything planned is done.
    Succeeded,
    /// It went through, but a rule left nodes out, or nodes failed within what the rollout
    /// tolerates.
    Partial,
    /// Something failed.
    Failed,
    /// The operator stopped it.
    Stopped,
    /// An attempt's outcome is unknown.
    InDoubt,
    /// It failed, and everything it had changed is undone.
    RolledBack,
    /// Not everything that was to be undone is.
    RollbackFailed,
    /// Its process died.
    Interrupted,
}

impl Ending {
    /// Why it did not succeed, or why nobody knows.
    pub fn failure(&self) -> Option<&TaskFailure> {
        match self {
            Self::Failed(failure) | Self::Undone(failure) | Self::InDoubt(failure) => Some(failure),
            _ => None,
        }
    }

    /// Whether something may have changed on the node by what did not succeed.
    pub fn may_have_changed(&self) -> bool {
        match self {
            Self::Failed(failure) => failure.may_have_changed(),
            Self::InDoubt(_) => true,
            _ => false,
        }
    }
}

impl RunKind {
    /// The word of every output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Deploy => "deploy",
            Self::DryRun => "dry-run",
            Self::Rollback => "rollback",
        }
    }
}

impl NodeState {
    /// The word of every output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Error => "error",
            Self::Stopped => "stopped",
            Self::Unreachable => "unreachable",
            Self::InDoubt => "in-doubt",
        }
    }
}

impl RunState {
    /// Every state.
    pub const ALL: [Self; 9] = [
        Self::Running,
        Self::Succeeded,
        Self::Partial,
        Self::Failed,
        Self::Stopped,
        Self::InDoubt,
        Self::Interrupted,
        Self::RolledBack,
        Self::RollbackFailed,
    ];

    /// The word of every output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Partial => "partial",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
            Self::InDoubt => "in-doubt",
            Self::RolledBack => "rolled-back",
            Self::RollbackFailed => "rollback-failed",
            Self::Interrupted => "interrupted",
        }
    }
}

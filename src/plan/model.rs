//! The plan: immutable data, complete enough that nothing is decided when it is run.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::input::Bundle;
use super::reason::{Reason, SkipReason};
use super::rollout::Rollout;
use super::undo::Undo;
use crate::component::NodeFiles;
use crate::name::Name;
use crate::node::facts::BootId;
use crate::tag::ReleaseTag;

/// The version of the plan's shape in JSON.
pub const SCHEMA: u32 = 1;

/// What will be done to a zone, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The version of this shape, by the ddt that wrote it.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: u32,
    /// The zone.
    pub mzone: Name,
    /// Every package of the manifest, in the order in which they are deployed.
    pub packages: Vec<PlannedPackage>,
    /// Every node that was selected and answered, by name.
    pub nodes: Vec<NodePlan>,
    /// Nodes that did not answer, and why, where the rollout tolerates that: they are left
    /// alone, and count as failed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unreachable: BTreeMap<Name, String>,
    /// The run that this plan undoes, where it is a rollback's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<Name>,
    /// How a run goes through the nodes.
    #[serde(default)]
    pub rollout: Rollout,
}

/// What is the same for a package on every node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedPackage {
    /// The component it belongs to.
    pub component: Name,
    /// The package.
    pub package: Name,
    /// The name of its bundle.
    pub bundle_name: Name,
    /// The release wanted.
    pub tag: ReleaseTag,
    /// The bundle.
    pub bundle: Bundle,
    /// Arguments of every step.
    pub flags: Vec<String>,
    /// The settings for the steps, as JSON text.
    pub config: String,
    /// Where the component keeps its records on a node.
    pub files: NodeFiles,
}

/// What will be done to one node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NodePlan {
    /// The node.
    pub node: Name,
    /// Whether anything will be done there at all.
    pub verdict: Verdict,
    /// The boot in which its facts were read.
    pub boot_id: BootId,
    /// How each component is deployed there.
    pub modes: BTreeMap<Name, Mode>,
    /// One for each of the plan's `packages`, in the same order.
    pub tasks: Vec<PlannedTask>,
}

/// Whether a node takes part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// There is something to do.
    Deploy,
    /// Everything is as the manifest wants it.
    UpToDate,
    /// A rule leaves the whole node out.
    Skipped(SkipReason),
}

/// How a component is deployed to a node (rule 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// The node has no stage yet.
    Fresh,
    /// The node stopped at a stage before the ready one.
    Continued,
    /// The node is ready; only what is newer is run.
    Upgrade,
    /// The node is ready, and a newer boot release starts over.
    NewBootCycle,
}

/// What will be done for one package on one node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedTask {
    /// What to do.
    pub action: Action,
    /// Why.
    pub reason: Reason,
    /// The release installed now.
    pub from_tag: Option<ReleaseTag>,
    /// The stage before the task.
    pub stage: Option<Name>,
    /// The stage that its success sets.
    pub sets: Option<Name>,
    /// How it is undone; for tasks that undo, and where a failure or the node is to undo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<Undo>,
}

/// What to do for a package on a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Leave it as it is.
    Nothing,
    /// Run the bundle's steps.
    Run,
    /// Run the bundle's steps, reboot, then record the success.
    RunAndReboot,
    /// Wait for an attempt of an earlier run that is still going on.
    TakeUp {
        /// The run that started it.
        run: Name,
        /// Its number there.
        number: u32,
        /// Whether its success waits for a reboot.
        reboots: bool,
    },
    /// An attempt of an earlier run succeeded but for its reboot and its record.
    Finish {
        /// The run that started it.
        run: Name,
        /// Its number there.
        number: u32,
        /// Whether the reboot is still to come.
        reboot: bool,
    },
    /// Run the bundle's `rollback` step towards the release before, as `undo` says.
    Undo,
    /// Record the release as installed, and run nothing: the operator says that it is.
    Record,
}

impl Action {
    /// Whether anything is done at all.
    pub fn is_something(&self) -> bool {
        *self != Self::Nothing
    }

    /// Whether the node will reboot for it.
    pub fn reboots(&self) -> bool {
        matches!(
            self,
            Self::RunAndReboot
                | Self::TakeUp { reboots: true, .. }
                | Self::Finish { reboot: true, .. }
        )
    }

    /// Whether the bundle must be on the node for it.
    pub fn needs_payload(&self) -> bool {
        matches!(
            self,
            Self::Run | Self::RunAndReboot | Self::Undo | Self::Record
        )
    }
}

impl Mode {
    /// Whether the fresh order and the fresh set are mandatory.
    pub fn is_fresh(self) -> bool {
        self != Self::Upgrade
    }

    /// The word of `DDT_MODE` and of every output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Continued => "continued",
            Self::Upgrade => "upgrade",
            Self::NewBootCycle => "new-boot-cycle",
        }
    }
}

impl Plan {
    /// How many tasks will do something.
    pub fn work(&self) -> usize {
        self.nodes.iter().map(NodePlan::work).sum()
    }

    /// Whether something was left as it is that the plan was asked for: a node by a rule or
    /// because it did not answer, or a task that cannot be undone.
    pub fn leaves_something(&self) -> bool {
        let mut tasks = self.nodes.iter().flat_map(|node| &node.tasks);
        self.skips_a_node()
            || !self.unreachable.is_empty()
            || tasks.any(|task| matches!(task.reason, Reason::CannotUndo(_)))
    }

    /// Whether a rule left a node out.
    pub fn skips_a_node(&self) -> bool {
        self.nodes
            .iter()
            .any(|node| matches!(node.verdict, Verdict::Skipped(_)))
    }
}

impl PlannedTask {
    /// Whether the node reboots for it.
    pub fn reboots(&self) -> bool {
        self.action.reboots() || (self.action == Action::Undo && self.undo_reboots())
    }

    /// How long the node waits for a confirmation before it undoes the task by itself, in
    /// seconds, where it does: what cannot be undone is not watched.
    pub fn confirm_within_seconds(&self, package: &PlannedPackage) -> Option<u32> {
        let is_run = matches!(
            self.action,
            Action::Run | Action::RunAndReboot | Action::TakeUp { .. } | Action::Finish { .. }
        );
        let is_watched = is_run && matches!(self.undo, Some(Undo::Possible(_)));
        let seconds = package.bundle.confirm_within_seconds;
        seconds.filter(|_| is_watched)
    }

    /// Whether the node reboots where the task is undone.
    pub fn undo_reboots(&self) -> bool {
        matches!(&self.undo, Some(Undo::Possible(previous)) if previous.reboots)
    }
}

impl NodePlan {
    /// How many of its tasks will do something.
    pub fn work(&self) -> usize {
        self.tasks
            .iter()
            .filter(|task| task.action.is_something())
            .count()
    }
}

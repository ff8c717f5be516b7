//! How a task can be undone, said before it is run.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::model::{PlannedPackage, PlannedTask};
use crate::digest::Digest;
use crate::name::Name;
use crate::node::facts::ReleaseLine;

/// Whether a task can be undone, and what that leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Undo {
    /// The bundle's `rollback` step goes back to the task's `from_tag`.
    Possible(Previous),
    /// What the task did stays.
    Impossible(NoUndo),
}

/// What a node's records say again once a task is undone; the tag is the task's `from_tag`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Previous {
    /// The digest of the bundle that was installed before.
    pub digest: Digest,
    /// The stage to go back to; none where the task leaves the stage alone.
    pub stage: Option<Name>,
    /// Whether the node reboots before the record is written, as it did for the task.
    pub reboots: bool,
}

/// Why a task cannot be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NoUndo {
    /// The node has no record of a release before.
    NoPrevious,
    /// The release before is the very same.
    SameRelease,
    /// The bundle has no `rollback` step.
    NoStep,
    /// The task takes the node to its first stage; there is none to go back to.
    NoStage,
    /// The bundle is not on the node any more.
    NoBundle,
}

impl Undo {
    /// Decides for a task that is planned over a release, or over none.
    pub(super) fn of(
        package: &PlannedPackage,
        task: &PlannedTask,
        previous: Option<&ReleaseLine>,
    ) -> Self {
        let Some(previous) = previous else {
            return Self::Impossible(NoUndo::NoPrevious);
        };
        if previous.tag == package.tag && previous.digest == package.bundle.digest {
            Self::Impossible(NoUndo::SameRelease)
        } else if package.bundle.steps.rollback.is_none() {
            Self::Impossible(NoUndo::NoStep)
        } else if task.sets.is_some() && task.stage.is_none() {
            Self::Impossible(NoUndo::NoStage)
        } else {
            Self::Possible(Previous {
                digest: previous.digest.clone(),
                stage: task.sets.as_ref().and(task.stage.clone()),
                reboots: task.action.reboots(),
            })
        }
    }
}

impl fmt::Display for NoUndo {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::NoPrevious => "no release was there before",
            Self::SameRelease => "the same release was there before",
            Self::NoStep => "its bundle has no `rollback` step",
            Self::NoStage => "the node had no stage before",
            Self::NoBundle => "its bundle is not on the node any more",
        })
    }
}

//! The rollout of a plan: which nodes go together, how many at a time, and how many may
//! fail. Every number is counted out, so that a stored plan goes on as it began.

mod resolve;
#[cfg(test)]
mod tests;
mod tolerance;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::document::YesNo;
use crate::manifest::Strategy;
use crate::name::Name;

pub use resolve::{RolloutError, RolloutRules};

/// How a run goes through the nodes of a plan. The default: all nodes together, until the
/// first failure.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Rollout {
    /// Which tasks go together.
    pub strategy: Strategy,
    /// The nodes that go together, in order. Nodes in none of them go last, together.
    pub batches: Vec<Batch>,
    /// On how many nodes something may be done, or reboot, at the same time; none means all.
    pub max_in_flight: Option<u32>,
    /// How many nodes may fail; none means 0 for the nodes that are in none of `groups`.
    pub max_failures: Option<u32>,
    /// Groups with a limit of their own.
    pub groups: Vec<GroupLimit>,
    /// How long to wait after a batch, in seconds.
    pub pause_seconds: u32,
    /// The program that is run after each batch, and its arguments; empty means none.
    pub health: Vec<String>,
    /// How often steps that failed are run again, where their bundle is idempotent.
    pub step_retries: u32,
    /// Whether a run that fails goes back to the releases before it.
    pub rollback_on_failure: YesNo,
}

/// Nodes that go together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// Whether all depends on them.
    pub kind: BatchKind,
    /// The nodes, in their order.
    pub nodes: Vec<Name>,
}

/// What a batch is to those behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BatchKind {
    /// Nothing begins elsewhere unless every node of it is ready.
    Canaries,
    /// Its failures count as all others do.
    Ordinary,
}

/// How many nodes of a group may fail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupLimit {
    /// The group of the inventory.
    pub group: Name,
    /// Those of its nodes that have tasks, or did not answer when the plan was made.
    pub nodes: Vec<Name>,
    /// How many of them may fail.
    pub max_failures: u32,
}

impl BatchKind {
    /// Whether nothing begins elsewhere unless every node of it is ready.
    pub fn is_canaries(self) -> bool {
        self == Self::Canaries
    }
}

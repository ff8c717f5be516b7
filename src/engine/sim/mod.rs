//! Rehearses deployments: the real driver, machine, planner and fold, under a virtual clock
//! and against nodes in memory that keep their own records as the runner does. Faults
//! strike by chance, from a seed: the same seed and the same ddt give the same history.
//!
//! Guarantees: no node is touched, no file is written, no real time passes; after every
//! event every [`Promise`] is checked.

mod attempts;
mod chance;
mod connection;
mod disk;
mod errand;
mod fault;
mod inheritance;
mod invariants;
mod ledger;
mod life;
mod model;
mod rollout;
mod sabotage;
mod scenario;
mod telling;
mod variety;
mod world;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::machine::RunIdentity;
use crate::name::Name;
use crate::node::facts::Facts;
use crate::plan::{Assume, Observation, Plan, Refusal};

pub use fault::{Fault, UnknownFault};
pub use invariants::Promise;
pub use life::LifeEnd;
pub use sabotage::Sabotage;
pub use scenario::{Seeded, Verdict, Violation};
pub use variety::Variety;

/// A zone to rehearse with.
pub struct Rehearsal {
    /// What the nodes are at the beginning.
    pub facts: BTreeMap<Name, Arc<Facts>>,
    /// Makes a plan from what a controller sees.
    pub planner: Arc<Planner>,
    /// What kind of run, and its policy; name and epoch are each controller's own.
    pub identity: RunIdentity,
    /// How long a node may take to come back from a reboot, in seconds.
    pub reboot_timeout_seconds: u64,
}

/// Plans from facts, with what the operator says of attempts in doubt.
pub type Planner =
    dyn Fn(&BTreeMap<Name, Observation>, Option<Assume>) -> Result<Plan, Refusal> + Send + Sync;

/// The facts of nodes, of which neighbours that are alike share theirs.
pub fn shared_facts(facts: impl IntoIterator<Item = (Name, Facts)>) -> BTreeMap<Name, Arc<Facts>> {
    let mut last: Option<Arc<Facts>> = None;
    let nodes = facts.into_iter().map(|(name, facts)| {
        let known = last.take().filter(|last| **last == facts);
        let known = known.unwrap_or_else(|| Arc::new(facts));
        last = Some(Arc::clone(&known));
        (name, known)
    });
    nodes.collect()
}

impl Rehearsal {
    /// Rehearses once. Fails only where there is no room for a runtime.
    pub fn play(&self, seeded: &Seeded) -> std::io::Result<Verdict> {
        scenario::rehearse(self, seeded)
    }
}

/// A plan, or the end of the controller that wanted one.
fn plan_of(
    rehearsal: &Rehearsal,
    observations: &BTreeMap<Name, Observation>,
    assume: Option<Assume>,
) -> Result<Plan, LifeEnd> {
    (rehearsal.planner)(observations, assume).map_err(|refusal| refused(&refusal))
}

/// The end of a controller that has no plan.
fn refused(refusal: &Refusal) -> LifeEnd {
    let problems = &refusal.problems;
    LifeEnd::Refused {
        problem: problems
            .first()
            .map(|found| format!("{}: {}", found.node, found.problem))
            .unwrap_or_default(),
        is_in_doubt: problems.iter().all(|found| found.problem.is_in_doubt()),
    }
}

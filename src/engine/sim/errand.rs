//! What a controller is started for, and the plan that it makes for that.

use std::collections::{BTreeMap, BTreeSet};

use super::ledger::Ledger;
use super::life::LifeEnd;
use super::{Rehearsal, plan_of, refused};
use crate::engine::event::{RunKind, RunState, TaskId};
use crate::name::Name;
use crate::plan::{Assume, Continuation, Observation, Plan, RollbackInput, TaskKey, rollback};
use crate::store::fold::{RunView, TaskState};

/// What an operator starts a controller for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Errand {
    /// `ddt deploy`.
    Deploy,
    /// `ddt resume` of the last run.
    Resume,
    /// `ddt rollback` of the last run.
    Rollback,
}

/// The last run as the next controller finds it.
pub(super) struct Past {
    run: Name,
    plan: Plan,
    view: RunView,
}

impl Errand {
    /// The word of a history.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Deploy => "deploy",
            Self::Resume => "resume",
            Self::Rollback => "roll back",
        }
    }

    /// What kind of run it leads to.
    pub(super) fn kind(self) -> RunKind {
        match self {
            Self::Deploy | Self::Resume => RunKind::Deploy,
            Self::Rollback => RunKind::Rollback,
        }
    }

    /// The run that it is about, if it is about one that it can be about.
    pub(super) fn past(self, ledgers: &[Ledger]) -> Option<Past> {
        let last = ledgers.last()?;
        let is_deploy = last.identity.kind == RunKind::Deploy;
        match self {
            Self::Deploy => None,
            Self::Resume => Some(Past::of(last)).filter(|past| is_deploy && past.is_resumable()),
            Self::Rollback if is_deploy || last.model.end == Some(RunState::Succeeded) => {
                Some(Past::of(last))
            }
            // In the place of a rollback that did not come to its end stands its run.
            Self::Rollback => {
                let undone = last.plan.undoes.as_ref()?;
                let mut before = ledgers.iter();
                before
                    .find(|ledger| ledger.identity.run == *undone)
                    .map(Past::of)
            }
        }
    }

    /// A plan, or the end of the controller that wanted one.
    pub(super) fn plan(
        self,
        (rehearsal, past): (&Rehearsal, Option<&Past>),
        observations: &BTreeMap<Name, Observation>,
        assume: Option<Assume>,
    ) -> Result<Plan, LifeEnd> {
        match (self, past) {
            (Self::Resume, Some(past)) => past.rest(observations, assume),
            (Self::Rollback, Some(past)) => past.undone(observations),
            _ => plan_of(rehearsal, observations, assume),
        }
    }
}

impl Past {
    fn of(ledger: &Ledger) -> Self {
        let mut view = ledger.fold.view().clone();
        if ledger.model.end.is_none() {
            view.interrupt();
        }
        Self {
            run: ledger.identity.run.clone(),
            plan: Plan::clone(&ledger.plan),
            view,
        }
    }

    fn is_resumable(&self) -> bool {
        let is_over = matches!(
            self.view.state,
            RunState::Succeeded
                | RunState::Partial
                | RunState::RolledBack
                | RunState::RollbackFailed
        );
        !is_over
    }

    /// What is left of its plan.
    fn rest(
        &self,
        observations: &BTreeMap<Name, Observation>,
        assume: Option<Assume>,
    ) -> Result<Plan, LifeEnd> {
        let in_doubt = self.view.tasks.iter();
        let in_doubt = in_doubt.filter(|task| task.state == TaskState::InDoubt);
        let assumed = |id: &TaskId| -> Option<(TaskKey, Assume)> {
            let key = (id.node.clone(), id.component.clone(), id.package.clone());
            Some((key, assume?))
        };
        let packages = self.plan.packages.iter();
        let at_hand = packages.map(|package| package.bundle.payload.clone());
        let mut rest = Continuation {
            plan: &self.plan,
            run: &self.run,
            done: &self.view.done(),
            observations: &BTreeMap::new(),
            assumptions: &in_doubt.filter_map(|task| assumed(&task.id)).collect(),
            at_hand: &at_hand.collect(),
        };
        let seen = of_nodes(observations, &rest.unfinished());
        rest.observations = &seen;
        rest.plan().map_err(|refusal| refused(&refusal))
    }

    /// The way back from what it changed.
    fn undone(&self, observations: &BTreeMap<Name, Observation>) -> Result<Plan, LifeEnd> {
        let changes = self.view.changes();
        let changed = changes.keys().map(|(node, _, _)| node.clone()).collect();
        rollback(RollbackInput {
            run: &self.run,
            plan: &self.plan,
            changes: &changes,
            observations: &of_nodes(observations, &changed),
            partial: true,
        })
        .map_err(|refusal| refused(&refusal))
    }
}

fn of_nodes(
    observations: &BTreeMap<Name, Observation>,
    nodes: &BTreeSet<Name>,
) -> BTreeMap<Name, Observation> {
    let seen = observations
        .iter()
        .filter(|(node, _)| nodes.contains(*node));
    seen.map(|(node, seen)| (node.clone(), seen.clone()))
        .collect()
}

//! The stage a node's record leads to: the one it had, and what the tasks that are done
//! have set since.

use std::collections::BTreeMap;

use super::tally::{Phase, Tally};
use crate::engine::event::TaskId;
use crate::name::Name;
use crate::plan::{NodePlan, Plan, PlannedTask, Undo};

/// Every node's tasks that know of stages.
#[derive(Debug, Default)]
pub(super) struct Stages {
    nodes: BTreeMap<Name, Vec<Step>>,
    /// Whether the plan's order is the one in which things are undone.
    is_rollback: bool,
}

#[derive(Debug)]
struct Step {
    task: TaskId,
    before: Option<Name>,
    sets: Option<Name>,
    /// The stage that undoing it goes back to.
    back: Option<Name>,
}

impl Stages {
    pub(super) fn of(plan: &Plan) -> Self {
        let node = |node: &NodePlan| {
            let tasks = plan.packages.iter().zip(&node.tasks);
            let step = |(package, task): (&crate::plan::PlannedPackage, &PlannedTask)| Step {
                task: TaskId {
                    node: node.node.clone(),
                    component: package.component.clone(),
                    package: package.package.clone(),
                },
                before: task.stage.clone(),
                sets: task.sets.clone(),
                back: match &task.undo {
                    Some(Undo::Possible(previous)) => previous.stage.clone(),
                    _ => None,
                },
            };
            (node.node.clone(), tasks.map(step).collect())
        };
        Self {
            nodes: plan.nodes.iter().map(node).collect(),
            is_rollback: plan.undoes.is_some(),
        }
    }

    /// The stage of each of the node's components, in order; nothing where none is known.
    pub(super) fn of_node(&self, node: &Name, tally: &Tally) -> String {
        let mut stages: Vec<(&Name, Option<&Name>)> = Vec::new();
        let mut back_at = None;
        for step in self.nodes.get(node).into_iter().flatten() {
            if stages
                .last()
                .is_none_or(|(component, _)| **component != step.task.component)
            {
                stages.push((&step.task.component, step.before.as_ref()));
            }
            // A failed run undoes what it did first last of all.
            let is_back = tally.phase(&step.task) == Some(Phase::Undone)
                && (self.is_rollback || back_at != Some(&step.task.component));
            if let (true, Some((_, stage)), Some(back)) = (is_back, stages.last_mut(), &step.back) {
                *stage = Some(back);
                back_at = Some(&step.task.component);
            }
            let is_done = tally.phase(&step.task) == Some(Phase::Done);
            if let (true, Some((_, stage)), Some(sets)) = (is_done, stages.last_mut(), &step.sets) {
                *stage = Some(sets);
            }
        }
        let known: Vec<&str> = stages
            .iter()
            .filter_map(|(_, stage)| Some((*stage)?.as_str()))
            .collect();
        known.join(", ")
    }
}

//! A small model of nodes: what a task leaves on one, in a few lines.

use super::facts::Change;
use super::zone::hostos;
use crate::node::facts::{BootId, Facts};
use crate::plan::{NodePlan, Plan, PlannedPackage, PlannedTask};

/// The node after its first tasks have succeeded.
pub(super) fn after(plan: &Plan, node: &NodePlan, count: usize, facts: Facts) -> Facts {
    let tasks = plan.packages.iter().zip(&node.tasks);
    let work = tasks.filter(|(_, task)| task.action.is_something());
    work.take(count).fold(facts, succeed)
}

fn succeed(facts: Facts, (package, task): (&PlannedPackage, &PlannedTask)) -> Facts {
    assert_eq!(package.component, hostos());
    let mut facts = facts.records(&package.package, &package.tag);
    if let Some(stage) = &task.sets {
        facts = facts.at(stage.as_str());
    }
    if task.action.reboots() {
        facts.boot_id = BootId(format!("{}+", facts.boot_id));
    }
    facts
}

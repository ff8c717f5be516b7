//! What is said to be released is in the node's own file.

use super::{Moment, installed, planned, require};
use crate::engine::event::{Act, Ending, Event, NodeState, RunKind, RunState, TaskId};
use crate::engine::sim::ledger::Ledger;
use crate::engine::sim::model::ModelNode;
use crate::engine::sim::world::World;
use crate::name::Name;
use crate::node::facts::ReleaseOutcome;
use crate::plan::PlannedPackage;
use crate::store::fold::TaskState;

/// I4: recorded release = node's file, or explicitly unknown. A task that succeeded, a
/// node that is ready and a run that succeeded have their releases in the node's file; a
/// task that failed has left none there. What was undone has its own promise.
pub(super) fn record_is_true(world: &World, moment: &Moment<'_>) -> Result<(), String> {
    let Moment::Journaled { run, event } = moment else {
        return Ok(());
    };
    let ledger = &world.ledgers[*run];
    match event {
        Event::Ended { task, ending } => ended_as_recorded(world, ledger, task, ending),
        Event::NodeEnded {
            node,
            state: NodeState::Ready,
            ..
        } => ready_as_recorded(world, ledger, node),
        Event::RunEnded {
            state: RunState::Succeeded | RunState::Partial,
        } => {
            let nodes = ledger.plan.nodes.iter().map(|node| &node.node);
            let ready = |node: &&Name| {
                let is_ready = ledger.model.node(node).is_some_and(ModelNode::is_ready);
                is_ready && !is_newer_there(world, ledger, node)
            };
            nodes
                .filter(ready)
                .try_for_each(|node| ready_as_recorded(world, ledger, node))
        }
        _ => Ok(()),
    }
}

fn ended_as_recorded(
    world: &World,
    ledger: &Ledger,
    task: &TaskId,
    ending: &Ending,
) -> Result<(), String> {
    let Some(modelled) = ledger.model.task(task).filter(|task| !task.is_undo()) else {
        return Ok(());
    };
    match ending {
        Ending::Succeeded { .. } if is_followed(world, ledger, task) => Ok(()),
        Ending::Succeeded { .. } => require(is_recorded(world, ledger, task), || {
            let TaskId { node, package, .. } = task;
            format!("{package} succeeded on {node}, whose file does not say so")
        }),
        // What waits for a reboot that failed is recorded by whoever comes after.
        Ending::Failed(_) if !modelled.is_rebooting() => {
            let attempt = modelled.attempt(&ledger.identity.run);
            let forward = attempt.filter(|attempt| !goes_back(world, task, attempt));
            let left = forward.is_some_and(|(run, _)| {
                let line = installed(world, task).filter(|line| line.run == run);
                line.is_some_and(|line| line.outcome == ReleaseOutcome::Deployed)
            });
            require(!left, || {
                let TaskId { node, package, .. } = task;
                format!("{package} failed on {node}, whose file says that it was deployed")
            })
        }
        _ => Ok(()),
    }
}

/// Whether a newer run has worked on a node: what is there is that run's to say.
fn is_newer_there(world: &World, ledger: &Ledger, node: &Name) -> bool {
    let node = world.node(node);
    node.is_some_and(|node| node.epoch_served > ledger.identity.epoch)
}

/// Whether the run that began a task's attempt, an earlier one, has begun another there: the
/// last look at the node will tell.
fn is_followed(world: &World, ledger: &Ledger, task: &TaskId) -> bool {
    let own = &ledger.identity.run;
    let attempt = ledger.model.task(task).and_then(|task| task.attempt(own));
    let last = world.node(&task.node).and_then(|node| node.disk.last());
    attempt.zip(last).is_some_and(|((run, number), last)| {
        let is_same = (&last.run, &last.package, last.number) == (&run, &task.package, number);
        run != *own && !is_same
    })
}

/// Whether an attempt, by the run that began it, is one that goes back.
fn goes_back(world: &World, task: &TaskId, (run, number): &(Name, u32)) -> bool {
    let begun = world.ledger(run).and_then(|ledger| ledger.model.task(task));
    begun.is_some_and(|task| task.intents.contains(&Act::Undo { number: *number }))
}

fn ready_as_recorded(world: &World, ledger: &Ledger, node: &Name) -> Result<(), String> {
    // A plan's nodes are sorted by name.
    let found = ledger
        .plan
        .nodes
        .binary_search_by(|plan| plan.node.cmp(node));
    let place = found.map_err(|_| format!("{node} is ready, and not in the plan"))?;
    let tasks = ledger
        .plan
        .packages
        .iter()
        .zip(&ledger.plan.nodes[place].tasks);
    for (package, _) in tasks.filter(|(_, task)| task.action.is_something()) {
        let task = task_id(node, package);
        let is_true = match ledger.model.task(&task).map(|task| task.state) {
            Some(TaskState::Succeeded) => is_recorded(world, ledger, &task),
            Some(TaskState::Undone) => ledger.identity.kind == RunKind::Rollback,
            _ => false,
        };
        require(is_true, || {
            format!("{node} is ready without {}", package.package)
        })?;
    }
    Ok(())
}

fn task_id(node: &Name, package: &PlannedPackage) -> TaskId {
    TaskId {
        node: node.clone(),
        component: package.component.clone(),
        package: package.package.clone(),
    }
}

/// Whether the node's file says that the planned release of a task is installed.
fn is_recorded(world: &World, ledger: &Ledger, task: &TaskId) -> bool {
    let planned = planned(ledger, task).map(|(package, _)| package);
    planned
        .zip(installed(world, task))
        .is_some_and(|(planned, line)| {
            line.tag == planned.tag && line.digest == planned.bundle.digest
        })
}

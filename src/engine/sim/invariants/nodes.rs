//! What nodes run was meant, is run once, and is refused where a newer run was there.

use super::{Moment, require};
use crate::engine::event::{Ending, Event, TaskFailure, TaskId};
use crate::engine::sim::ledger::Ledger;
use crate::engine::sim::world::World;
use crate::failure::FailureClass;
use crate::node::attempt::{AttemptId, AttemptOutcome};

/// I3: effects on a node ≤ 1 per (run, node, package, attempt).
pub(super) fn effect_is_single(world: &World, moment: &Moment<'_>) -> Result<(), String> {
    let Moment::Effect { node, request } = moment else {
        return Ok(());
    };
    let node = &world.nodes[*node];
    let times = node.disk.executions(&request.id);
    require(times == 1, || {
        let AttemptId {
            run,
            package,
            number,
            ..
        } = &request.id;
        format!(
            "attempt {number} of {package} of {run} ran {times} times on {}",
            node.name
        )
    })
}

/// I5: intent before start, done only with a receipt. No step runs whose attempt is not in
/// its run's journal, and of no task's steps is anything said that the node's receipt does
/// not say.
pub(super) fn intent_and_receipt(world: &World, moment: &Moment<'_>) -> Result<(), String> {
    match moment {
        Moment::Effect { node, request } => {
            let (node, id) = (&world.nodes[*node].name, &request.id);
            let task = TaskId {
                node: node.clone(),
                component: id.component.clone(),
                package: id.package.clone(),
            };
            let meant = world
                .ledger(&id.run)
                .and_then(|ledger| ledger.model.task(&task));
            require(meant.is_some_and(|task| task.was_meant(id.number)), || {
                format!(
                    "attempt {} of {} ran on {node}, and {} never meant it to",
                    id.number, id.package, id.run
                )
            })
        }
        Moment::Journaled {
            run,
            event: Event::Ended { task, ending },
        } => has_receipt(world, &world.ledgers[*run], (task, ending)),
        _ => Ok(()),
    }
}

/// What an ending says of steps is what the node's receipt says of them.
fn has_receipt(
    world: &World,
    ledger: &Ledger,
    (task, ending): (&TaskId, &Ending),
) -> Result<(), String> {
    let receipt = receipt(world, ledger, task);
    let (is_true, words) = match ending {
        Ending::Succeeded { .. } => (receipt == Some(&AttemptOutcome::Succeeded), "succeeded"),
        Ending::Failed(TaskFailure {
            class: FailureClass::Stopped,
            ..
        }) => {
            let is_stopped = matches!(receipt, Some(AttemptOutcome::Stopped { .. }));
            (is_stopped, "was ended by the operator")
        }
        Ending::Failed(TaskFailure { step: Some(_), .. }) => {
            let has_failed = receipt.is_some_and(|outcome| *outcome != AttemptOutcome::Succeeded);
            (has_failed, "failed")
        }
        _ => return Ok(()),
    };
    require(is_true, || {
        let TaskId { node, package, .. } = task;
        format!("{package} {words} on {node}, which has no receipt of that")
    })
}

/// How the attempt that a task is about ended, where its node has a receipt.
fn receipt<'a>(world: &'a World, ledger: &Ledger, task: &TaskId) -> Option<&'a AttemptOutcome> {
    let (run, number) = ledger.model.task(task)?.attempt(&ledger.identity.run)?;
    let id = AttemptId {
        run,
        component: task.component.clone(),
        package: task.package.clone(),
        number,
    };
    let receipt = world.node(&task.node)?.disk.ended(&id)?;
    Some(&receipt.outcome)
}

/// I6: one writer, older epochs refused by the node. A run's epoch is higher than that of
/// every run before, and a node does nothing for an older run after it did something for a
/// newer one.
pub(super) fn older_epochs_are_refused(world: &World, moment: &Moment<'_>) -> Result<(), String> {
    match moment {
        Moment::Begun { run } => {
            let epoch = world.ledgers[*run].identity.epoch;
            let mut before = world.ledgers[..*run].iter();
            require(before.all(|ledger| ledger.identity.epoch < epoch), || {
                format!("epoch {epoch} is not newer than that of every run before")
            })
        }
        Moment::Served { node, epoch } => {
            let node = &world.nodes[*node];
            require(*epoch >= node.epoch_served, || {
                format!(
                    "{} did as epoch {epoch} told it after epoch {} was there",
                    node.name, node.epoch_served
                )
            })
        }
        _ => Ok(()),
    }
}

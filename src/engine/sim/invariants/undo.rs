//! What goes back.

use super::{Moment, installed, planned, require};
use crate::engine::event::{Act, Ending, Event, RunKind, RunState, TaskId};
use crate::engine::sim::ledger::Ledger;
use crate::engine::sim::world::World;
use crate::node::facts::ReleaseOutcome;
use crate::plan::Undo;
use crate::store::fold::TaskState;

/// Only what a run has begun is undone; on each node the last is undone first; what is
/// undone has its release before in the node's file; and a run that undid something has
/// not succeeded.
pub(super) fn back_is_back(world: &World, moment: &Moment<'_>) -> Result<(), String> {
    let Moment::Journaled { run, event } = moment else {
        return Ok(());
    };
    let ledger = &world.ledgers[*run];
    match event {
        Event::Intended {
            task,
            act: Act::Undo { .. },
        } => {
            was_done(world, ledger, task)?;
            last_first(ledger, task)
        }
        Event::Ended {
            task,
            ending: Ending::Succeeded { .. },
        } => is_back(world, ledger, task),
        Event::RunEnded { state } if ledger.identity.kind == RunKind::Deploy => {
            ends_as_undone(ledger, *state)
        }
        _ => Ok(()),
    }
}

fn was_done(world: &World, ledger: &Ledger, task: &TaskId) -> Result<(), String> {
    let has_begun = match &ledger.plan.undoes {
        None => {
            let task = ledger.model.task(task);
            task.is_some_and(|task| task.intents.len() > 1)
        }
        Some(undone) => {
            let undone = world.ledger(undone).and_then(|run| run.model.task(task));
            undone.is_some_and(|task| !task.intents.is_empty())
        }
    };
    require(has_begun, || {
        let TaskId { node, package, .. } = task;
        format!("{package} on {node} is undone, and was never begun")
    })
}

/// In the plan of a rollback the packages are turned round already.
fn last_first(ledger: &Ledger, task: &TaskId) -> Result<(), String> {
    if ledger.plan.undoes.is_some() {
        return Ok(());
    }
    let node = ledger.model.node(&task.node);
    let later = node.into_iter().flat_map(|node| node.after(task));
    let mut left =
        later.filter(|(id, state)| *state == TaskState::Succeeded && is_undoable(ledger, id));
    match left.next() {
        None => Ok(()),
        Some((later, _)) => Err(format!(
            "{} on {} is undone before {}, which came after it",
            task.package, task.node, later.package
        )),
    }
}

fn is_undoable(ledger: &Ledger, task: &TaskId) -> bool {
    let undo = planned(ledger, task).and_then(|(_, task)| task.undo.as_ref());
    matches!(undo, Some(Undo::Possible(_)))
}

fn is_back(world: &World, ledger: &Ledger, task: &TaskId) -> Result<(), String> {
    let is_undo = ledger.model.task(task).is_some_and(|task| task.is_undo());
    let Some((_, planned)) = planned(ledger, task).filter(|_| is_undo) else {
        return Ok(());
    };
    let line = installed(world, task).zip(planned.from_tag.as_ref());
    let is_back = match (&planned.undo, line) {
        (Some(Undo::Possible(previous)), Some((line, tag))) => {
            line.tag == *tag
                && line.digest == previous.digest
                && line.outcome == ReleaseOutcome::RolledBack
        }
        _ => false,
    };
    require(is_back, || {
        let TaskId { node, package, .. } = task;
        format!("{package} is undone on {node}, whose file does not say so")
    })
}

fn ends_as_undone(ledger: &Ledger, state: RunState) -> Result<(), String> {
    let mut undone = ledger.model.tasks().filter(|(_, task)| task.is_undo());
    let is_fine = matches!(state, RunState::Succeeded | RunState::Partial);
    require(!is_fine || undone.next().is_none(), || {
        "the run undid something, and says that it went well".to_owned()
    })?;
    let mut left = ledger.model.tasks().filter(|(id, task)| match task.state {
        TaskState::UndoFailed => true,
        TaskState::Succeeded => is_undoable(ledger, id),
        _ => false,
    });
    match left.next().filter(|_| state == RunState::RolledBack) {
        None => Ok(()),
        Some((left, _)) => Err(format!(
            "the run is rolled back, and {} is still on {}",
            left.package, left.node
        )),
    }
}

//! What may start, and when.

use super::{Moment, require};
use crate::engine::event::{Act, Event, TaskId};
use crate::engine::sim::ledger::Ledger;
use crate::engine::sim::world::World;

/// I7: unavailable ≤ limit. Never is more going on than the rollout allows, nor twice on
/// one node; a node's turn comes after that of the batches before it, and never after a
/// canary that is not ready; and when a run knows of more failures than its policy
/// tolerates, or of a stop, nothing starts but what the stop lets finish.
pub(super) fn nothing_beyond_the_limit(world: &World, moment: &Moment<'_>) -> Result<(), String> {
    let Moment::Journaled {
        run,
        event: Event::Intended { task, act },
    } = moment
    else {
        return Ok(());
    };
    let ledger = &world.ledgers[*run];
    let Some(known) = ledger.model.task(task) else {
        return Ok(());
    };
    has_room(ledger, task)?;
    is_let(ledger, task, act)?;
    let is_start = known.intents.len() == 1 || matches!(act, Act::Start { .. });
    match is_start && !known.is_undo() {
        true => is_its_turn(ledger, task),
        false => Ok(()),
    }
}

fn has_room(ledger: &Ledger, task: &TaskId) -> Result<(), String> {
    let rollout = &ledger.model.rollout;
    let (running, most) = (rollout.running(), ledger.plan.rollout.max_in_flight);
    require(most.is_none_or(|most| running <= most as usize), || {
        format!("{running} tasks are going on at a time, {most:?} may")
    })?;
    let here = ledger.model.node(&task.node).map_or(0, |node| node.running);
    require(here <= 1, || {
        format!("{} starts on {}, which is busy", task.package, task.node)
    })
}

/// After the operator's wish that what runs ends, no node goes down any more.
fn is_let(ledger: &Ledger, task: &TaskId, act: &Act) -> Result<(), String> {
    let is_reboot = matches!(act, Act::Reboot { .. });
    require(!is_reboot || !ledger.model.kill_requested, || {
        format!("{} reboots, though everything was to end", task.node)
    })
}

fn is_its_turn(ledger: &Ledger, task: &TaskId) -> Result<(), String> {
    let model = &ledger.model;
    let turn = model.rollout.turn(&task.node);
    let is_late = model.rollout.is_over() || !model.stop_lets_begin();
    let why = match (is_late, turn) {
        (false, Ok(())) => return Ok(()),
        (true, _) => "nothing may",
        (_, Err(why)) => why,
    };
    let TaskId { node, package, .. } = task;
    Err(format!("{package} starts on {node}, though {why}"))
}

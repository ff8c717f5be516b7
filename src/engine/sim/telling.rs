//! The history of a rehearsal, in lines for people.

use super::invariants::Moment;
use super::world::World;
use crate::engine::event::{Act, Ending, Event, TaskId};

/// A line for what happened, where it is worth one.
pub(super) fn tell(world: &World, moment: &Moment<'_>) -> Option<String> {
    match moment {
        Moment::Journaled { run, event } => {
            let run = &world.ledgers[*run].identity.run;
            Some(format!("{run}: {}", event_line(event)))
        }
        Moment::Effect { node, request } => {
            let (node, id) = (&world.nodes[*node].name, &request.id);
            Some(format!(
                "{node}: runs attempt {} of {} of {}",
                id.number, id.package, id.run
            ))
        }
        Moment::Begun { run } => {
            let identity = &world.ledgers[*run].identity;
            Some(format!("{} begins, epoch {}", identity.run, identity.epoch))
        }
        Moment::Acknowledged { .. } | Moment::Served { .. } => None,
    }
}

fn event_line(event: &Event) -> String {
    match event {
        Event::RunStarted(start) => format!("started with {} tasks", start.tasks.len()),
        Event::NodePrepared { node } => format!("{node} is prepared"),
        Event::NodeFailed { node, failure } => {
            format!("{node} cannot be prepared: {}", failure.message)
        }
        Event::Intended { task, act } => format!("{}: will {}", task_words(task), act_words(act)),
        Event::Ended { task, ending } => {
            format!("{}: {}", task_words(task), ending_words(ending))
        }
        Event::TaskSkipped { task, .. } => format!("{}: skipped", task_words(task)),
        Event::StopRequested { .. } => "is asked to stop".to_owned(),
        Event::KillRequested => "is asked to end what runs".to_owned(),
        Event::EvidenceGathered { node, .. } => format!("the facts of {node} are kept"),
        Event::Retrying { node, failure, .. } => {
            format!("will try again on {node}: {}", failure.message)
        }
        Event::BatchStarted { batch, .. } => format!("begins batch {batch}"),
        Event::HealthChecked { batch, .. } => format!("looks at the zone after batch {batch}"),
        Event::Halted { .. } => "begins nothing more".to_owned(),
        Event::NodeEnded {
            node,
            state,
            reason,
        } => match reason {
            Some(reason) => format!("{node} ends as {state:?}: {reason}"),
            None => format!("{node} ends as {state:?}"),
        },
        Event::RunEnded { state } => format!("ends as {state:?}"),
    }
}

fn task_words(task: &TaskId) -> String {
    format!("{} on {}", task.package, task.node)
}

fn act_words(act: &Act) -> String {
    match act {
        Act::Start { number } => format!("start attempt {number}"),
        Act::Undo { number } => format!("undo by attempt {number}"),
        Act::TakeUp { run, number } => format!("take up attempt {number} of {run}"),
        Act::Reboot { since } => format!("reboot out of {since}"),
        Act::Finish { run, number } => format!("finish attempt {number} of {run}"),
    }
}

fn ending_words(ending: &Ending) -> String {
    match ending {
        Ending::Succeeded { .. } => "succeeded".to_owned(),
        Ending::AwaitingReboot { boot_id } => format!("waits for a reboot out of {boot_id}"),
        Ending::Rebooted { boot_id } => format!("rebooted into {boot_id}"),
        Ending::Failed(failure) => format!("failed: {}", failure.message),
        Ending::Undone(failure) => format!("undone: {}", failure.message),
        Ending::InDoubt(failure) => format!("is in doubt: {}", failure.message),
    }
}

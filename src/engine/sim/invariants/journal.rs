//! The journal holds what was said to be in it, and its fold is the state of the run.

use super::{Moment, require};
use crate::engine::event::{Event, RunState, TaskId};
use crate::engine::sim::ledger::Ledger;
use crate::engine::sim::world::World;
use crate::name::Name;
use crate::store::fold::NodeStatus;

/// I1: acknowledged ⇒ durable. Whatever a run, an observer or a node was told of the
/// journal is in it.
pub(super) fn acknowledged_is_durable(world: &World, moment: &Moment<'_>) -> Result<(), String> {
    match moment {
        Moment::Acknowledged { run } => {
            let ledger = &world.ledgers[*run];
            require(ledger.acknowledged <= ledger.durable, || {
                format!(
                    "{} events were acknowledged, {} are durable",
                    ledger.acknowledged, ledger.durable
                )
            })
        }
        Moment::Effect { request, .. } => {
            let ledger = world.ledger(&request.id.run);
            let head = &request.journal_head;
            require(ledger.is_none_or(|ledger| ledger.reaches(head)), || {
                format!("the node knows the journal's end {head}, the journal does not")
            })
        }
        _ => Ok(()),
    }
}

/// I2: fold(journal) = state = the model. The fold takes every event, and says of tasks,
/// nodes and the run what a second reading of the events says.
pub(super) fn fold_is_model(world: &World, moment: &Moment<'_>) -> Result<(), String> {
    let Moment::Journaled { run, event } = moment else {
        return Ok(());
    };
    let ledger = &world.ledgers[*run];
    if let Some(error) = &ledger.refused {
        return Err(error.to_string());
    }
    match event {
        Event::Intended { task, .. }
        | Event::Ended { task, .. }
        | Event::TaskSkipped { task, .. } => same_task(ledger, task),
        Event::NodeEnded { node, .. } => same_node(ledger, node),
        Event::StopRequested { .. } => require(ledger.fold.view().stop_requested, || {
            "the fold has no stop".to_owned()
        }),
        Event::RunEnded { state } => same_end(ledger, *state),
        _ => Ok(()),
    }
}

fn same_task(ledger: &Ledger, task: &TaskId) -> Result<(), String> {
    let folded = ledger.fold.task(task).map(|view| view.state);
    let modelled = ledger.model.task(task).map(|task| task.state);
    require(folded == modelled && folded.is_some(), || {
        let TaskId { node, package, .. } = task;
        format!("{package} on {node}: folded {folded:?}, modelled {modelled:?}")
    })
}

fn same_node(ledger: &Ledger, node: &Name) -> Result<(), String> {
    let folded = ledger.fold.view().nodes.get(node).map(|node| node.state);
    let modelled = ledger.model.node(node).and_then(|node| node.end);
    let modelled = modelled.map(NodeStatus::from);
    require(folded == modelled, || {
        format!("{node}: folded {folded:?}, modelled {modelled:?}")
    })
}

fn same_end(ledger: &Ledger, state: RunState) -> Result<(), String> {
    let view = ledger.fold.view();
    require(
        view.state == state && ledger.model.end == Some(state),
        || format!("the run: folded {:?}, ended {state:?}", view.state),
    )?;
    view.tasks
        .iter()
        .try_for_each(|task| same_task(ledger, &task.id))?;
    let open = view.tasks.iter().find(|task| !task.state.is_over());
    require(open.is_none(), || {
        "the run ends with an open task".to_owned()
    })
}

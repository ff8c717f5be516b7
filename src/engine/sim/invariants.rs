//! What ddt promises, checked after every event of a rehearsal. One function each, which
//! looks at what the event has changed; its doc is the promise.

use std::fmt;

use super::ledger::Ledger;
use super::world::World;
use crate::engine::event::{Ending, Event, NodeState, RunState, TaskId};
use crate::engine::machine::OnFailure;
use crate::name::Name;
use crate::node::attempt::{AttemptId, AttemptOutcome, AttemptRequest};
use crate::node::facts::ReleaseLine;
use crate::plan::PlannedPackage;
use crate::store::fold::{NodeStatus, TaskState};

/// A promise, by its number in the design.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Promise {
    /// What was acknowledged is durable.
    Durable,
    /// The fold of the journal is the state of the run.
    Folded,
    /// An attempt has at most one effect on its node.
    Once,
    /// What is recorded as released is in the node's own file.
    Recorded,
    /// An intent comes before its start, and success only with a receipt.
    Meant,
    /// Runs take over from each other, and nodes refuse the older one.
    Fenced,
    /// Nothing starts beyond the failures that are tolerated.
    Limited,
    /// An undisturbed deployment brings every node to what the manifest wants.
    Ends,
}

/// Something that just happened.
#[derive(Debug)]
pub(super) enum Moment<'a> {
    /// An event is in a run's journal.
    Journaled { run: usize, event: &'a Event },
    /// A run was told that its events are durable.
    Acknowledged { run: usize },
    /// A node runs the steps of an attempt.
    Effect {
        node: usize,
        request: &'a AttemptRequest,
    },
    /// A run begins.
    Begun { run: usize },
}

type Check = fn(&World, &Moment<'_>) -> Result<(), String>;

const CHECKS: [(Promise, Check); 7] = [
    (Promise::Durable, acknowledged_is_durable),
    (Promise::Folded, fold_is_model),
    (Promise::Once, effect_is_single),
    (Promise::Meant, intent_and_receipt),
    (Promise::Recorded, record_is_true),
    (Promise::Fenced, older_epochs_are_refused),
    (Promise::Limited, nothing_beyond_the_limit),
];

/// Looks at every promise; the error is the first one that does not hold.
pub(super) fn check(world: &World, moment: &Moment<'_>) -> Result<(), (Promise, String)> {
    for (promise, check) in CHECKS {
        check(world, moment).map_err(|how| (promise, how))?;
    }
    Ok(())
}

/// I1: acknowledged ⇒ durable. Whatever a run, an observer or a node was told of the
/// journal is in it.
fn acknowledged_is_durable(world: &World, moment: &Moment<'_>) -> Result<(), String> {
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
fn fold_is_model(world: &World, moment: &Moment<'_>) -> Result<(), String> {
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
    let place = ledger.model.place(task);
    let folded = place.and_then(|place| ledger.fold.view().tasks.get(place));
    let folded = folded
        .filter(|view| view.id == *task)
        .map(|view| view.state);
    let modelled = ledger.model.task(task).map(|task| task.state);
    require(folded == modelled && folded.is_some(), || {
        let TaskId { node, package, .. } = task;
        format!("{package} on {node}: folded {folded:?}, modelled {modelled:?}")
    })
}

fn same_node(ledger: &Ledger, node: &Name) -> Result<(), String> {
    let folded = ledger.fold.view().nodes.get(node).map(|node| node.state);
    let modelled = ledger.model.nodes.get(node).copied().map(NodeStatus::from);
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

/// I3: effects on a node ≤ 1 per (run, node, package, attempt).
fn effect_is_single(world: &World, moment: &Moment<'_>) -> Result<(), String> {
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

/// I4: recorded release = node's file, or explicitly unknown. A task that succeeded, a
/// node that is ready and a run that succeeded have their releases in the node's file; a
/// task that failed has left none there.
fn record_is_true(world: &World, moment: &Moment<'_>) -> Result<(), String> {
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
            let mut nodes = ledger.model.nodes.keys().collect::<Vec<_>>();
            nodes.sort();
            nodes
                .into_iter()
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
    match ending {
        Ending::Succeeded { .. } => require(is_recorded(world, ledger, task), || {
            let TaskId { node, package, .. } = task;
            format!("{package} succeeded on {node}, whose file does not say so")
        }),
        Ending::Failed(_) => {
            // What waits for a reboot that failed is recorded by whoever comes after.
            let attempted = ledger.model.task(task).filter(|task| !task.is_rebooting());
            let own = &ledger.identity.run;
            let attempt = attempted.and_then(|attempted| attempted.attempt(own));
            let left = attempt.is_some_and(|(run, _)| {
                releases(world, task).any(|line| line.run == run && line.package == task.package)
            });
            require(!left, || {
                let TaskId { node, package, .. } = task;
                format!("{package} failed on {node}, whose file says that it was deployed")
            })
        }
        _ => Ok(()),
    }
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
        let state = ledger.model.task(&task).map(|task| task.state);
        let is_true = state == Some(TaskState::Succeeded) && is_recorded(world, ledger, &task);
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
    let mut packages = ledger.plan.packages.iter();
    let planned = packages
        .find(|package| package.package == task.package && package.component == task.component);
    let installed = releases(world, task)
        .filter(|line| line.package == task.package)
        .last();
    planned.zip(installed).is_some_and(|(planned, line)| {
        line.tag == planned.tag && line.digest == planned.bundle.digest
    })
}

fn releases<'a>(
    world: &'a World,
    task: &TaskId,
) -> impl Iterator<Item = &'a ReleaseLine> + use<'a> {
    let recorded = world
        .node(&task.node)
        .and_then(|node| node.disk.recorded().components.get(&task.component));
    recorded.into_iter().flat_map(|recorded| &recorded.releases)
}

/// I5: intent before start, done only with a receipt. No step runs whose attempt is not in
/// its run's journal, and no task succeeds without the node's receipt that it did.
fn intent_and_receipt(world: &World, moment: &Moment<'_>) -> Result<(), String> {
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
            event:
                Event::Ended {
                    task,
                    ending: Ending::Succeeded { .. },
                },
        } => has_receipt(world, &world.ledgers[*run], task),
        _ => Ok(()),
    }
}

fn has_receipt(world: &World, ledger: &Ledger, task: &TaskId) -> Result<(), String> {
    let attempted = ledger.model.task(task);
    let attempt = attempted.and_then(|attempted| attempted.attempt(&ledger.identity.run));
    let receipt = attempt.and_then(|(run, number)| {
        let id = AttemptId {
            run,
            component: task.component.clone(),
            package: task.package.clone(),
            number,
        };
        world.node(&task.node)?.disk.ended(&id)
    });
    let succeeded = receipt.is_some_and(|receipt| receipt.outcome == AttemptOutcome::Succeeded);
    require(succeeded, || {
        let TaskId { node, package, .. } = task;
        format!("{package} succeeded on {node}, which has no receipt of that")
    })
}

/// I6: one writer, older epochs refused by the node. A run's epoch is higher than that of
/// every run before, and no step of an older run begins on a node after one of a newer.
fn older_epochs_are_refused(world: &World, moment: &Moment<'_>) -> Result<(), String> {
    match moment {
        Moment::Begun { run } => {
            let epoch = world.ledgers[*run].identity.epoch;
            let mut before = world.ledgers[..*run].iter();
            require(before.all(|ledger| ledger.identity.epoch < epoch), || {
                format!("epoch {epoch} is not newer than that of every run before")
            })
        }
        Moment::Effect { node, request } => {
            let node = &world.nodes[*node];
            require(request.epoch >= node.epoch_served, || {
                format!(
                    "{} ran steps of epoch {} after those of epoch {}",
                    node.name, request.epoch, node.epoch_served
                )
            })
        }
        _ => Ok(()),
    }
}

/// I7: unavailable ≤ limit. When a run knows of more failures than its policy tolerates,
/// or of a stop, it starts no further task.
fn nothing_beyond_the_limit(world: &World, moment: &Moment<'_>) -> Result<(), String> {
    let Moment::Journaled {
        run,
        event: Event::Intended { task, .. },
    } = moment
    else {
        return Ok(());
    };
    let ledger = &world.ledgers[*run];
    let begun = ledger.model.task(task);
    let is_first = begun.is_none_or(|task| task.intents.len() == 1);
    let is_over = ledger.identity.on_failure == OnFailure::EndRun && ledger.model.failures() > 0;
    let is_late = is_first && (is_over || ledger.model.stop_requested);
    require(!is_late, || {
        let TaskId { node, package, .. } = task;
        format!("{package} starts on {node}, though nothing may")
    })
}

fn require(holds: bool, how: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(how()) }
}

impl Promise {
    /// Every promise.
    pub const ALL: [Self; 8] = [
        Self::Durable,
        Self::Folded,
        Self::Once,
        Self::Recorded,
        Self::Meant,
        Self::Fenced,
        Self::Limited,
        Self::Ends,
    ];

    /// Its statement, for people.
    pub fn statement(self) -> &'static str {
        match self {
            Self::Durable => "what was acknowledged is durable",
            Self::Folded => "the fold of the journal is the state of the run",
            Self::Once => "an attempt has at most one effect on its node",
            Self::Recorded => "what is recorded as released is in the node's own file",
            Self::Meant => "an intent comes before its start, and success only with a receipt",
            Self::Fenced => "runs take over from each other, and nodes refuse the older one",
            Self::Limited => "nothing starts beyond the failures that are tolerated",
            Self::Ends => "an undisturbed deployment brings every node to what is wanted",
        }
    }
}

impl fmt::Display for Promise {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.statement())
    }
}

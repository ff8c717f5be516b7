//! What ddt promises, checked after every event of a rehearsal. One function each, which
//! looks at what the event has changed; its doc is the promise.

mod journal;
mod limits;
mod nodes;
mod records;
mod undo;

use std::fmt;

use super::ledger::Ledger;
use super::world::World;
use crate::engine::event::{Event, TaskId};
use crate::node::attempt::AttemptRequest;
use crate::node::facts::ReleaseLine;
use crate::plan::{PlannedPackage, PlannedTask};

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
    /// Nothing starts beyond what the rollout tolerates, before its turn, or after a stop.
    Limited,
    /// What is undone was done, and is undone last first, back to the release before.
    Undone,
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
    /// A node did what a run of this epoch asked it for.
    Served { node: usize, epoch: u64 },
    /// A run begins.
    Begun { run: usize },
}

type Check = fn(&World, &Moment<'_>) -> Result<(), String>;

const CHECKS: [(Promise, Check); 8] = [
    (Promise::Durable, journal::acknowledged_is_durable),
    (Promise::Folded, journal::fold_is_model),
    (Promise::Once, nodes::effect_is_single),
    (Promise::Meant, nodes::intent_and_receipt),
    (Promise::Recorded, records::record_is_true),
    (Promise::Fenced, nodes::older_epochs_are_refused),
    (Promise::Limited, limits::nothing_beyond_the_limit),
    (Promise::Undone, undo::back_is_back),
];

/// Looks at every promise; the error is the first one that does not hold.
pub(super) fn check(world: &World, moment: &Moment<'_>) -> Result<(), (Promise, String)> {
    for (promise, check) in CHECKS {
        check(world, moment).map_err(|how| (promise, how))?;
    }
    Ok(())
}

fn require(holds: bool, how: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(how()) }
}

/// What the node's files say of a task's component, oldest first.
fn releases<'a>(
    world: &'a World,
    task: &TaskId,
) -> impl DoubleEndedIterator<Item = &'a ReleaseLine> + use<'a> {
    let recorded = world
        .node(&task.node)
        .and_then(|node| node.disk.recorded().components.get(&task.component));
    recorded.into_iter().flat_map(|recorded| &recorded.releases)
}

/// What the node's files say is installed.
fn installed<'a>(world: &'a World, task: &TaskId) -> Option<&'a ReleaseLine> {
    releases(world, task).rfind(|line| line.package == task.package)
}

/// A task as its run's plan has it.
fn planned<'a>(ledger: &'a Ledger, task: &TaskId) -> Option<(&'a PlannedPackage, &'a PlannedTask)> {
    let plan = &ledger.plan;
    // A plan's nodes are sorted by name.
    let node = plan
        .nodes
        .binary_search_by(|node| node.node.cmp(&task.node));
    let mut packages = plan.packages.iter().zip(&plan.nodes[node.ok()?].tasks);
    packages
        .find(|(package, _)| package.package == task.package && package.component == task.component)
}

impl Promise {
    /// Every promise.
    pub const ALL: [Self; 9] = [
        Self::Durable,
        Self::Folded,
        Self::Once,
        Self::Recorded,
        Self::Meant,
        Self::Fenced,
        Self::Limited,
        Self::Undone,
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
            Self::Limited => "nothing starts beyond what the rollout tolerates, or after a stop",
            Self::Undone => "what is undone was done, and is undone last first",
            Self::Ends => "an undisturbed deployment brings every node to what is wanted",
        }
    }
}

impl fmt::Display for Promise {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.statement())
    }
}

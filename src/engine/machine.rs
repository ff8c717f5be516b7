//! Decides what happens next in a run. Pure: the state and one input give events and
//! commands; there is no I/O, no clock and no chance in here.
//!
//! Guarantees, whatever the inputs: an attempt starts at most once; a command to act comes
//! with its [`Event::Intended`]; no task starts after a stop, beyond the failures that the
//! rollout tolerates, or before the canaries are ready; never more tasks are going on than
//! the rollout allows; every task and node ends in a state with a reason, and then the run
//! ends, once.

mod answers;
mod batches;
mod end;
mod exchange;
mod handling;
mod limits;
mod lineup;
mod nodes;
mod retries;
mod rollback;
mod start;
mod stop;
mod tasks;
mod waves;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::event::{Event, RunState, Skip};
use crate::plan::Plan;

pub use exchange::{Command, Input, Step, Wait};
pub use start::{OnFailure, RunIdentity};

use limits::Limits;
use lineup::Lineup;
use nodes::{NodeProgress, Nodes};
use retries::Retries;
use rollback::Rollback;
use stop::Stopping;
use tasks::{TaskState, Tasks};

/// The state of a run.
#[derive(Debug)]
pub struct Machine {
    plan: Arc<Plan>,
    identity: RunIdentity,
    tasks: Tasks,
    nodes: Nodes,
    lineup: Lineup,
    limits: Limits,
    retries: Retries,
    /// Why nothing more starts, once that is so.
    ending: Option<Skip>,
    stopping: Stopping,
    phase: Phase,
    /// What is undone, once something is to be.
    rollback: Option<Rollback>,
    /// Whether a node's records do not say, or contradict, that it is back.
    is_unproven: bool,
}

/// How far the run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Preparing,
    /// Tasks of a batch are going on.
    Deploying,
    /// Facts of the failed nodes are read, before anything is undone.
    Gathering,
    Undoing,
    /// The nodes of a batch are looked at.
    Checking,
    /// The health command is going on.
    Health,
    /// The pause behind a batch.
    Pausing,
    /// The next batch may begin.
    Between,
    /// Nothing more is to come.
    Closing,
    Over(RunState),
}

impl Machine {
    /// Sets up the run of a plan; nothing is decided yet.
    pub fn new(plan: Arc<Plan>, identity: RunIdentity) -> Self {
        let tasks = Tasks::of(&plan, &identity);
        let nodes = Nodes::of(&plan, &tasks);
        let lineup = Lineup::of(&plan, &tasks, identity.kind);
        Self {
            limits: Limits::of(&plan),
            retries: Retries::default(),
            lineup,
            plan,
            identity,
            tasks,
            nodes,
            ending: None,
            stopping: Stopping::default(),
            phase: Phase::Preparing,
            rollback: None,
            is_unproven: false,
        }
    }

    /// The first step of the run.
    pub fn begin(&mut self) -> Step {
        let mut step = Step::default();
        step.events
            .push(start::run_started(&self.plan, &self.identity, &self.tasks));
        let preparing = self.nodes.with_work();
        step.commands
            .extend(preparing.map(|node| Command::Prepare { node }));
        self.advance(&mut step);
        step
    }

    /// The next step. Inputs that make no sense any more are ignored.
    pub fn handle(&mut self, input: Input) -> Step {
        let mut step = Step::default();
        match input {
            Input::Prepared { node, result } => self.prepared(node, result, &mut step),
            Input::Ended { task, ending } => self.ended(task, ending, &mut step),
            Input::Checked { node, facts } => self.checked(node, *facts, &mut step),
            Input::Waited(wait) => self.waited(wait, &mut step),
            Input::HealthChecked { batch, result } => {
                self.health_checked(batch, result, &mut step);
            }
            Input::StopRequested { after } => self.stop(after, &mut step),
            Input::KillRequested => self.kill(&mut step),
        }
        self.advance(&mut step);
        step
    }

    /// How the run ended, once it has.
    pub fn outcome(&self) -> Option<RunState> {
        match self.phase {
            Phase::Over(state) => Some(state),
            _ => None,
        }
    }

    /// The plan's node and package, as indices, of a task.
    pub fn place(&self, task: usize) -> (usize, usize) {
        let task = &self.tasks[task];
        (task.node, task.package)
    }

    /// The tasks that are going on, for the operator who asks.
    pub fn running(&self) -> impl Iterator<Item = &super::event::TaskId> {
        self.tasks
            .iter()
            .filter(|task| task.state == TaskState::Running)
            .map(|task| &task.id)
    }

    /// Starts what may start, and moves on to the next phase where one is over.
    fn advance(&mut self, step: &mut Step) {
        loop {
            match self.phase {
                Phase::Preparing => {
                    if self.ending.is_some() {
                        self.give_up_retries(step);
                    }
                    if self.nodes.any(NodeProgress::Preparing) {
                        return;
                    }
                    self.phase = Phase::Deploying;
                    self.announce_batch(step);
                }
                Phase::Deploying => {
                    self.deploy(step);
                    if self.phase == Phase::Deploying {
                        return;
                    }
                }
                Phase::Gathering | Phase::Checking if self.nodes.any(NodeProgress::Checking) => {
                    return;
                }
                Phase::Gathering => self.phase = Phase::Undoing,
                Phase::Undoing => {
                    self.undo(step);
                    if self.phase == Phase::Undoing {
                        return;
                    }
                }
                Phase::Checking if self.is_unsettled() => self.phase = Phase::Deploying,
                Phase::Checking => self.end_batch(step),
                Phase::Health | Phase::Pausing if self.ending.is_none() => return,
                Phase::Health | Phase::Pausing => self.phase = Phase::Deploying,
                Phase::Between => self.begin_batch(step),
                Phase::Closing => return self.close(step),
                Phase::Over(_) => return,
            }
        }
    }

    /// Whether the last look at a batch has left something to skip or to undo.
    fn is_unsettled(&self) -> bool {
        self.ending.is_some() && (self.tasks.any_pending() || self.must_undo())
    }

    fn close(&mut self, step: &mut Step) {
        let state = self.final_state();
        self.phase = Phase::Over(state);
        step.events.push(Event::RunEnded { state });
    }
}

//! Decides what happens next in a run. Pure: the state and one input give events and
//! commands; there is no I/O, no clock and no chance in here.
//!
//! Guarantees, whatever the inputs: a task starts at most once; a command to act comes
//! with its [`Event::Intended`]; no task starts after a stop or beyond the failure the
//! policy tolerates; every task and node ends in a state with a reason, and then the run
//! ends, once.

mod answers;
mod end;
mod exchange;
mod nodes;
mod start;
mod stop;
mod tasks;
mod waves;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::event::{Event, RunState, Skip};
use crate::name::Name;
use crate::plan::Plan;

pub use exchange::{Command, Input, Step};
pub use start::{OnFailure, RunIdentity};

use nodes::{NodeProgress, Nodes};
use stop::Stopping;
use tasks::{TaskState, Tasks};

/// The state of a run.
#[derive(Debug)]
pub struct Machine {
    plan: Arc<Plan>,
    identity: RunIdentity,
    tasks: Tasks,
    nodes: Nodes,
    /// Why nothing more starts, once that is so.
    ending: Option<Skip>,
    stopping: Stopping,
    phase: Phase,
}

/// How far the run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Preparing,
    Deploying,
    Checking,
    Over(RunState),
}

impl Machine {
    /// Sets up the run of a plan; nothing is decided yet.
    pub fn new(plan: Arc<Plan>, identity: RunIdentity) -> Self {
        let tasks = Tasks::of(&plan, &identity);
        let nodes = Nodes::of(&plan, &tasks);
        Self {
            plan,
            identity,
            tasks,
            nodes,
            ending: None,
            stopping: Stopping::default(),
            phase: Phase::Preparing,
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

    /// A failure ends the run, unless the policy goes on without the node.
    fn tolerate(&mut self, node: Name) {
        if self.identity.on_failure == OnFailure::EndRun && self.ending.is_none() {
            self.ending = Some(Skip::RunFailed { node });
        }
    }

    /// Starts what may start, and moves on to the next phase where one is over.
    fn advance(&mut self, step: &mut Step) {
        if self.phase == Phase::Preparing && !self.nodes.any(NodeProgress::Preparing) {
            self.phase = Phase::Deploying;
        }
        if self.phase == Phase::Deploying {
            self.deploy(step);
        }
        if self.phase == Phase::Checking && !self.nodes.any(NodeProgress::Checking) {
            let state = self.final_state();
            self.phase = Phase::Over(state);
            step.events.push(Event::RunEnded { state });
        }
    }
}

//! Decides what happens next in a run. Pure: the state and one input give events and
//! commands; there is no I/O, no clock and no chance in here.
//!
//! Guarantees, whatever the inputs: a task starts at most once; a command to act comes
//! with its [`Event::Intended`]; nothing starts after a stop or beyond the failure the
//! policy tolerates; every task and node ends in a state with a reason, and then the run
//! ends, once.

mod nodes;
mod start;
mod tasks;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::check::{self, Expected};
use super::event::{Act, Ending, Event, NodeState, RunKind, RunState, Skip, TaskFailure};
use crate::failure::FailureClass;
use crate::name::Name;
use crate::node::facts::Facts;
use crate::plan::Plan;

pub use start::{OnFailure, RunIdentity};

use nodes::{NodeProgress, Nodes};
use tasks::{TaskState, Tasks};

/// What the world says.
#[derive(Clone, Debug)]
pub enum Input {
    /// A node has its payloads, or will not get them.
    Prepared {
        /// Index of the node in the plan.
        node: usize,
        /// Whether it worked.
        result: Result<(), TaskFailure>,
    },
    /// An act is over.
    Ended {
        /// Index of the task in the machine.
        task: usize,
        /// How.
        ending: Ending,
    },
    /// A node's facts were read after its last task.
    Checked {
        /// Index of the node in the plan.
        node: usize,
        /// What was read, or why nothing was.
        facts: Box<Result<Facts, String>>,
    },
    /// The operator wants the run to stop.
    StopRequested,
}

/// What to do in the world. It is done after the events of its step are durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Put the payloads on a node.
    Prepare {
        /// Index of the node in the plan.
        node: usize,
    },
    /// Act for a task.
    Act {
        /// Index of the task in the machine.
        task: usize,
        /// What to do.
        act: Act,
    },
    /// Read a node's facts.
    Check {
        /// Index of the node in the plan.
        node: usize,
    },
}

/// What one input leads to.
#[derive(Debug, Default)]
pub struct Step {
    /// To be made durable first, in this order.
    pub events: Vec<Event>,
    /// To be done then.
    pub commands: Vec<Command>,
}

/// The state of a run.
#[derive(Debug)]
pub struct Machine {
    plan: Arc<Plan>,
    identity: RunIdentity,
    tasks: Tasks,
    nodes: Nodes,
    /// Why nothing more starts, once that is so.
    ending: Option<Skip>,
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
            Input::StopRequested => self.stop(&mut step),
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

    fn prepared(&mut self, node: usize, result: Result<(), TaskFailure>, step: &mut Step) {
        if !self.nodes.is(node, NodeProgress::Preparing) {
            return;
        }
        let name = self.plan.nodes[node].node.clone();
        match result {
            Ok(()) => {
                self.nodes.set(node, NodeProgress::Ready);
                step.events.push(Event::NodePrepared { node: name });
            }
            Err(failure) => {
                self.nodes.fail_preparation(node, &failure);
                step.events.push(Event::NodeFailed {
                    node: name.clone(),
                    failure,
                });
                self.tolerate(name);
            }
        }
    }

    fn ended(&mut self, task: usize, ending: Ending, step: &mut Step) {
        if self.tasks[task].state != TaskState::Running {
            return;
        }
        let id = self.tasks[task].id.clone();
        let ending = self.possible(task, ending);
        step.events.push(Event::Ended {
            task: id.clone(),
            ending: ending.clone(),
        });
        match ending {
            Ending::Succeeded { .. } => self.tasks.settle(task, TaskState::Succeeded),
            Ending::AwaitingReboot { boot_id } => {
                self.act(task, Act::Reboot { since: boot_id }, step)
            }
            Ending::Rebooted { .. } => {
                let (run, number) = self.tasks[task].attempt.clone();
                self.act(task, Act::Finish { run, number }, step);
            }
            Ending::Failed(_) => {
                self.tasks.settle(task, TaskState::Failed);
                self.tolerate(id.node);
            }
            Ending::InDoubt(_) => {
                self.tasks.settle(task, TaskState::InDoubt);
                self.tolerate(id.node);
            }
        }
    }

    /// A receipt is a node's word: one that waits for a reboot is believed only of an
    /// attempt that the plan reboots for, and only once.
    fn possible(&self, task: usize, ending: Ending) -> Ending {
        match ending {
            Ending::AwaitingReboot { .. } if !self.may_reboot(task) => {
                Ending::Failed(TaskFailure {
                    class: FailureClass::Reboot,
                    message: "it waits for a reboot that is not planned".to_owned(),
                    step: None,
                })
            }
            ending => ending,
        }
    }

    fn may_reboot(&self, task: usize) -> bool {
        let task = &self.tasks[task];
        let action = &self.plan.nodes[task.node].tasks[task.package].action;
        let is_attempt = matches!(task.act, Act::Start { .. } | Act::TakeUp { .. });
        is_attempt && action.reboots() && self.identity.kind == RunKind::Deploy
    }

    /// A failure ends the run, unless the policy goes on without the node.
    fn tolerate(&mut self, node: Name) {
        if self.identity.on_failure == OnFailure::EndRun && self.ending.is_none() {
            self.ending = Some(Skip::RunFailed { node });
        }
    }

    fn stop(&mut self, step: &mut Step) {
        if matches!(self.phase, Phase::Preparing | Phase::Deploying)
            && self.ending != Some(Skip::Stopped)
        {
            self.ending = Some(Skip::Stopped);
            step.events.push(Event::StopRequested);
        }
    }

    fn act(&mut self, task: usize, act: Act, step: &mut Step) {
        self.tasks.begin(task, act.clone());
        step.events.push(Event::Intended {
            task: self.tasks[task].id.clone(),
            act: act.clone(),
        });
        step.commands.push(Command::Act { task, act });
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

    /// Lockstep: a package on every node, then the next package.
    fn deploy(&mut self, step: &mut Step) {
        while self.ending.is_none() {
            for task in self.tasks.take_wave() {
                self.start_or_skip(task, step);
            }
            if self.tasks.running() > 0 || !self.tasks.next_wave() {
                break;
            }
        }
        if let Some(reason) = self.ending.clone() {
            for task in self.tasks.take_pending() {
                self.skip(task, reason.clone(), step);
            }
        }
        if self.tasks.running() == 0 && !self.tasks.any_pending() {
            self.phase = Phase::Checking;
            self.check_nodes(step);
        }
    }

    fn start_or_skip(&mut self, task: usize, step: &mut Step) {
        match self.failed_before(task) {
            Some(package) => self.skip(task, Skip::NodeFailed { package }, step),
            None => {
                let act = self.tasks[task].act.clone();
                self.act(task, act, step);
            }
        }
    }

    /// What failed on the task's node before it, where a failure stops the node.
    fn failed_before(&self, task: usize) -> Option<Option<Name>> {
        let node = self.tasks[task].node;
        if self.nodes.preparation_failure(node).is_some() {
            return Some(None);
        }
        let failed = self
            .tasks
            .of_node(node)
            .find(|task| task.state.is_failure());
        let blocks = self.identity.on_failure != OnFailure::GoOnWithNode;
        failed
            .filter(|_| blocks)
            .map(|task| Some(task.id.package.clone()))
    }

    fn skip(&mut self, task: usize, reason: Skip, step: &mut Step) {
        let reason = match self.failed_before(task) {
            Some(package) => Skip::NodeFailed { package },
            None => reason,
        };
        let state = if reason == Skip::Stopped {
            TaskState::Stopped
        } else {
            TaskState::Skipped
        };
        self.tasks.settle(task, state);
        step.events.push(Event::TaskSkipped {
            task: self.tasks[task].id.clone(),
            reason,
        });
    }

    /// Facts are read again wherever the run may have changed something; the other nodes
    /// end as they are.
    fn check_nodes(&mut self, step: &mut Step) {
        for node in self.nodes.with_work().collect::<Vec<_>>() {
            match self.nodes.preparation_failure(node) {
                Some((state, reason)) => self.end_node(node, state, Some(reason), step),
                None => {
                    self.nodes.set(node, NodeProgress::Checking);
                    step.commands.push(Command::Check { node });
                }
            }
        }
    }

    fn checked(&mut self, node: usize, facts: Result<Facts, String>, step: &mut Step) {
        if !self.nodes.is(node, NodeProgress::Checking) {
            return;
        }
        let (state, reason) = self.node_state(node, facts);
        self.end_node(node, state, reason, step);
    }

    fn end_node(&mut self, node: usize, state: NodeState, reason: Option<String>, step: &mut Step) {
        self.nodes.set(node, NodeProgress::Ended(state));
        let node = self.plan.nodes[node].node.clone();
        step.events.push(Event::NodeEnded {
            node,
            state,
            reason,
        });
    }

    /// What is on the node counts, not what was sent there; that nobody knows how an
    /// attempt ended outweighs that the node does not answer.
    fn node_state(&self, node: usize, facts: Result<Facts, String>) -> (NodeState, Option<String>) {
        let tasks = || self.tasks.of_node(node);
        let worst = tasks()
            .map(|task| task.state)
            .filter(|state| *state != TaskState::Succeeded)
            .max();
        let concerned = tasks()
            .find(|task| Some(task.state) == worst)
            .map(|task| &task.id.package);
        let reason = concerned
            .zip(worst)
            .map(|(package, state)| format!("{package} {}", state.word()));
        match (worst, facts) {
            (Some(TaskState::InDoubt), _) => (NodeState::InDoubt, reason),
            (_, Err(error)) => (NodeState::Unreachable, Some(error)),
            (Some(TaskState::Failed), _) => (NodeState::Error, reason),
            (Some(_), _) => (NodeState::Stopped, reason),
            (None, Ok(facts)) => match self.difference(node, &facts) {
                Some(difference) => (NodeState::Error, Some(difference)),
                None => (NodeState::Ready, None),
            },
        }
    }

    fn difference(&self, node: usize, facts: &Facts) -> Option<String> {
        let done = self.tasks.of_node(node).map(|task| task.package).collect();
        let expected = Expected {
            plan: &self.plan,
            node,
            done,
            kind: self.identity.kind,
        };
        check::difference(&expected, facts)
    }

    fn final_state(&self) -> RunState {
        let worst = |state| self.nodes.any(NodeProgress::Ended(state));
        match self.ending {
            _ if worst(NodeState::InDoubt) => RunState::InDoubt,
            _ if worst(NodeState::Error) || worst(NodeState::Unreachable) => RunState::Failed,
            Some(Skip::Stopped) => RunState::Stopped,
            Some(_) => RunState::Failed,
            None if self.plan.skips_a_node() => RunState::Partial,
            None => RunState::Succeeded,
        }
    }
}

//! The world around a machine: it remembers every command, answers as it is told, and
//! keeps what each node would keep.

use std::sync::Arc;

use super::history::History;
use crate::engine::event::{Act, Ending, Event, RunKind, RunState, StopAfter, TaskFailure};
use crate::engine::fixture::{facts, record, record_undo};
use crate::engine::machine::{Command, Input, Machine, RunIdentity, Step, Wait};
use crate::failure::FailureClass;
use crate::node::facts::{BootId, Facts};
use crate::plan::Plan;

/// How the world answers a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// As everybody hopes.
    Well,
    /// It does not work.
    Fail,
    /// The connection breaks, and nobody knows more.
    Lose,
    /// The connection breaks; asking again may help.
    Break,
    /// The node says what it should not: it waits for a reboot, or has no records.
    Lie,
    /// The operator's wish was heard.
    Killed,
    /// Nobody confirmed it, and the node went back by itself.
    Undone,
}

/// A machine, and what is going on around it.
pub(super) struct World {
    pub(super) plan: Arc<Plan>,
    pub(super) identity: RunIdentity,
    pub(super) machine: Machine,
    pub(super) history: History,
    /// The commands that were not answered yet.
    pub(super) open: Vec<Command>,
    nodes: Vec<Facts>,
}

impl World {
    /// Begins a run.
    pub(super) fn new(plan: Plan, identity: RunIdentity) -> Self {
        let plan = Arc::new(plan);
        let mut machine = Machine::new(Arc::clone(&plan), identity.clone());
        let step = machine.begin();
        let mut world = Self {
            nodes: vec![facts(); plan.nodes.len()],
            history: History::new(Arc::clone(&plan), &identity),
            plan,
            identity,
            machine,
            open: Vec::new(),
        };
        world.take(step);
        world
    }

    /// Answers an open command.
    pub(super) fn answer(&mut self, at: usize, answer: Answer) {
        let command = self.open.remove(at);
        let input = self.input(&command, answer);
        let step = self.machine.handle(input);
        self.take(step);
    }

    /// Tells the machine something that no command asked for.
    pub(super) fn tell(&mut self, input: Input) {
        let step = self.machine.handle(input);
        self.take(step);
    }

    /// Answers every command well until there is none.
    pub(super) fn finish(&mut self) {
        while !self.open.is_empty() {
            self.answer(0, Answer::Well);
        }
    }

    /// Answers well until a command to act is open, and says where the first one is.
    pub(super) fn until_acting(&mut self) -> usize {
        let is_act = |command: &Command| matches!(command, Command::Act { .. });
        while !self.open.iter().any(is_act) {
            self.answer(0, Answer::Well);
        }
        self.open.iter().position(is_act).unwrap()
    }

    /// Breaks every attempt to prepare a node, until there is none any more.
    pub(super) fn never_prepared(&mut self, node: usize) {
        let concerns = |command: &Command| match command {
            Command::Prepare { node: other } => *other == node,
            Command::Wait { wait, .. } => *wait == Wait::Node { node },
            _ => false,
        };
        while let Some(at) = self.open.iter().position(concerns) {
            self.answer(at, Answer::Break);
        }
    }

    pub(super) fn stop(&mut self) {
        self.stop_after(StopAfter::Task);
    }

    pub(super) fn stop_after(&mut self, after: StopAfter) {
        let step = self.machine.handle(Input::StopRequested { after });
        self.take(step);
    }

    pub(super) fn kill(&mut self) {
        let step = self.machine.handle(Input::KillRequested);
        self.take(step);
    }

    pub(super) fn outcome(&self) -> Option<RunState> {
        self.machine.outcome()
    }

    /// All events but the first, one line each.
    pub(super) fn told(&self) -> String {
        self.history.events.iter().skip(1).map(tell).collect()
    }

    fn take(&mut self, step: Step) {
        self.history.take(&step, &self.machine);
        let answered = |command: &Command| *command != Command::Kill;
        self.open.extend(step.commands.into_iter().filter(answered));
    }

    fn input(&mut self, command: &Command, answer: Answer) -> Input {
        match command {
            Command::Prepare { node } => Input::Prepared {
                node: *node,
                result: match answer {
                    Answer::Well | Answer::Lie | Answer::Killed | Answer::Undone => Ok(()),
                    Answer::Fail => Err(failure(FailureClass::Space)),
                    Answer::Lose => Err(failure(FailureClass::Auth)),
                    Answer::Break => Err(failure(FailureClass::Unreachable)),
                },
            },
            Command::Act { task, act } => Input::Ended {
                task: *task,
                ending: self.ending(*task, act, answer),
            },
            Command::Check { node } => Input::Checked {
                node: *node,
                facts: Box::new(match answer {
                    Answer::Well | Answer::Killed | Answer::Undone => Ok(self.nodes[*node].clone()),
                    Answer::Lie => Ok(facts()),
                    Answer::Fail | Answer::Lose | Answer::Break => {
                        Err("cannot be reached: no route".to_owned())
                    }
                }),
            },
            Command::Wait { wait, .. } => Input::Waited(*wait),
            Command::Health { batch, .. } => Input::HealthChecked {
                batch: *batch,
                result: match answer {
                    Answer::Well => Ok(()),
                    _ => Err(failure(FailureClass::Health)),
                },
            },
            Command::Kill => Input::KillRequested,
        }
    }

    fn ending(&mut self, task: usize, act: &Act, answer: Answer) -> Ending {
        let (node, package) = self.machine.place(task);
        let is_reboot = matches!(act, Act::Reboot { .. });
        let boot_id = || BootId("boot-1".to_owned());
        match answer {
            Answer::Killed if !is_reboot => Ending::Failed(failure(FailureClass::Stopped)),
            Answer::Killed => self.ending(task, act, Answer::Well),
            Answer::Lose => Ending::InDoubt(failure(FailureClass::InDoubt)),
            Answer::Break => Ending::InDoubt(failure(FailureClass::Transport)),
            Answer::Lie if !is_reboot => Ending::AwaitingReboot { boot_id: boot_id() },
            Answer::Undone if !is_reboot => {
                record_undo(&mut self.nodes[node], &self.plan, node, package);
                Ending::Undone(failure(FailureClass::Unconfirmed))
            }
            Answer::Fail | Answer::Lie | Answer::Undone => {
                Ending::Failed(failure(FailureClass::Script))
            }
            Answer::Well if is_reboot => Ending::Rebooted {
                boot_id: BootId("boot-2".to_owned()),
            },
            Answer::Well if self.waits_for_reboot(node, package, act) => {
                Ending::AwaitingReboot { boot_id: boot_id() }
            }
            Answer::Well => {
                if self.goes_back(task) {
                    record_undo(&mut self.nodes[node], &self.plan, node, package);
                } else if self.identity.kind != RunKind::DryRun {
                    record(&mut self.nodes[node], &self.plan, node, package);
                }
                Ending::Succeeded { seconds: 1 }
            }
        }
    }

    /// Whether the last attempt of a task is to go back.
    fn goes_back(&self, task: usize) -> bool {
        let (node, package) = self.machine.place(task);
        let (node, package) = (
            &self.plan.nodes[node].node,
            &self.plan.packages[package].package,
        );
        let is_undo = |event: &Event| {
            matches!(event, Event::Intended { task, act: Act::Undo { .. } }
                if task.node == *node && task.package == *package)
        };
        self.history.events.iter().any(is_undo)
    }

    fn waits_for_reboot(&self, node: usize, package: usize, act: &Act) -> bool {
        let planned = &self.plan.nodes[node].tasks[package];
        let reboots = match act {
            Act::Start { .. } | Act::TakeUp { .. } => planned.action.reboots(),
            Act::Undo { .. } => planned.undo_reboots(),
            Act::Reboot { .. } | Act::Finish { .. } => false,
        };
        reboots && self.identity.kind != RunKind::DryRun
    }
}

pub(super) fn failure(class: FailureClass) -> TaskFailure {
    TaskFailure {
        class,
        message: format!("it was {}", class.word()),
        step: None,
    }
}

fn tell(event: &Event) -> String {
    let line = match event {
        Event::RunStarted(start) => format!("{} starts", start.run),
        Event::NodePrepared { node } => format!("{node} is prepared"),
        Event::NodeFailed { node, failure } => format!("{node} fails: {}", failure.message),
        Event::Intended { task, act } => {
            format!("{} {}: {}", task.node, task.package, tell_act(act))
        }
        Event::Ended { task, ending } => {
            format!("{} {}: {}", task.node, task.package, tell_ending(ending))
        }
        Event::TaskSkipped { task, reason } => {
            format!("{} {}: skipped, {reason:?}", task.node, task.package)
        }
        Event::EvidenceGathered { node, .. } => format!("{node} keeps its evidence"),
        Event::Retrying {
            node,
            task,
            failure,
            attempt,
            attempts,
            pause_seconds,
        } => {
            let what = task.as_ref().map_or("it", |task| task.package.as_str());
            let message = &failure.message;
            format!("{node} {what}: {message}, again in {pause_seconds} s [{attempt}/{attempts}]")
        }
        Event::BatchStarted {
            batch,
            batches,
            kind,
            nodes,
        } => {
            let nodes: Vec<_> = nodes.iter().map(ToString::to_string).collect();
            format!("batch {batch} of {batches}, {kind:?}: {}", nodes.join(" "))
        }
        Event::HealthChecked { batch, failure } => {
            let said = failure.as_ref().map_or("well", |failure| &failure.message);
            format!("health after batch {batch}: {said}")
        }
        Event::Halted { reason } => format!("halted, {reason:?}"),
        Event::StopRequested {
            after: StopAfter::Task,
        } => "stop".to_owned(),
        Event::StopRequested { after } => format!("stop after {}", after.word()),
        Event::KillRequested => "kill".to_owned(),
        Event::NodeEnded {
            node,
            state,
            reason,
        } => {
            format!(
                "{node} ends as {state:?}: {}",
                reason.as_deref().unwrap_or("-")
            )
        }
        Event::RunEnded { state } => format!("the run ends as {state:?}"),
    };
    line + "\n"
}

fn tell_act(act: &Act) -> String {
    match act {
        Act::Start { number } => format!("start {number}"),
        Act::Undo { number } => format!("undo {number}"),
        Act::TakeUp { run, number } => format!("take up {run}/{number}"),
        Act::Reboot { since } => format!("reboot since {since}"),
        Act::Finish { run, number } => format!("finish {run}/{number}"),
    }
}

fn tell_ending(ending: &Ending) -> String {
    match ending {
        Ending::Succeeded { .. } => "succeeded".to_owned(),
        Ending::AwaitingReboot { boot_id } => format!("waits for a reboot since {boot_id}"),
        Ending::Rebooted { boot_id } => format!("rebooted into {boot_id}"),
        Ending::Failed(failure) => format!("failed, {}", failure.message),
        Ending::Undone(failure) => format!("undone, {}", failure.message),
        Ending::InDoubt(failure) => format!("in doubt, {}", failure.message),
    }
}

/// Everything works, until nobody can read what is on the nodes.
pub(super) fn lost_at_the_end(command: &Command) -> Input {
    match command {
        Command::Prepare { node } => Input::Prepared {
            node: *node,
            result: Ok(()),
        },
        Command::Act { task, .. } => Input::Ended {
            task: *task,
            ending: Ending::Succeeded { seconds: 1 },
        },
        Command::Check { node } => Input::Checked {
            node: *node,
            facts: Box::new(Err("cannot be reached".to_owned())),
        },
        Command::Wait { wait, .. } => Input::Waited(*wait),
        Command::Health { batch, .. } => Input::HealthChecked {
            batch: *batch,
            result: Ok(()),
        },
        Command::Kill => Input::KillRequested,
    }
}

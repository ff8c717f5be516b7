//! What the answers of the world lead to.

use super::Machine;
use super::exchange::{Command, Step};
use super::nodes::NodeProgress;
use super::tasks::{Direction, TaskState};
use crate::engine::event::{Act, Ending, Event, RunKind, TaskFailure};
use crate::failure::FailureClass;

impl Machine {
    pub(super) fn prepared(
        &mut self,
        node: usize,
        result: Result<(), TaskFailure>,
        step: &mut Step,
    ) {
        if !self.nodes.is(node, NodeProgress::Preparing) {
            return;
        }
        let name = self.plan.nodes[node].node.clone();
        match result {
            Ok(()) => {
                self.nodes.set(node, NodeProgress::Ready);
                step.events.push(Event::NodePrepared { node: name });
            }
            Err(failure) => self.handle_unprepared(node, failure, step),
        }
    }

    pub(super) fn ended(&mut self, task: usize, ending: Ending, step: &mut Step) {
        if self.tasks[task].state != TaskState::Running {
            return;
        }
        let ending = self.possible(task, ending);
        if self.is_killed(&ending) {
            return self.end_killed(task, ending, step);
        }
        if ending.failure().is_some() {
            return self.handle_failed(task, ending, step);
        }
        step.events.push(Event::Ended {
            task: self.tasks[task].id.clone(),
            ending: ending.clone(),
        });
        match ending {
            Ending::AwaitingReboot { .. } | Ending::Rebooted { .. }
                if self.stopping.is_killing() =>
            {
                self.leave_unfinished(task, step)
            }
            Ending::AwaitingReboot { boot_id } => {
                self.act(task, Act::Reboot { since: boot_id }, step)
            }
            Ending::Rebooted { .. } => {
                let (run, number) = self.tasks[task].attempt.clone();
                self.act(task, Act::Finish { run, number }, step);
            }
            _ => {
                self.tasks.note_change(task);
                self.settle(task, self.tasks[task].direction.success());
            }
        }
    }

    /// A receipt is a node's word: one that waits for a reboot is believed only of an
    /// attempt that the plan reboots for, and only once; that a node has gone back, only of
    /// one that the plan lets it undo.
    fn possible(&self, task: usize, ending: Ending) -> Ending {
        let unplanned = |class, message: &str| {
            Ending::Failed(TaskFailure {
                class,
                message: message.to_owned(),
                step: None,
            })
        };
        match ending {
            Ending::AwaitingReboot { .. } if !self.may_reboot(task) => unplanned(
                FailureClass::Reboot,
                "it waits for a reboot that is not planned",
            ),
            Ending::Undone(_) if !self.is_watched(task) => unplanned(
                FailureClass::Facts,
                "the node says that it went back by itself, which is not planned",
            ),
            ending => ending,
        }
    }

    /// Whether the node undoes a task that nobody confirms.
    fn is_watched(&self, task: usize) -> bool {
        let task = &self.tasks[task];
        let package = &self.plan.packages[task.package];
        let planned = self.planned(task.node, task.package);
        self.identity.kind != RunKind::DryRun
            && task.direction == Direction::Forward
            && planned.confirm_within_seconds(package).is_some()
    }

    fn may_reboot(&self, task: usize) -> bool {
        let task = &self.tasks[task];
        let planned = self.planned(task.node, task.package);
        let reboots = match task.act {
            Act::Start { .. } | Act::TakeUp { .. } => planned.action.reboots(),
            Act::Undo { .. } => planned.undo_reboots(),
            Act::Reboot { .. } | Act::Finish { .. } => false,
        };
        reboots && self.identity.kind != RunKind::DryRun
    }

    pub(super) fn act(&mut self, task: usize, act: Act, step: &mut Step) {
        self.tasks.begin(task, act.clone(), &self.identity);
        step.events.push(Event::Intended {
            task: self.tasks[task].id.clone(),
            act: act.clone(),
        });
        step.commands.push(Command::Act { task, act });
    }
}

//! What starts, and what is skipped where nothing more starts.

use super::Machine;
use super::exchange::Step;
use super::start::OnFailure;
use super::tasks::TaskState;
use crate::engine::event::{Event, Skip};
use crate::name::Name;

impl Machine {
    /// Starts what the lineup and the limit of tasks in flight let start.
    pub(super) fn deploy(&mut self, step: &mut Step) {
        while self.ending.is_none() && self.has_room() {
            let Some(task) = self.lineup.next(&self.tasks) else {
                break;
            };
            self.start_or_skip(task, step);
        }
        if let Some(reason) = self.ending.clone() {
            self.lineup.clear();
            self.give_up_retries(step);
            for task in self.tasks.pending() {
                self.skip(task, reason.clone(), step);
            }
        }
        if self.tasks.running() == 0 && self.lineup.is_empty() {
            self.after_deploying(step);
        }
    }

    pub(super) fn has_room(&self) -> bool {
        let most = self.plan.rollout.max_in_flight;
        most.is_none_or(|most| self.tasks.running() < most as usize)
    }

    fn start_or_skip(&mut self, task: usize, step: &mut Step) {
        if self.tasks[task].state != TaskState::Pending {
            return self.lineup.release(self.tasks[task].node);
        }
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

    /// Skips a task whose turn it was; its node may go on.
    fn skip(&mut self, task: usize, reason: Skip, step: &mut Step) {
        self.mark_skipped(task, reason, step);
        self.lineup.release(self.tasks[task].node);
    }

    /// Skips a task that has not begun; one that is over stays as it is.
    pub(super) fn mark_skipped(&mut self, task: usize, reason: Skip, step: &mut Step) {
        if self.tasks[task].state != TaskState::Pending {
            return;
        }
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

    /// A task is over; its node may go on.
    pub(super) fn settle(&mut self, task: usize, state: TaskState) {
        self.tasks.settle(task, state);
        self.lineup.release(self.tasks[task].node);
    }
}

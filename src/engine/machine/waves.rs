//! Lockstep, and what is skipped where nothing more starts.

use super::exchange::Step;
use super::start::OnFailure;
use super::tasks::TaskState;
use super::{Machine, Phase};
use crate::engine::event::{Event, Skip};
use crate::name::Name;

impl Machine {
    /// Lockstep: a package on every node, then the next package.
    pub(super) fn deploy(&mut self, step: &mut Step) {
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
        if self.tasks[task].state != TaskState::Pending {
            return;
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

    /// Skips a task that has not begun; one that is over stays as it is.
    pub(super) fn skip(&mut self, task: usize, reason: Skip, step: &mut Step) {
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
}

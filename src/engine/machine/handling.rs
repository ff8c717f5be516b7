//! The one place where a failure leads to something: it is tried again, it ends its task,
//! or it ends the run.

use super::exchange::{Command, Step, Wait};
use super::retries::{Retry, Unsettled};
use super::start::OnFailure;
use super::tasks::TaskState;
use super::{Machine, NodeProgress};
use crate::engine::event::{Ending, Event, Skip, TaskFailure};

impl Machine {
    /// A node's payloads could not be put there.
    pub(super) fn handle_unprepared(&mut self, node: usize, failure: TaskFailure, step: &mut Step) {
        let retry = match self.ending {
            Some(_) => None,
            None => self.retries.of_node(node, failure.class),
        };
        match retry {
            Some(retry) => {
                self.announce(node, None, &failure, retry, step);
                self.retries
                    .wait(Wait::Node { node }, Unsettled::Node(failure));
                self.sleep(Wait::Node { node }, retry, step);
            }
            None => self.fail_preparation(node, failure, step),
        }
    }

    /// An act did not succeed, or nobody knows.
    pub(super) fn handle_failed(&mut self, task: usize, ending: Ending, step: &mut Step) {
        if ending.may_have_changed() {
            self.tasks.note_change(task);
        }
        match self.plan_retry(task, &ending) {
            Some((act, retry)) => {
                if let Some(failure) = ending.failure() {
                    self.announce(self.tasks[task].node, Some(task), failure, retry, step);
                }
                let wait = Wait::Task { task };
                self.retries.wait(wait, Unsettled::Task { ending, act });
                self.sleep(wait, retry, step);
            }
            None => self.fail_task(task, ending, step),
        }
    }

    /// A node is not what it should be at the end of its batch.
    pub(super) fn handle_bad_node(&mut self, node: usize, step: &mut Step) {
        self.count_failure(node, step);
    }

    /// The health command has said no.
    pub(super) fn handle_unhealthy(&mut self, batch: u32, failure: TaskFailure, step: &mut Step) {
        self.limits.exceed();
        step.events.push(Event::HealthChecked {
            batch,
            failure: Some(failure),
        });
        self.halt(Skip::Unhealthy { batch }, step);
    }

    /// What was to be tried again is not, once nothing more begins; what only asks a node
    /// for its word goes on.
    pub(super) fn give_up_retries(&mut self, step: &mut Step) {
        for (wait, unsettled) in self.retries.take_starts() {
            match (wait, unsettled) {
                (Wait::Node { node }, Unsettled::Node(failure)) => {
                    self.fail_preparation(node, failure, step);
                }
                (Wait::Task { task }, Unsettled::Task { ending, .. }) => {
                    self.fail_task(task, ending, step);
                }
                _ => {}
            }
        }
    }

    fn fail_preparation(&mut self, node: usize, failure: TaskFailure, step: &mut Step) {
        self.nodes.fail_preparation(node, &failure);
        let name = self.plan.nodes[node].node.clone();
        step.events.push(Event::NodeFailed {
            node: name,
            failure,
        });
        self.count_failure(node, step);
    }

    fn fail_task(&mut self, task: usize, ending: Ending, step: &mut Step) {
        let state = match ending {
            Ending::InDoubt(_) => TaskState::InDoubt,
            Ending::Undone(_) => TaskState::Undone,
            Ending::Failed(ref failure) if failure.is_of_undo() => TaskState::UndoFailed,
            _ => self.tasks[task].direction.failure(),
        };
        if state == TaskState::Undone {
            self.tasks.note_way_back(task);
        }
        let id = self.tasks[task].id.clone();
        step.events.push(Event::Ended { task: id, ending });
        self.settle(task, state);
        self.count_failure(self.tasks[task].node, step);
    }

    /// A failure ends the run where it is more than the rollout tolerates.
    fn count_failure(&mut self, node: usize, step: &mut Step) {
        if self.identity.on_failure == OnFailure::GoOnWithNode {
            return self.limits.exceed();
        }
        let name = &self.plan.nodes[node].node;
        let beyond = self.limits.fail(node, name);
        if self.lineup.is_canary(node) {
            self.limits.exceed();
            let node = name.clone();
            self.halt(Skip::CanaryFailed { node }, step);
        } else if let Some(reason) = beyond {
            self.halt(reason, step);
        }
    }

    /// Nothing more begins. The first reason stays.
    fn halt(&mut self, reason: Skip, step: &mut Step) {
        if self.ending.is_some() {
            return;
        }
        if !matches!(reason, Skip::RunFailed { .. }) {
            step.events.push(Event::Halted {
                reason: reason.clone(),
            });
        }
        self.ending = Some(reason);
    }

    fn announce(
        &self,
        node: usize,
        task: Option<usize>,
        failure: &TaskFailure,
        retry: Retry,
        step: &mut Step,
    ) {
        step.events.push(Event::Retrying {
            node: self.plan.nodes[node].node.clone(),
            task: task.map(|task| self.tasks[task].id.clone()),
            failure: failure.clone(),
            attempt: retry.attempt,
            attempts: retry.attempts,
            pause_seconds: retry.pause_seconds,
        });
    }

    fn sleep(&self, wait: Wait, retry: Retry, step: &mut Step) {
        step.commands.push(Command::Wait {
            wait,
            seconds: retry.pause_seconds,
        });
    }

    /// What was waited for is over.
    pub(super) fn waited(&mut self, wait: Wait, step: &mut Step) {
        match (wait, self.retries.take(wait)) {
            (Wait::Pause { batch }, _) => self.end_pause(batch),
            (Wait::Node { node }, Some(_)) if self.nodes.is(node, NodeProgress::Preparing) => {
                step.commands.push(Command::Prepare { node });
            }
            (Wait::Task { task }, Some(Unsettled::Task { act, .. })) => self.act(task, act, step),
            _ => {}
        }
    }
}

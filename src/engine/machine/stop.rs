//! What an operator's stop leaves to be done, and what it leaves undone.

use std::collections::BTreeSet;

use super::exchange::{Command, Step};
use super::nodes::NodeProgress;
use super::tasks::TaskState;
use super::{Machine, Phase};
use crate::engine::event::{Event, NodeState, Skip, StopAfter};

/// How far an operator wants the run to stop.
#[derive(Debug, Default)]
pub(super) struct Stopping {
    after: Option<StopAfter>,
    kill: bool,
}

impl Stopping {
    /// Whether what runs is ended, and nothing follows it.
    pub(super) fn is_killing(&self) -> bool {
        self.kill
    }
}

impl Machine {
    /// Stops the run. A later stop counts only where it lets less finish.
    pub(super) fn stop(&mut self, after: StopAfter, step: &mut Step) {
        if !self.may_stop() || self.stopping.after.is_some_and(|before| before <= after) {
            return;
        }
        self.stopping.after = Some(after);
        step.events.push(Event::StopRequested { after });
        match after {
            StopAfter::Task => self.ending = Some(Skip::Stopped),
            StopAfter::Package | StopAfter::Node => self.skip_what_has_not_begun(after, step),
        }
    }

    /// Stops the run and ends what runs.
    pub(super) fn kill(&mut self, step: &mut Step) {
        if !self.may_stop() || self.stopping.kill {
            return;
        }
        self.stop(StopAfter::Task, step);
        self.stopping.kill = true;
        step.events.push(Event::KillRequested);
        step.commands.push(Command::Kill);
    }

    fn may_stop(&self) -> bool {
        matches!(self.phase, Phase::Preparing | Phase::Deploying)
    }

    fn skip_what_has_not_begun(&mut self, after: StopAfter, step: &mut Step) {
        let part = |task: usize| match after {
            StopAfter::Node => self.tasks[task].node,
            StopAfter::Task | StopAfter::Package => self.tasks[task].package,
        };
        let all = 0..self.tasks.iter().count();
        let has_begun = |task: &usize| self.tasks[*task].state.has_begun();
        let begun: BTreeSet<usize> = all.clone().filter(has_begun).map(part).collect();
        let left: Vec<usize> = all.filter(|task| !begun.contains(&part(*task))).collect();
        for task in left {
            self.skip(task, Skip::Stopped, step);
        }
    }

    /// Leaves the rest of a task that has begun undone: its reboot and its record.
    pub(super) fn leave_unfinished(&mut self, task: usize, step: &mut Step) {
        self.tasks.settle(task, TaskState::Unfinished);
        step.events.push(Event::TaskSkipped {
            task: self.tasks[task].id.clone(),
            reason: Skip::Stopped,
        });
    }

    /// Whether a node is in error for another reason than that its task was ended.
    pub(super) fn any_node_failed(&self) -> bool {
        let in_error = |node: &usize| self.nodes.is(*node, NodeProgress::Ended(NodeState::Error));
        let mut nodes = self.nodes.with_work().filter(in_error);
        nodes.any(|node| self.worst(node) != Some(TaskState::Killed))
    }

    fn worst(&self, node: usize) -> Option<TaskState> {
        self.tasks.of_node(node).map(|task| task.state).max()
    }
}

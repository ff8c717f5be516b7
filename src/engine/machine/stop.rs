//! What an operator's stop leaves to be done, and what it leaves undone.

use std::collections::BTreeSet;

use super::exchange::{Command, Step};
use super::tasks::TaskState;
use super::{Machine, Phase};
use crate::engine::event::{Ending, Event, Skip, StopAfter};
use crate::failure::FailureClass;

/// How far an operator wants the run to stop.
#[derive(Debug, Default)]
pub(super) struct Stopping {
    after: Option<StopAfter>,
    kill: bool,
}

impl Stopping {
    /// Whether the operator wants the run to stop.
    pub(super) fn is_asked(&self) -> bool {
        self.after.is_some()
    }

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
        matches!(self.phase, Phase::Preparing | Phase::Deploying) || self.tasks.any_pending()
    }

    fn skip_what_has_not_begun(&mut self, after: StopAfter, step: &mut Step) {
        let part = |task: usize| match after {
            StopAfter::Node => self.tasks[task].node,
            StopAfter::Task | StopAfter::Package => self.tasks[task].package,
        };
        let all = 0..self.tasks.iter().count();
        let has_begun = |task: &usize| self.tasks[*task].state.has_begun();
        let begun: BTreeSet<usize> = all.clone().filter(has_begun).map(part).collect();
        // What has begun is finished within its batch: the next one depends on how it ends.
        let batch = self.lineup.batch().map(|batch| batch.nodes.clone());
        let batch: BTreeSet<usize> = batch.unwrap_or_default().into_iter().collect();
        let goes_on =
            |task: &usize| begun.contains(&part(*task)) && batch.contains(&self.tasks[*task].node);
        let left: Vec<usize> = all.filter(|task| !goes_on(task)).collect();
        for task in left {
            self.mark_skipped(task, Skip::Stopped, step);
        }
    }

    /// Leaves the rest of a task that has begun undone: its reboot and its record.
    pub(super) fn leave_unfinished(&mut self, task: usize, step: &mut Step) {
        self.tasks.note_change(task);
        self.settle(task, TaskState::Unfinished);
        step.events.push(Event::TaskSkipped {
            task: self.tasks[task].id.clone(),
            reason: Skip::Stopped,
        });
    }

    /// Whether an act ended because the operator wanted it to.
    pub(super) fn is_killed(&self, ending: &Ending) -> bool {
        let class = ending.failure().map(|failure| failure.class);
        self.stopping.kill && class == Some(FailureClass::Stopped)
    }

    /// Ends a task as the operator wanted; that is no failure of the run.
    pub(super) fn end_killed(&mut self, task: usize, ending: Ending, step: &mut Step) {
        let id = self.tasks[task].id.clone();
        step.events.push(Event::Ended { task: id, ending });
        self.tasks.note_change(task);
        self.settle(task, TaskState::Killed);
    }

    /// Whether a node is in error only because a task of it was ended.
    pub(super) fn was_killed(&self, node: usize) -> bool {
        let worst = self.tasks.of_node(node).map(|task| task.state).max();
        worst == Some(TaskState::Killed)
    }

    pub(super) fn any_killed(&self) -> bool {
        self.tasks
            .iter()
            .any(|task| task.state == TaskState::Killed)
    }
}

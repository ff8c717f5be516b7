//! Between two batches: the last look at the nodes, the health command, the pause.

use super::exchange::{Command, Step, Wait};
use super::lineup::BatchNodes;
use super::{Machine, Phase};
use crate::engine::event::{Event, RunKind, Skip, TaskFailure};
use crate::name::Name;

impl Machine {
    /// Says which nodes' turn it is, where not all go together.
    pub(super) fn announce_batch(&self, step: &mut Step) {
        let Some(batch) = self.lineup.batch().filter(|_| self.lineup.count() > 1) else {
            return;
        };
        step.events.push(Event::BatchStarted {
            batch: self.batch_number(),
            batches: u32::try_from(self.lineup.count()).unwrap_or(u32::MAX),
            kind: batch.kind,
            nodes: self.names(batch),
        });
    }

    fn names(&self, batch: &BatchNodes) -> Vec<Name> {
        let nodes = batch.nodes.iter().map(|node| &self.plan.nodes[*node]);
        nodes.map(|node| node.node.clone()).collect()
    }

    /// The number of the batch for people, from 1.
    fn batch_number(&self) -> u32 {
        u32::try_from(self.lineup.number()).map_or(u32::MAX, |number| number.saturating_add(1))
    }

    /// The nodes of the batch have ended.
    pub(super) fn end_batch(&mut self, step: &mut Step) {
        let has_health = !self.plan.rollout.health.is_empty();
        let is_looked_at = has_health && self.identity.kind != RunKind::DryRun;
        match self.lineup.batch() {
            Some(batch) if is_looked_at && self.ending.is_none() => {
                step.commands.push(Command::Health {
                    batch: self.batch_number(),
                    nodes: self.names(batch),
                });
                self.phase = Phase::Health;
            }
            _ => self.leave_batch(step),
        }
    }

    /// The health command has ended.
    pub(super) fn health_checked(
        &mut self,
        batch: u32,
        result: Result<(), TaskFailure>,
        step: &mut Step,
    ) {
        if self.phase != Phase::Health || batch != self.batch_number() {
            return;
        }
        match result {
            Ok(()) => {
                step.events.push(Event::HealthChecked {
                    batch,
                    failure: None,
                });
                self.leave_batch(step);
            }
            Err(failure) => self.handle_unhealthy(batch, failure, step),
        }
    }

    /// Goes on to the next batch, after a pause where the rollout has one.
    fn leave_batch(&mut self, step: &mut Step) {
        let is_last = self.lineup.number() + 1 >= self.lineup.count();
        let is_over = self.ending.is_some() || self.stopping.is_asked();
        if is_over && self.nodes.left().next().is_some() {
            return self.leave_batches(step);
        }
        let seconds = self.plan.rollout.pause_seconds;
        if self.ending.is_some() || is_last {
            self.phase = Phase::Closing;
        } else if seconds > 0 {
            self.phase = Phase::Pausing;
            let batch = self.batch_number();
            step.commands.push(Command::Wait {
                wait: Wait::Pause { batch },
                seconds,
            });
        } else {
            self.phase = Phase::Between;
        }
    }

    /// No other batch begins any more: what is left of the nodes is looked at.
    fn leave_batches(&mut self, step: &mut Step) {
        self.ending.get_or_insert(Skip::Stopped);
        self.lineup.clear();
        self.phase = Phase::Checking;
        self.check_nodes(step);
    }

    pub(super) fn end_pause(&mut self, batch: u32) {
        if self.phase == Phase::Pausing && batch == self.batch_number() {
            self.phase = Phase::Between;
        }
    }

    /// Begins the next batch.
    pub(super) fn begin_batch(&mut self, step: &mut Step) {
        self.lineup.next_batch(&self.tasks);
        self.phase = Phase::Deploying;
        self.announce_batch(step);
    }
}

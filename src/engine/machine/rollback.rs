//! After a failure that ends the run: evidence first, then what the run changed is undone,
//! last first, where the plan asks for that.
//!
//! Guarantees: nothing is undone before every other task is over and the facts of the
//! failed nodes are recorded; a package is undone on all nodes before the one that was
//! deployed before it, on no more at a time than the rollout allows; after an undo that did
//! not succeed, none begins.

use std::collections::{BTreeMap, VecDeque};

use super::exchange::{Command, Step};
use super::nodes::NodeProgress;
use super::tasks::TaskState;
use super::{Machine, Phase};
use crate::engine::event::{Act, Event, Evidence, RunKind, RunState, Skip};
use crate::node::facts::Facts;
use crate::plan::{NoUndo, PlannedTask, Undo};

/// What is undone after a failure.
#[derive(Debug, Default)]
pub(super) struct Rollback {
    /// The tasks to undo, by package; the last goes first.
    waves: Vec<VecDeque<usize>>,
    /// Why each failed node failed.
    pub(super) reasons: BTreeMap<usize, String>,
}

impl Machine {
    /// Goes on once every task is over.
    pub(super) fn after_deploying(&mut self, step: &mut Step) {
        match self.must_undo() {
            true => self.gather_evidence(step),
            false => self.begin_checking(step),
        }
    }

    /// A stop is the operator's word: it leaves things as they are.
    pub(super) fn must_undo(&self) -> bool {
        let has_failed = self
            .ending
            .as_ref()
            .is_some_and(|why| *why != Skip::Stopped);
        let is_wanted = self.plan.rollout.rollback_on_failure.is_yes()
            && self.identity.kind == RunKind::Deploy
            && self.rollback.is_none();
        is_wanted && has_failed && self.tasks.iter().any(|task| task.has_changed)
    }

    fn begin_checking(&mut self, step: &mut Step) {
        self.phase = Phase::Checking;
        self.check_nodes(step);
    }

    fn gather_evidence(&mut self, step: &mut Step) {
        self.phase = Phase::Gathering;
        let failed: Vec<usize> = self
            .nodes
            .with_work()
            .filter(|node| self.has_failed(*node))
            .collect();
        for node in &failed {
            self.nodes.set(*node, NodeProgress::Checking);
            step.commands.push(Command::Check { node: *node });
        }
        let reason = |node: usize| {
            let worst = self.worst(node).map(|(_, reason)| reason);
            Some((node, worst.or_else(|| self.nodes.bad(node).cloned())?))
        };
        self.rollback = Some(Rollback {
            waves: self.undo_waves(),
            reasons: failed.into_iter().filter_map(reason).collect(),
        });
    }

    /// Whether a task of a node failed, or the node was not what it should be afterwards. One that could not be made
    /// ready has nothing to show.
    fn has_failed(&self, node: usize) -> bool {
        let mut tasks = self.tasks.of_node(node);
        let is_bad =
            self.nodes.bad(node).is_some() && self.nodes.preparation_failure(node).is_none();
        is_bad || tasks.any(|task| task.state.is_failure())
    }

    /// What the facts of a failed node are before anything is undone there.
    pub(super) fn gathered(&mut self, node: usize, facts: Result<Facts, String>, step: &mut Step) {
        self.nodes.set(node, NodeProgress::Ready);
        step.events.push(Event::EvidenceGathered {
            node: self.plan.nodes[node].node.clone(),
            evidence: match facts {
                Ok(facts) => Evidence::of(&facts),
                Err(reason) => Evidence::Missing { reason },
            },
        });
    }

    fn undo_waves(&self) -> Vec<VecDeque<usize>> {
        let mut waves = vec![VecDeque::new(); self.plan.packages.len()];
        for (index, task) in self.tasks.iter().enumerate() {
            let undo = &self.planned(task.node, task.package).undo;
            let is_left = task.has_changed && task.state != TaskState::UndoFailed;
            if is_left && matches!(undo, Some(Undo::Possible(_))) {
                waves[task.package].push_back(index);
            }
        }
        waves
    }

    /// Begins as many undos as there is room for.
    pub(super) fn undo(&mut self, step: &mut Step) {
        while self.has_room() {
            match self.next_undo() {
                Some(task) => self.begin_undo(task, step),
                None if self.tasks.running() == 0 => return self.begin_checking(step),
                None => return,
            }
        }
    }

    fn begin_undo(&mut self, task: usize, step: &mut Step) {
        self.nodes.reopen(self.tasks[task].node);
        let number = self.tasks[task].started.saturating_add(1);
        let attempt = (self.identity.run.clone(), number);
        self.tasks.turn_back(task, attempt);
        self.act(task, Act::Undo { number }, step);
    }

    /// The next task of the package that is being undone, or of the one before it once that
    /// is done everywhere.
    fn next_undo(&mut self) -> Option<usize> {
        let (is_stuck, is_busy) = (self.tasks.is_stuck(), self.tasks.running() > 0);
        let rollback = self.rollback.as_mut().filter(|_| !is_stuck)?;
        while !is_busy && rollback.waves.last().is_some_and(VecDeque::is_empty) {
            rollback.waves.pop();
        }
        rollback.waves.last_mut()?.pop_front()
    }

    /// Notes that a node's records do not prove that it is back.
    pub(super) fn doubt_rollback(&mut self) {
        self.is_unproven = true;
    }

    /// Whether nothing is left of what the run changed; `None` where nothing was to be
    /// undone.
    pub(super) fn is_rolled_back(&self) -> Option<bool> {
        self.rollback.as_ref()?;
        let is_back = |task: &super::tasks::Task| {
            let undo = &self.planned(task.node, task.package).undo;
            let is_same = *undo == Some(Undo::Impossible(NoUndo::SameRelease));
            !task.has_changed
                || task.state == TaskState::Undone
                || (task.state == TaskState::Succeeded && is_same)
        };
        Some(!self.is_unproven && self.tasks.iter().all(is_back))
    }

    /// How a run has failed whose nodes went back by themselves: what they did counts as
    /// if the run had done it.
    pub(super) fn failed_state(&self) -> RunState {
        let any = |state| self.tasks.iter().any(|task| task.state == state);
        let is_left = self.is_unproven || self.tasks.iter().any(|task| task.has_changed);
        if any(TaskState::UndoFailed) {
            RunState::RollbackFailed
        } else if any(TaskState::Undone) && !is_left {
            RunState::RolledBack
        } else {
            RunState::Failed
        }
    }

    pub(super) fn planned(&self, node: usize, package: usize) -> &PlannedTask {
        &self.plan.nodes[node].tasks[package]
    }
}

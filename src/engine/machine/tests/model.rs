//! The rollout, told in the plainest way: what the machine does is held against it.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::event::{NodeState, RunKind, TaskId};
use crate::engine::machine::{OnFailure, RunIdentity};
use crate::manifest::Strategy;
use crate::name::Name;
use crate::plan::{BatchKind, Plan, Rollout};

/// What a rollout allows.
pub(super) struct Model {
    rollout: Rollout,
    running: BTreeSet<TaskId>,
    failed: BTreeSet<Name>,
}

impl Model {
    pub(super) fn of(plan: &Plan, identity: &RunIdentity) -> Self {
        let mut rollout = plan.rollout.clone();
        if identity.kind == RunKind::DryRun {
            rollout.batches.clear();
        }
        // Where nothing depends on anything, nothing depends on canaries.
        if identity.on_failure == OnFailure::GoOnWithNode {
            let batches = rollout.batches.iter_mut();
            batches.for_each(|batch| batch.kind = BatchKind::Ordinary);
        }
        Self {
            rollout,
            running: BTreeSet::new(),
            failed: plan.unreachable.keys().cloned().collect(),
        }
    }

    /// A task begins: there is room for it, its node is idle, and all batches before have
    /// ended, the canaries well.
    pub(super) fn starts(&mut self, task: &TaskId, ended: &BTreeMap<Name, NodeState>) {
        let is_idle = self.running.iter().all(|other| other.node != task.node);
        assert!(is_idle, "{task:?} starts on a node that is busy");
        self.running.insert(task.clone());
        let most = self
            .rollout
            .max_in_flight
            .map_or(usize::MAX, |most| most as usize);
        assert!(
            self.running.len() <= most,
            "{} at a time",
            self.running.len()
        );
        for batch in &self.rollout.batches[..self.batch(&task.node)] {
            for node in &batch.nodes {
                let state = ended.get(node);
                let is_well = !batch.kind.is_canaries() || state == Some(&NodeState::Ready);
                assert!(
                    state.is_some() && is_well,
                    "{task:?} starts before {node} is ready"
                );
            }
        }
    }

    pub(super) fn ends(&mut self, task: &TaskId) {
        self.running.remove(task);
    }

    /// A node fails: says whether that is too much.
    pub(super) fn fails(&mut self, node: &Name) -> bool {
        self.failed.insert(node.clone());
        let failed = |nodes: &[Name]| {
            let failed = nodes.iter().filter(|node| self.failed.contains(*node));
            failed.count() as u32
        };
        let groups = &self.rollout.groups;
        let is_canary =
            |batch: &crate::plan::Batch| batch.kind.is_canaries() && batch.nodes.contains(node);
        let in_no_group = |node: &&Name| !groups.iter().any(|group| group.nodes.contains(*node));
        let beyond_run = match self.rollout.max_failures {
            Some(most) => self.failed.len() as u32 > most,
            None => self.failed.iter().filter(in_no_group).count() > 0,
        };
        let beyond_group = groups
            .iter()
            .any(|group| failed(&group.nodes) > group.max_failures);
        beyond_run || beyond_group || self.rollout.batches.iter().any(is_canary)
    }

    /// The tasks that must be over before one begins.
    pub(super) fn before<'a>(
        &'a self,
        plan: &'a Plan,
        task: &'a TaskId,
        tasks: Vec<TaskId>,
    ) -> impl Iterator<Item = TaskId> + 'a {
        let place = |task: &TaskId| {
            let mut packages = plan.packages.iter();
            packages.position(|planned| planned.package == task.package)
        };
        tasks.into_iter().filter(move |other| {
            let (batch, own) = (self.batch(&other.node), self.batch(&task.node));
            let is_of_concern = match self.rollout.strategy {
                Strategy::Lockstep => batch == own,
                Strategy::Free => other.node == task.node,
            };
            batch < own || is_of_concern && place(other) < place(task)
        })
    }

    /// The batch of a node; those in none are the last.
    fn batch(&self, node: &Name) -> usize {
        let mut batches = self.rollout.batches.iter();
        let place = batches.position(|batch| batch.nodes.contains(node));
        place.unwrap_or(self.rollout.batches.len())
    }
}

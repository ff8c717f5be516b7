//! A second opinion on how far a rollout lets a run go.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::event::NodeState;
use crate::name::Name;
use crate::plan::Plan;

/// How far the rollout of a run is.
#[derive(Debug, Default)]
pub(super) struct RolloutModel {
    batch_of: BTreeMap<Name, usize>,
    /// The batches of the plan, and behind them that of all other nodes.
    batches: Vec<BatchModel>,
    /// The first batch that has not ended.
    current: usize,
    is_canary_lost: bool,
    running: usize,
    limits: Vec<LimitModel>,
    is_over: bool,
}

#[derive(Debug, Default)]
struct BatchModel {
    is_canaries: bool,
    /// How many of its nodes have not ended.
    open: usize,
}

#[derive(Debug)]
struct LimitModel {
    /// The nodes of a group.
    nodes: Option<BTreeSet<Name>>,
    /// Whether the nodes of groups are counted by others.
    leaves_groups: bool,
    most: u32,
    failed: u32,
}

impl RolloutModel {
    pub(super) fn of(plan: &Plan) -> Self {
        let rollout = &plan.rollout;
        let mut model = Self::default();
        for (at, batch) in rollout.batches.iter().enumerate() {
            let nodes = batch.nodes.iter().map(|node| (node.clone(), at));
            model.batch_of.extend(nodes);
            model.batches.push(BatchModel {
                is_canaries: batch.kind.is_canaries(),
                open: 0,
            });
        }
        model.batches.push(BatchModel::default());
        for group in &rollout.groups {
            model.limits.push(LimitModel {
                nodes: Some(group.nodes.iter().cloned().collect()),
                leaves_groups: false,
                most: group.max_failures,
                failed: 0,
            });
        }
        model.limits.push(LimitModel {
            nodes: None,
            leaves_groups: rollout.max_failures.is_none(),
            most: rollout.max_failures.unwrap_or_default(),
            failed: 0,
        });
        // The plan tolerates those that did not answer.
        plan.unreachable.keys().for_each(|node| model.count(node));
        model
    }

    fn batch(&self, node: &Name) -> usize {
        let last = self.batches.len().saturating_sub(1);
        self.batch_of.get(node).copied().unwrap_or(last)
    }

    /// A node has tasks.
    pub(super) fn admit(&mut self, node: &Name) {
        let batch = self.batch(node);
        self.batches[batch].open += 1;
    }

    /// A task goes on.
    pub(super) fn begin(&mut self) {
        self.running += 1;
    }

    /// A task goes on no more.
    pub(super) fn end(&mut self) {
        self.running = self.running.saturating_sub(1);
    }

    /// How many tasks go on.
    pub(super) fn running(&self) -> usize {
        self.running
    }

    /// A node ends, for the first time.
    pub(super) fn end_node(&mut self, node: &Name, state: NodeState) {
        let place = self.batch(node);
        let batch = &mut self.batches[place];
        batch.open = batch.open.saturating_sub(1);
        self.is_canary_lost |= batch.is_canaries && state != NodeState::Ready;
    }

    fn count(&mut self, node: &Name) {
        let groups = self.limits.iter().filter_map(|limit| limit.nodes.as_ref());
        let is_in_group = groups.into_iter().any(|nodes| nodes.contains(node));
        for limit in &mut self.limits {
            let counts = match &limit.nodes {
                Some(nodes) => nodes.contains(node),
                None => !(limit.leaves_groups && is_in_group),
            };
            limit.failed += u32::from(counts);
        }
    }

    /// A node fails, for the first time.
    pub(super) fn fail(&mut self, node: &Name) {
        self.count(node);
        let mut limits = self.limits.iter();
        self.is_over |= limits.any(|limit| limit.failed > limit.most);
        let batch = self.batch(node);
        self.is_over |= self.batches[batch].is_canaries;
    }

    /// The zone is not well.
    pub(super) fn halt(&mut self) {
        self.is_over = true;
    }

    /// Whether more has failed than may.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// The batches that have ended are behind the run.
    pub(super) fn advance(&mut self) {
        let is_open = |batch: &BatchModel| batch.open > 0;
        let open = self.batches[self.current..].iter().position(is_open);
        self.current = open.map_or(self.batches.len(), |ahead| self.current + ahead);
    }

    /// Whether it is a node's turn; the error says why it is not.
    pub(super) fn turn(&self, node: &Name) -> Result<(), &'static str> {
        let batch = self.batch(node);
        if batch > self.current {
            Err("a batch before its own has not ended")
        } else if self.is_canary_lost && !self.batches[batch].is_canaries {
            Err("a canary is not ready")
        } else {
            Ok(())
        }
    }
}

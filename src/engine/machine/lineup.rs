//! Which task may start next: batch after batch, and within a batch in lockstep or freely.

use std::collections::{BTreeMap, VecDeque};

use super::tasks::Tasks;
use crate::engine::event::RunKind;
use crate::manifest::Strategy;
use crate::name::Name;
use crate::plan::{BatchKind, Plan};

/// Nodes that go together, as indices into the plan.
#[derive(Clone, Debug)]
pub(super) struct BatchNodes {
    pub(super) kind: BatchKind,
    pub(super) nodes: Vec<usize>,
}

/// The tasks that nobody has taken yet, in the order in which they may start.
#[derive(Debug)]
pub(super) struct Lineup {
    strategy: Strategy,
    batches: Vec<BatchNodes>,
    batch: usize,
    /// Where each node stands in the order.
    ranks: Vec<usize>,
    /// In lockstep: the tasks of each package that is still to come.
    waves: VecDeque<Vec<usize>>,
    /// Freely: what each node is still to do.
    lanes: BTreeMap<usize, VecDeque<usize>>,
    /// What may start now, by its node's rank.
    ready: BTreeMap<usize, usize>,
}

impl Lineup {
    pub(super) fn of(plan: &Plan, tasks: &Tasks, kind: RunKind) -> Self {
        let batches = batches(plan, tasks, kind);
        let mut ranks = vec![usize::MAX; plan.nodes.len()];
        let ordered = batches.iter().flat_map(|batch| &batch.nodes);
        for (rank, node) in ordered.enumerate() {
            ranks[*node] = rank;
        }
        let mut lineup = Self {
            strategy: plan.rollout.strategy,
            batches,
            batch: 0,
            ranks,
            waves: VecDeque::new(),
            lanes: BTreeMap::new(),
            ready: BTreeMap::new(),
        };
        lineup.line_up(tasks);
        lineup
    }

    /// The batch whose turn it is.
    pub(super) fn batch(&self) -> Option<&BatchNodes> {
        self.batches.get(self.batch)
    }

    /// Its number, from 0.
    pub(super) fn number(&self) -> usize {
        self.batch
    }

    /// How many batches there are.
    pub(super) fn count(&self) -> usize {
        self.batches.len()
    }

    /// Whether all depends on a node.
    pub(super) fn is_canary(&self, node: usize) -> bool {
        let canaries = self.batches.iter().filter(|batch| batch.kind.is_canaries());
        canaries
            .into_iter()
            .any(|batch| batch.nodes.contains(&node))
    }

    /// Takes the next task that may start, if any may.
    pub(super) fn next(&mut self, tasks: &Tasks) -> Option<usize> {
        while self.ready.is_empty() && tasks.running() == 0 {
            let wave = self.waves.pop_front()?;
            for task in wave {
                self.ready.insert(self.ranks[tasks[task].node], task);
            }
        }
        self.ready.pop_first().map(|(_, task)| task)
    }

    /// A task of a node is over; freely, its next one may start.
    pub(super) fn release(&mut self, node: usize) {
        if let Some(task) = self.lanes.get_mut(&node).and_then(VecDeque::pop_front) {
            self.ready.insert(self.ranks[node], task);
        }
    }

    /// Whether nothing of the batch is left to take.
    pub(super) fn is_empty(&self) -> bool {
        self.ready.is_empty()
            && self.waves.iter().all(Vec::is_empty)
            && self.lanes.values().all(VecDeque::is_empty)
    }

    /// It is the next batch's turn; says whether there is one.
    pub(super) fn next_batch(&mut self, tasks: &Tasks) -> bool {
        self.batch += 1;
        self.line_up(tasks);
        self.batch < self.batches.len()
    }

    /// Nothing more may start.
    pub(super) fn clear(&mut self) {
        self.batch = self.batches.len();
        self.ready.clear();
        self.waves.clear();
        self.lanes.clear();
    }

    fn line_up(&mut self, tasks: &Tasks) {
        self.lanes.clear();
        let nodes = match self.batches.get(self.batch) {
            Some(batch) => batch.nodes.clone(),
            None => Vec::new(),
        };
        match self.strategy {
            Strategy::Lockstep => self.waves = waves(&nodes, tasks),
            Strategy::Free => {
                let lane = |node: usize| (node, tasks.indices_of(node).iter().copied().collect());
                self.lanes = nodes.iter().copied().map(lane).collect();
                nodes.into_iter().for_each(|node| self.release(node));
            }
        }
    }
}

/// The tasks of some nodes by package, in the order of packages.
fn waves(nodes: &[usize], tasks: &Tasks) -> VecDeque<Vec<usize>> {
    let mut waves: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for task in nodes.iter().flat_map(|node| tasks.indices_of(*node)) {
        waves.entry(tasks[*task].package).or_default().push(*task);
    }
    waves.into_values().collect()
}

/// The plan's batches, and behind them the nodes that are in none. The checks of a dry run
/// change nothing, so nothing has to be tried before anything else.
fn batches(plan: &Plan, tasks: &Tasks, kind: RunKind) -> Vec<BatchNodes> {
    let index = |(at, node): (usize, &crate::plan::NodePlan)| (node.node.clone(), at);
    let mut rest: BTreeMap<Name, usize> = plan.nodes.iter().enumerate().map(index).collect();
    rest.retain(|_, node| !tasks.indices_of(*node).is_empty());
    let mut batches = Vec::new();
    if kind != RunKind::DryRun {
        for batch in &plan.rollout.batches {
            let nodes = batch.nodes.iter().filter_map(|name| rest.remove(name));
            batches.push(BatchNodes {
                kind: batch.kind,
                nodes: nodes.collect(),
            });
        }
    }
    let mut last: Vec<usize> = rest.into_values().collect();
    last.sort_unstable();
    batches.push(BatchNodes {
        kind: BatchKind::Ordinary,
        nodes: last,
    });
    batches.retain(|batch| !batch.nodes.is_empty());
    batches
}

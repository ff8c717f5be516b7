//! The nodes of a run that have work, and how far each is.

use std::collections::BTreeMap;

use super::tasks::Tasks;
use crate::engine::event::{NodeState, TaskFailure};
use crate::failure::FailureClass;
use crate::plan::Plan;

/// How far a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum NodeProgress {
    /// There is nothing to do there.
    Idle,
    Preparing,
    Ready,
    Checking,
    Ended(NodeState),
}

/// The progress of every node of the plan, with counts.
#[derive(Debug)]
pub(super) struct Nodes {
    progress: Vec<NodeProgress>,
    counts: BTreeMap<NodeProgress, usize>,
    failures: BTreeMap<usize, (NodeState, String)>,
    bad: BTreeMap<usize, String>,
}

impl Nodes {
    pub(super) fn of(plan: &Plan, tasks: &Tasks) -> Self {
        let count = plan.nodes.len();
        let mut nodes = Self {
            progress: vec![NodeProgress::Idle; count],
            counts: BTreeMap::from([(NodeProgress::Idle, count)]),
            failures: BTreeMap::new(),
            bad: BTreeMap::new(),
        };
        for node in 0..count {
            if tasks.of_node(node).next().is_some() {
                nodes.set(node, NodeProgress::Preparing);
            }
        }
        nodes
    }

    pub(super) fn set(&mut self, node: usize, progress: NodeProgress) {
        let before = std::mem::replace(&mut self.progress[node], progress);
        if let Some(count) = self.counts.get_mut(&before) {
            *count -= 1;
        }
        *self.counts.entry(progress).or_default() += 1;
    }

    pub(super) fn is(&self, node: usize, progress: NodeProgress) -> bool {
        self.progress.get(node) == Some(&progress)
    }

    pub(super) fn any(&self, progress: NodeProgress) -> bool {
        self.counts.get(&progress).is_some_and(|count| *count > 0)
    }

    pub(super) fn with_work(&self) -> impl Iterator<Item = usize> + '_ {
        let busy = |(node, progress): (usize, &NodeProgress)| {
            (*progress != NodeProgress::Idle).then_some(node)
        };
        self.progress.iter().enumerate().filter_map(busy)
    }

    /// Those that have not ended.
    pub(super) fn left(&self) -> impl Iterator<Item = usize> + '_ {
        self.with_work()
            .filter(|node| !matches!(self.progress[*node], NodeProgress::Ended(_)))
    }

    pub(super) fn fail_preparation(&mut self, node: usize, failure: &TaskFailure) {
        let state = match failure.class {
            FailureClass::Unreachable | FailureClass::Transport => NodeState::Unreachable,
            _ => NodeState::Error,
        };
        self.set(node, NodeProgress::Ready);
        self.failures.insert(node, (state, failure.message.clone()));
    }

    pub(super) fn preparation_failure(&self, node: usize) -> Option<(NodeState, String)> {
        self.failures.get(&node).cloned()
    }

    /// Notes why a node was not what it should be when it was looked at.
    pub(super) fn note_bad(&mut self, node: usize, reason: String) {
        self.bad.insert(node, reason);
    }

    /// Why a node was not what it should be when it was looked at.
    pub(super) fn bad(&self, node: usize) -> Option<&String> {
        self.bad.get(&node)
    }

    /// A node that has ended is worked on again.
    pub(super) fn reopen(&mut self, node: usize) {
        if matches!(self.progress[node], NodeProgress::Ended(_)) {
            self.set(node, NodeProgress::Ready);
        }
    }
}

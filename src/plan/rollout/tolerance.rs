//! Nodes that are absent from the beginning, held against a rollout's limits.

use std::collections::BTreeSet;

use super::{GroupLimit, Rollout};
use crate::name::Name;

impl Rollout {
    /// Whether nodes may be absent: no canary is, and they alone exceed no limit.
    pub(in crate::plan) fn tolerates(&self, absent: &BTreeSet<&Name>) -> bool {
        let batches = self.batches.iter();
        let mut canaries = batches
            .filter(|batch| batch.kind.is_canaries())
            .flat_map(|batch| &batch.nodes);
        let mut groups = self.groups.iter();
        !canaries.any(|node| absent.contains(node))
            && self.count(absent) <= self.max_failures.unwrap_or_default()
            && groups.all(|group| group.count(absent) <= group.max_failures)
    }

    /// The same rollout with batches of those nodes only that are there.
    pub(in crate::plan) fn without(mut self, absent: &BTreeSet<&Name>) -> Self {
        for batch in &mut self.batches {
            batch.nodes.retain(|node| !absent.contains(node));
        }
        self.batches.retain(|batch| !batch.nodes.is_empty());
        self
    }

    /// How many of some nodes count towards the limit of the run: all where it has one, else
    /// those that are in no group with a limit.
    pub fn count(&self, nodes: &BTreeSet<&Name>) -> u32 {
        let is_elsewhere = |node: &&&Name| {
            let mut groups = self.groups.iter();
            self.max_failures.is_none() && groups.any(|group| group.nodes.contains(node))
        };
        number(nodes.iter().filter(|node| !is_elsewhere(node)))
    }
}

impl GroupLimit {
    /// How many of some nodes count towards the limit of the group.
    pub fn count(&self, nodes: &BTreeSet<&Name>) -> u32 {
        number(self.nodes.iter().filter(|node| nodes.contains(node)))
    }
}

fn number<Item>(nodes: impl Iterator<Item = Item>) -> u32 {
    u32::try_from(nodes.count()).unwrap_or(u32::MAX)
}

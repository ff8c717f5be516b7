//! From what documents and flags say of a rollout to numbers and names.

use std::collections::{BTreeMap, BTreeSet};

use super::{Batch, BatchKind, GroupLimit, Rollout};
use crate::document::YesNo;
use crate::inventory::{Group, Inventory, SelectError, select};
use crate::manifest;
use crate::name::Name;
use crate::share::Share;

/// A rollout whose selectors are resolved; only the nodes with tasks are still to be counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RolloutRules {
    rollout: manifest::Rollout,
    /// Where a node stands in the order; those that are not in it come last.
    ranks: BTreeMap<Name, usize>,
    limits: Vec<(Name, BTreeSet<Name>, Share)>,
}

/// Why a rollout means nothing for a zone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RolloutError {
    /// An item of `order`.
    #[error("the rollout's order: {0}")]
    Order(SelectError),
    /// The selector of a group that has a limit.
    #[error("group {group}: {cause}")]
    Group {
        /// The group.
        group: Name,
        /// What is wrong with its selector.
        cause: SelectError,
    },
}

impl RolloutRules {
    /// Resolves every selector of a rollout and of the inventory's groups.
    pub fn new(rollout: manifest::Rollout, inventory: &Inventory) -> Result<Self, RolloutError> {
        let mut ranks = BTreeMap::new();
        for (rank, selector) in rollout.order.iter().enumerate() {
            let nodes = select(inventory, selector, &BTreeMap::new());
            for node in nodes.map_err(RolloutError::Order)? {
                ranks.entry(node).or_insert(rank);
            }
        }
        let mut limits = Vec::new();
        for (name, group) in &inventory.groups {
            if let Some(share) = limit(group) {
                limits.push((name.clone(), members(inventory, name)?, share));
            }
        }
        Ok(Self {
            rollout,
            ranks,
            limits,
        })
    }

    /// Whether a run that fails is to go back to the releases before it.
    pub fn rolls_back(&self) -> bool {
        self.rollout.rollback_on_failure.is_some_and(YesNo::is_yes)
    }

    /// Counts a rollout out for the nodes that have tasks or may have some, in the order of
    /// names.
    pub fn apply(&self, nodes: &[&Name]) -> Rollout {
        let total = count(nodes.len());
        let rollout = &self.rollout;
        Rollout {
            strategy: rollout.strategy.unwrap_or_default(),
            batches: self.batches(nodes),
            max_in_flight: rollout
                .max_in_flight
                .map(|most| most.of_at_least_one(total)),
            max_failures: rollout.max_failures.map(|most| most.of(total)),
            groups: self.groups(nodes),
            pause_seconds: rollout.pause_between.map_or(0, |pause| pause.seconds()),
            health: rollout.health.clone(),
            step_retries: rollout.step_retries.unwrap_or_default(),
            rollback_on_failure: rollout.rollback_on_failure.unwrap_or_default(),
        }
    }

    /// Canaries first, then batch after batch; the last size repeats. Where nothing says
    /// otherwise all nodes go together, and are not listed.
    fn batches(&self, nodes: &[&Name]) -> Vec<Batch> {
        let mut ordered: Vec<&Name> = nodes.to_vec();
        ordered.sort_by_key(|node| self.ranks.get(*node).copied().unwrap_or(usize::MAX));
        let canaries = self.rollout.canaries.unwrap_or_default();
        let is_plain = canaries == 0 && self.rollout.batches.is_empty() && self.ranks.is_empty();
        if is_plain {
            return Vec::new();
        }
        let total = count(ordered.len());
        let shares = self.rollout.batches.iter();
        let mut sizes = shares.map(|share| share.of_at_least_one(total));
        let (mut batches, mut size) = (Vec::new(), total.max(1));
        let mut rest = take(&mut batches, BatchKind::Canaries, &ordered, canaries);
        while !rest.is_empty() {
            size = sizes.next().unwrap_or(size);
            rest = take(&mut batches, BatchKind::Ordinary, rest, size);
        }
        batches
    }

    fn groups(&self, nodes: &[&Name]) -> Vec<GroupLimit> {
        let limits = self.limits.iter().map(|(group, members, share)| {
            let members = nodes.iter().filter(|node| members.contains(**node));
            let nodes: Vec<Name> = members.map(|node| (*node).clone()).collect();
            GroupLimit {
                group: group.clone(),
                max_failures: share.of(count(nodes.len())),
                nodes,
            }
        });
        limits.filter(|limit| !limit.nodes.is_empty()).collect()
    }
}

/// Moves the first nodes into a batch of their own; gives the others.
fn take<'a, 'n>(
    batches: &mut Vec<Batch>,
    kind: BatchKind,
    nodes: &'a [&'n Name],
    size: u32,
) -> &'a [&'n Name] {
    let size = usize::try_from(size)
        .unwrap_or(nodes.len())
        .min(nodes.len());
    let (first, rest) = nodes.split_at(size);
    if !first.is_empty() {
        let nodes = first.iter().map(|node| (*node).clone()).collect();
        batches.push(Batch { kind, nodes });
    }
    rest
}

fn limit(group: &Group) -> Option<Share> {
    match group.critical.is_yes() {
        true => Some(Share::Count(0)),
        false => group.max_failures,
    }
}

/// A zone need not have any node of a group.
fn members(inventory: &Inventory, group: &Name) -> Result<BTreeSet<Name>, RolloutError> {
    match select(inventory, &format!("@{group}"), &BTreeMap::new()) {
        Err(SelectError::Nothing(_)) => Ok(BTreeSet::new()),
        selected => selected.map_err(|cause| RolloutError::Group {
            group: group.clone(),
            cause,
        }),
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

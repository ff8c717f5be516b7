//! How many nodes may fail, and how many have.

use std::collections::BTreeSet;

use crate::engine::event::Skip;
use crate::name::Name;
use crate::plan::Plan;

/// The limits of a run.
#[derive(Debug)]
pub(super) struct Limits {
    /// Those of groups first: they say more.
    limits: Vec<Limit>,
    failed: BTreeSet<usize>,
    is_exceeded: bool,
}

#[derive(Debug)]
struct Limit {
    group: Option<Name>,
    most: u32,
    failed: u32,
    nodes: BTreeSet<usize>,
}

impl Limits {
    /// The limits of a plan. Where it says none for the run, no node may fail but those of
    /// a group with a limit. Nodes that did not answer have failed from the beginning.
    pub(super) fn of(plan: &Plan) -> Self {
        let rollout = &plan.rollout;
        let absent: BTreeSet<&Name> = plan.unreachable.keys().collect();
        let limit = |group: Option<&Name>, most: u32, nodes: BTreeSet<usize>| Limit {
            group: group.cloned(),
            most,
            failed: 0,
            nodes,
        };
        let mut limits: Vec<Limit> = Vec::new();
        for group in &rollout.groups {
            let members: BTreeSet<&Name> = group.nodes.iter().collect();
            let nodes = plan.nodes.iter().enumerate();
            let nodes = nodes.filter(|(_, node)| members.contains(&node.node));
            let nodes = nodes.map(|(at, _)| at).collect();
            let mut limit = limit(Some(&group.group), group.max_failures, nodes);
            limit.failed = group.count(&absent);
            limits.push(limit);
        }
        let in_no_group = |node: &usize| !limits.iter().any(|limit| limit.nodes.contains(node));
        let all = 0..plan.nodes.len();
        let mut run = match rollout.max_failures {
            Some(most) => limit(None, most, all.collect()),
            None => limit(None, 0, all.filter(in_no_group).collect()),
        };
        run.failed = rollout.count(&absent);
        limits.push(run);
        Self {
            limits,
            failed: BTreeSet::new(),
            is_exceeded: false,
        }
    }

    /// Counts a node that failed, once; says which limit that exceeds.
    pub(super) fn fail(&mut self, node: usize, name: &Name) -> Option<Skip> {
        if !self.failed.insert(node) {
            return None;
        }
        let mut exceeded = None;
        let concerned = self.limits.iter_mut();
        for limit in concerned.filter(|limit| limit.nodes.contains(&node)) {
            limit.failed += 1;
            if limit.failed > limit.most && exceeded.is_none() {
                exceeded = Some(limit.reason(name));
            }
        }
        self.is_exceeded |= exceeded.is_some();
        exceeded
    }

    /// Something failed that no limit tolerates.
    pub(super) fn exceed(&mut self) {
        self.is_exceeded = true;
    }

    /// Whether more has failed than may.
    pub(super) fn are_exceeded(&self) -> bool {
        self.is_exceeded
    }
}

impl Limit {
    fn reason(&self, node: &Name) -> Skip {
        match (&self.group, self.most) {
            (None, 0) => Skip::RunFailed { node: node.clone() },
            (group, most) => Skip::BeyondLimit {
                node: node.clone(),
                group: group.clone(),
                failed: self.failed,
                most,
            },
        }
    }
}

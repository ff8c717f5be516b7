//! Nodes that do not answer when a deployment is planned: tolerated as far as the rollout
//! tolerates failures, and otherwise a problem as any other.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{NodePlan, Verdict};
use super::problem::{NodeProblem, Problem};
use super::rollout::{Rollout, RolloutRules};
use crate::name::Name;
use crate::node::NodeError;

/// The nodes that do not answer, and why.
#[derive(Debug, Default)]
pub(super) struct Absent<'a>(BTreeMap<&'a Name, &'a NodeError>);

impl<'a> Absent<'a> {
    /// Takes a node without facts, if all that is known of it is that it does not answer. A
    /// login that is refused and a host key that is not the known one are never tolerated:
    /// something else may be there in the node's place.
    pub(super) fn take(&mut self, node: &'a Name, error: &'a NodeError) -> bool {
        let is_absent = matches!(error, NodeError::Unreachable(_));
        if is_absent {
            self.0.insert(node, error);
        }
        is_absent
    }

    /// Counts a rollout out for the nodes that have something to do and for those that do
    /// not answer. The latter are given with their reasons where they are tolerated, and
    /// are problems where they are not.
    pub(super) fn settle(
        self,
        rules: &RolloutRules,
        nodes: &[NodePlan],
        problems: &mut Vec<NodeProblem>,
    ) -> (Rollout, BTreeMap<Name, String>) {
        let with_work = nodes.iter().filter(|node| node.verdict == Verdict::Deploy);
        let absent: BTreeSet<&Name> = self.0.keys().copied().collect();
        let counted: BTreeSet<&Name> = with_work
            .map(|node| &node.node)
            .chain(absent.iter().copied())
            .collect();
        let rollout = rules.apply(&counted.into_iter().collect::<Vec<_>>());
        // Where nobody answers there is nobody to deploy to.
        if nodes.is_empty() || !rollout.tolerates(&absent) {
            problems.extend(self.0.into_iter().map(|(node, error)| NodeProblem {
                node: node.clone(),
                problem: Problem::NoFacts(error.clone()),
            }));
            problems.sort_by(|left, right| left.node.cmp(&right.node));
            return (rollout, BTreeMap::new());
        }
        let reasons = self.0.iter();
        let reasons = reasons.map(|(node, error)| ((*node).clone(), error.to_string()));
        (rollout.without(&absent), reasons.collect())
    }
}

//! The order of deployment: topological, and where that leaves a choice, as written.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::ComponentDefinition;
use crate::name::Name;

/// Things that come before each other in a circle, each before the next and the last
/// before the first.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} come before each other in a circle", show(.0))]
pub struct Ring(pub Vec<Name>);

fn show(names: &[Name]) -> String {
    let around = names.iter().chain(names.first());
    around.map(Name::as_str).collect::<Vec<_>>().join(" → ")
}

impl ComponentDefinition {
    /// The packages in the order in which they are deployed, as indices into `packages`.
    pub fn package_order(&self) -> Result<Vec<usize>, Ring> {
        let names: Vec<_> = self
            .packages
            .iter()
            .map(|package| package.package.clone())
            .collect();
        let mut edges = Vec::new();
        for (index, package) in self.packages.iter().enumerate() {
            let named = package
                .after
                .iter()
                .filter_map(|after| names.iter().position(|name| name == after));
            edges.extend(named.map(|before| (before, index)));
            edges.extend(
                self.setters_of(package.needs.as_ref(), index)
                    .map(|before| (before, index)),
            );
        }
        deployment_order(&names, &edges)
    }

    /// The packages that set a stage which the package at `index` needs.
    fn setters_of<'a>(
        &'a self,
        needs: Option<&'a Name>,
        index: usize,
    ) -> impl Iterator<Item = usize> + 'a {
        let sets_it = move |package: &super::PackageDefinition| {
            needs.is_some() && package.sets.as_ref() == needs
        };
        self.packages
            .iter()
            .enumerate()
            .filter(move |(other, package)| *other != index && sets_it(package))
            .map(|(other, _)| other)
    }
}

/// Sorts so that for every edge `(before, after)` the first comes first; where the edges
/// leave a choice, the lower index wins. Linear but for the heap.
pub fn deployment_order(names: &[Name], edges: &[(usize, usize)]) -> Result<Vec<usize>, Ring> {
    let mut graph = DiGraph::<(), ()>::new();
    let nodes: Vec<NodeIndex> = names.iter().map(|_| graph.add_node(())).collect();
    for (before, after) in edges {
        graph.update_edge(nodes[*before], nodes[*after], ());
    }
    let mut waiting: Vec<usize> = nodes.iter().map(|node| incoming(&graph, *node)).collect();
    let mut free: BinaryHeap<Reverse<usize>> = BinaryHeap::new();
    free.extend(
        (0..names.len())
            .filter(|index| waiting[*index] == 0)
            .map(Reverse),
    );
    let mut order = Vec::with_capacity(names.len());
    while let Some(Reverse(index)) = free.pop() {
        order.push(index);
        for after in graph.neighbors(nodes[index]) {
            waiting[after.index()] -= 1;
            if waiting[after.index()] == 0 {
                free.push(Reverse(after.index()));
            }
        }
    }
    if order.len() == names.len() {
        Ok(order)
    } else {
        Err(ring(&graph, names))
    }
}

fn incoming(graph: &DiGraph<(), ()>, node: NodeIndex) -> usize {
    graph
        .neighbors_directed(node, petgraph::Direction::Incoming)
        .count()
}

/// One whole ring of a graph that has one, starting at its lowest index.
fn ring(graph: &DiGraph<(), ()>, names: &[Name]) -> Ring {
    let is_ring = |members: &Vec<NodeIndex>| {
        members.len() > 1 || members.iter().any(|node| graph.contains_edge(*node, *node))
    };
    let knots = tarjan_scc(graph).into_iter().filter(is_ring);
    let knot = knots
        .min_by_key(|members| members.iter().min().copied())
        .unwrap_or_default();
    let walked = walk_ring(graph, &knot);
    Ring(
        walked
            .into_iter()
            .map(|node| names[node.index()].clone())
            .collect(),
    )
}

/// Follows edges inside a strongly connected knot until a node comes again.
fn walk_ring(graph: &DiGraph<(), ()>, knot: &[NodeIndex]) -> Vec<NodeIndex> {
    let mut path: Vec<NodeIndex> = Vec::new();
    let mut next = knot.iter().min().copied();
    while let Some(node) = next {
        if let Some(start) = path.iter().position(|seen| *seen == node) {
            path.drain(..start);
            break;
        }
        path.push(node);
        next = graph
            .neighbors(node)
            .filter(|after| knot.contains(after))
            .min();
    }
    let lowest = path
        .iter()
        .enumerate()
        .min_by_key(|(_, node)| **node)
        .map_or(0, |(at, _)| at);
    path.rotate_left(lowest);
    path
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test ends where a value is missing")]

    use super::*;
    use proptest::prelude::*;

    fn names(count: usize) -> Vec<Name> {
        (0..count)
            .map(|index| format!("p{index}").parse().unwrap())
            .collect()
    }

    #[test]
    fn keeps_the_written_order_where_it_may() {
        assert_eq!(deployment_order(&names(3), &[]), Ok(vec![0, 1, 2]));
        assert_eq!(
            deployment_order(&names(4), &[(3, 0), (3, 0)]),
            Ok(vec![1, 2, 3, 0])
        );
    }

    #[test]
    fn shows_the_whole_ring_and_nothing_else() {
        let error = deployment_order(&names(5), &[(0, 1), (1, 2), (2, 3), (3, 1), (3, 4)]);
        assert_eq!(
            error.unwrap_err().to_string(),
            "p1 → p2 → p3 → p1 come before each other in a circle"
        );
        let alone = deployment_order(&names(1), &[(0, 0)]).unwrap_err();
        assert_eq!(
            alone.to_string(),
            "p0 → p0 come before each other in a circle"
        );
    }

    proptest! {
        #[test]
        fn every_edge_holds_or_there_is_a_ring(edges in prop::collection::vec((0usize..6, 0usize..6), 0..12)) {
            match deployment_order(&names(6), &edges) {
                Ok(order) => {
                    let at = |index: usize| order.iter().position(|other| *other == index).unwrap();
                    for (before, after) in edges {
                        prop_assert!(at(before) < at(after));
                    }
                }
                Err(Ring(members)) => {
                    let index = |name: &Name| names(6).iter().position(|other| other == name).unwrap();
                    let next = members.iter().cycle().skip(1);
                    for (before, after) in members.iter().zip(next) {
                        prop_assert!(edges.contains(&(index(before), index(after))));
                    }
                }
            }
        }
    }
}

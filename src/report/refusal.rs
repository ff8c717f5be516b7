//! Why a deployment is refused, for people: every problem of every node at once, each
//! told once for all nodes that have it.

use std::fmt::Write;

use super::escape::line;
use super::look::{Look, Tone};
use super::words::{count, few};
use crate::name::Name;
use crate::plan::{Problem, Refusal};

/// A problem and every node that has it.
struct Group<'a> {
    text: String,
    problem: &'a Problem,
    nodes: Vec<&'a Name>,
}

/// Renders all problems, then says how many there are and that nothing was touched.
pub fn render(refusal: &Refusal, look: Look) -> String {
    let groups = groups(refusal);
    let mut out = String::new();
    // Writing to a string cannot fail.
    for group in &groups {
        let error = look.paint(Tone::Bad, "error:");
        let _ = writeln!(out, "{error} {}", group.text);
        let _ = writeln!(out, "  on: {}", few(group.nodes.iter().copied()));
        let help = line(group.problem.help().as_bytes());
        let _ = writeln!(out, "  help: {help}\n");
    }
    let nodes: std::collections::BTreeSet<_> =
        refusal.problems.iter().map(|found| &found.node).collect();
    let _ = writeln!(
        out,
        "refused: {} on {}; no node was touched",
        count(groups.len(), "problem"),
        count(nodes.len(), "node"),
    );
    out
}

/// Gathers equal problems, in the order in which they first appear.
fn groups(refusal: &Refusal) -> Vec<Group<'_>> {
    let mut known = std::collections::BTreeMap::new();
    let mut groups: Vec<Group<'_>> = Vec::new();
    for found in &refusal.problems {
        let text = line(found.problem.to_string().as_bytes());
        let help = found.problem.help();
        let index = *known.entry((text.clone(), help)).or_insert(groups.len());
        match groups.get_mut(index) {
            Some(group) => group.nodes.push(&found.node),
            None => groups.push(Group {
                text,
                problem: &found.problem,
                nodes: vec![&found.node],
            }),
        }
    }
    groups
}

#[cfg(test)]
mod tests;

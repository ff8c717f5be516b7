//! The table of a summary: how every node of the run stands.

use std::fmt::Write;

use super::super::escape::line;
use super::super::look::Look;
use super::super::stages::Stages;
use super::super::tables::{rendered, table};
use super::super::tally::{Phase, Tally};
use super::super::words::count;
use crate::engine::event::{NodeState, RunKind, RunStart};
use crate::name::Name;

/// With more nodes than this, those that are ready are only counted.
const MOST_NODES: usize = 20;
/// Rows of the table, however many nodes are not ready.
const MOST_ROWS: usize = 50;

const HEADER: [&str; 7] = [
    "node", "state", "stage", "done", "failed", "skipped", "reason",
];

/// What the table is made from.
pub(super) struct Nodes<'a> {
    pub(super) start: &'a RunStart,
    pub(super) tally: &'a Tally,
    pub(super) stages: &'a Stages,
}

/// A row of the table.
struct Row {
    node: String,
    state: &'static str,
    stage: String,
    counts: [usize; 3],
    reason: String,
}

impl Nodes<'_> {
    /// Appends the table and what it leaves out.
    pub(super) fn push(&self, out: &mut String, look: Look) {
        let mut rows = self.rows();
        let all = rows.len();
        if all > MOST_NODES {
            rows.retain(|row| row.state != NodeState::Ready.word());
        }
        let ready = all - rows.len();
        let others = rows.len().saturating_sub(MOST_ROWS);
        rows.truncate(MOST_ROWS);
        push_rows(out, rows, look);
        // Writing to a string cannot fail.
        if others > 0 {
            let _ = writeln!(out, "  and {} not ready", count(others, "more node"));
        }
        if ready > 0 {
            let _ = writeln!(out, "  {} ready", count(ready, "node"));
        }
        out.push('\n');
    }

    /// Every node of the run, by name.
    fn rows(&self) -> Vec<Row> {
        let deployed = self.tally.nodes().map(|node| self.deployed(node));
        let skipped = self.start.skipped.iter();
        let skipped = skipped.map(|(node, reason)| self.left_alone(node, "skipped", reason));
        let unreachable = NodeState::Unreachable.word();
        let absent = self.start.unreachable.iter();
        let absent = absent.map(|(node, reason)| self.left_alone(node, unreachable, reason));
        let ready = NodeState::Ready.word();
        let up_to_date = self.start.up_to_date.iter();
        let up_to_date = up_to_date.map(|node| self.left_alone(node, ready, "up to date"));
        let mut rows: Vec<Row> = deployed
            .chain(skipped)
            .chain(absent)
            .chain(up_to_date)
            .collect();
        rows.sort_by(|left, right| left.node.cmp(&right.node));
        rows
    }

    fn deployed(&self, node: &Name) -> Row {
        let counts = self.tally.of_node(node);
        let end = self.tally.node_end(node);
        let reason = end.and_then(|end| end.reason.as_deref()).unwrap_or("");
        Row {
            state: end.map_or("not known", |end| end.state.word()),
            counts: [
                counts.of(Phase::Done),
                counts.bad(),
                counts.of(Phase::Skipped),
            ],
            stage: match self.start.kind {
                RunKind::Deploy | RunKind::Rollback => self.stages.of_node(node, self.tally),
                // Nothing that is done there sets a stage.
                RunKind::DryRun => self.stages.of_node(node, &Tally::default()),
            },
            ..self.left_alone(node, "", reason)
        }
    }

    /// A node on which nothing was done.
    fn left_alone(&self, node: &Name, state: &'static str, reason: &str) -> Row {
        Row {
            node: node.to_string(),
            state,
            stage: self.stages.of_node(node, &Tally::default()),
            counts: [0; 3],
            reason: line(reason.as_bytes()),
        }
    }
}

fn push_rows(out: &mut String, rows: Vec<Row>, look: Look) {
    if rows.is_empty() {
        return;
    }
    let mut nodes = table(look);
    nodes.set_header(HEADER);
    for row in rows {
        let [done, failed, skipped] = row.counts.map(|number| number.to_string());
        let state = row.state.to_owned();
        nodes.add_row([
            row.node, state, row.stage, done, failed, skipped, row.reason,
        ]);
    }
    out.push_str(&rendered(&nodes));
}

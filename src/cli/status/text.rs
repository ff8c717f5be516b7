//! The status of zones, for people.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::zone::{RunStatus, Running, ZoneStatus};
use crate::cli::table::table;
use crate::cli::words::{NOTHING, moment, shown, typed};
use crate::engine::event::{Act, RunState};
use crate::name::Name;
use crate::report::{duration, seconds_between};
use crate::store::fold::{NodeStatus, NodeView};

/// More rows than this are only counted.
const MOST_ROWS: usize = 20;

/// Every zone, one after the other.
pub(super) fn text(zones: &[ZoneStatus], now: Timestamp) -> String {
    if zones.is_empty() {
        return "there is no run yet; `ddt deploy MANIFEST` starts one\n".to_owned();
    }
    let texts: Vec<String> = zones.iter().map(|zone| zone_text(zone, now)).collect();
    texts.join("\n")
}

fn zone_text(zone: &ZoneStatus, now: Timestamp) -> String {
    let mut text = match (&zone.run, &zone.problem) {
        (Some(run), _) => run_text(zone, run, now),
        (None, Some(problem)) => format!(
            "{}: records are damaged\n  {}\n",
            zone.mzone,
            shown(Some(problem))
        ),
        (None, None) => format!("{}: no run yet\n", zone.mzone),
    };
    if let Some(holder) = &zone.preparing {
        text += &line("preparing", &shown(Some(&holder.to_string())));
    }
    text
}

fn run_text(zone: &ZoneStatus, run: &RunStatus, now: Timestamp) -> String {
    let sections = [
        heading(zone, run, now),
        running(run, now),
        nodes(run),
        next(run),
    ];
    let sections: Vec<String> = sections
        .into_iter()
        .filter(|section| !section.is_empty())
        .collect();
    sections.join("\n")
}

fn heading(zone: &ZoneStatus, run: &RunStatus, now: Timestamp) -> String {
    let is_stopping = run.stop_requested && run.state == RunState::Running;
    let stopping = if is_stopping { ", stopping" } else { "" };
    let what = format!(
        "{} ({} of {})",
        run.run,
        run.kind.word(),
        typed(run.manifest.as_str())
    );
    let lines = [
        format!("{}: {}{stopping}\n", zone.mzone, run.state.word()),
        zone.state
            .map_or_else(String::new, |state| line("zone", state.word())),
        line("run", &what),
        line("began", &times(run, now)),
        line("tasks", &counts(&run.tasks)),
        line("nodes", &counts(&node_counts(run))),
    ];
    lines.concat()
}

fn next(run: &RunStatus) -> String {
    let headings = std::iter::once("next").chain(std::iter::repeat("then"));
    headings
        .zip(&run.next)
        .map(|(heading, command)| line(heading, command))
        .collect()
}

fn line(heading: &str, value: &str) -> String {
    format!("  {heading:<9}  {value}\n")
}

fn times(run: &RunStatus, now: Timestamp) -> String {
    let began = moment(run.started);
    match run.ended {
        Some(ended) => format!(
            "{began}, took {}",
            duration(seconds_between(run.started, ended))
        ),
        None => format!(
            "{began}, {} ago",
            duration(seconds_between(run.started, now))
        ),
    }
}

fn counts(counts: &BTreeMap<&'static str, usize>) -> String {
    let words: Vec<String> = counts
        .iter()
        .map(|(state, count)| format!("{count} {state}"))
        .collect();
    match words.is_empty() {
        true => "none".to_owned(),
        false => words.join(", "),
    }
}

fn node_counts(run: &RunStatus) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for node in run.nodes.values() {
        *counts.entry(node.state.word()).or_default() += 1;
    }
    counts
}

/// The nodes that are not as they should be, whether their work is still to come or not.
fn nodes(run: &RunStatus) -> String {
    let is_odd = |node: &NodeView| {
        !matches!(
            node.state,
            NodeStatus::Ready | NodeStatus::New | NodeStatus::Deploying
        )
    };
    let odd: Vec<_> = run.nodes.iter().filter(|(_, node)| is_odd(node)).collect();
    let row = |(name, node): &(&Name, &NodeView)| {
        [
            name.to_string(),
            node.state.word().to_owned(),
            shown(node.reason.as_deref()),
        ]
    };
    let rows = table(
        ["NODE", "STATE", "REASON"],
        odd.iter().take(MOST_ROWS).map(row),
    );
    section(&rows, odd.len(), "nodes")
}

fn running(run: &RunStatus, now: Timestamp) -> String {
    let row = |running: &Running| {
        let since = running.started.map_or_else(
            || NOTHING.to_owned(),
            |started| duration(seconds_between(started, now)),
        );
        let package = running.task.package.to_string();
        [
            running.task.node.to_string(),
            package,
            doing(running),
            since,
        ]
    };
    let rows = run.running.iter().take(MOST_ROWS).map(row);
    let rows = table(["NODE", "PACKAGE", "DOING", "FOR"], rows);
    section(&rows, run.running.len(), "tasks")
}

fn doing(running: &Running) -> String {
    match &running.doing {
        Some(Act::Start { number }) => format!("attempt {number}"),
        Some(Act::Undo { number }) => format!("going back, attempt {number}"),
        Some(Act::TakeUp { run, number }) => format!("attempt {number} of {run}"),
        Some(Act::Reboot { .. }) => "reboot".to_owned(),
        Some(Act::Finish { .. }) => "verify and record".to_owned(),
        None => "between two acts".to_owned(),
    }
}

/// A table as a part of a status, or nothing where it has no rows.
fn section(table: &str, rows: usize, what: &str) -> String {
    if rows == 0 {
        return String::new();
    }
    let rest = rows.saturating_sub(MOST_ROWS);
    let more = (rest > 0).then(|| format!("    ... and {rest} more {what}\n"));
    let lines = table.lines().map(|line| format!("    {line}\n"));
    lines.chain(more).collect()
}

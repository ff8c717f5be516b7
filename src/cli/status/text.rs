//! The status of zones, for people.

use std::collections::BTreeMap;
use std::fmt::Write;

use jiff::Timestamp;

use super::zone::{RunStatus, Running, ZoneStatus};
use crate::cli::table::table;
use crate::cli::words::{NOTHING, duration, moment, seconds, shown, typed};
use crate::engine::event::Act;
use crate::store::fold::NodeStatus;
use crate::store::word;

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
    let stopping = if run.stop_requested && run.ended.is_none() {
        ", stopping"
    } else {
        ""
    };
    let mut text = format!("{}: {}{stopping}\n", zone.mzone, word(&run.state));
    let what = format!(
        "{} ({} of {})",
        run.run,
        word(&run.kind),
        typed(run.manifest.as_str())
    );
    text += &line("run", &what);
    text += &line("began", &times(run, now));
    text += &line("tasks", &counts(&run.tasks));
    text += &line("nodes", &counts(&node_counts(run)));
    text += &section(&running_rows(run, now), run.running.len(), "tasks");
    text += &nodes(run);
    for (place, command) in run.next.iter().enumerate() {
        text += &line(if place == 0 { "next" } else { "then" }, command);
    }
    text
}

fn line(heading: &str, value: &str) -> String {
    format!("  {heading:<9}  {value}\n")
}

fn times(run: &RunStatus, now: Timestamp) -> String {
    let began = moment(run.started);
    match run.ended {
        Some(ended) => format!("{began}, took {}", duration(seconds(run.started, ended))),
        None => format!("{began}, {} ago", duration(seconds(run.started, now))),
    }
}

fn counts(counts: &BTreeMap<String, usize>) -> String {
    let words: Vec<String> = counts
        .iter()
        .map(|(state, count)| format!("{count} {state}"))
        .collect();
    match words.is_empty() {
        true => "none".to_owned(),
        false => words.join(", "),
    }
}

fn node_counts(run: &RunStatus) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for node in run.nodes.values() {
        *counts.entry(word(&node.state)).or_default() += 1;
    }
    counts
}

/// The nodes that are not as they should be.
fn nodes(run: &RunStatus) -> String {
    let odd = run
        .nodes
        .iter()
        .filter(|(_, node)| !matches!(node.state, NodeStatus::Ready | NodeStatus::New));
    let rows: Vec<[String; 3]> = odd
        .map(|(name, node)| {
            [
                name.to_string(),
                word(&node.state),
                shown(node.reason.as_deref()),
            ]
        })
        .collect();
    let shown = table(
        ["NODE", "STATE", "REASON"],
        rows.iter().take(MOST_ROWS).cloned(),
    );
    section(&shown, rows.len(), "nodes")
}

fn running_rows(run: &RunStatus, now: Timestamp) -> String {
    let row = |running: &Running| {
        let since = running.started.map_or_else(
            || NOTHING.to_owned(),
            |started| duration(seconds(started, now)),
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
    table(["NODE", "PACKAGE", "DOING", "FOR"], rows)
}

fn doing(running: &Running) -> String {
    match &running.doing {
        Some(Act::Start { number }) => format!("attempt {number}"),
        Some(Act::TakeUp { run, number }) => format!("attempt {number} of {run}"),
        Some(Act::Reboot { .. }) => "reboot".to_owned(),
        Some(Act::Finish { .. }) => "verify and record".to_owned(),
        None => "between two acts".to_owned(),
    }
}

/// A table with space around it, or nothing where it has no rows.
fn section(table: &str, rows: usize, what: &str) -> String {
    let mut text = String::new();
    if rows > 0 {
        let indented = table.lines().map(|line| format!("\n    {line}"));
        text.extend(indented);
        if let Some(rest) = rows.checked_sub(MOST_ROWS).filter(|rest| *rest > 0) {
            // Writing to a string cannot fail.
            let _ = write!(text, "\n    ... and {rest} more {what}");
        }
        text += "\n\n";
    }
    text
}

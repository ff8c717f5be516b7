//! How a run will go through the nodes, for people. Nothing, where it is the usual way.

use std::fmt::Write;

use crate::manifest::Strategy;
use crate::plan::{Batch, GroupLimit, Rollout};
use crate::report::escape::line;
use crate::report::look::Look;
use crate::report::tables::{rendered, table};
use crate::report::words::{count, duration, few};

/// Appends what is special about a rollout, and its batches.
pub(super) fn push(out: &mut String, rollout: &Rollout, look: Look) {
    if *rollout == Rollout::default() {
        return;
    }
    // Writing to a string cannot fail.
    let _ = writeln!(out, "\nrollout");
    for words in policy(rollout) {
        let _ = writeln!(out, "  {words}");
    }
    let mut rows = table(look);
    for (at, batch) in rollout.batches.iter().enumerate() {
        rows.add_row([
            title(at, batch),
            count(batch.nodes.len(), "node"),
            few(batch.nodes.iter()),
        ]);
    }
    out.push_str(&rendered(&rows));
}

fn title(at: usize, batch: &Batch) -> String {
    match batch.kind.is_canaries() {
        true => "canaries".to_owned(),
        false => format!("batch {}", at + 1),
    }
}

fn policy(rollout: &Rollout) -> Vec<String> {
    let mut words = vec![match rollout.strategy {
        Strategy::Lockstep => "package by package".to_owned(),
        Strategy::Free => "each node at its own pace".to_owned(),
    }];
    let most = rollout.max_in_flight.map(|most| most as usize);
    words.extend(most.map(|most| format!("at most {} at a time", count(most, "node"))));
    let failures = rollout.max_failures.filter(|most| *most > 0);
    words.extend(failures.map(|most| format!("{} may fail", count(most as usize, "node"))));
    words.extend(rollout.groups.iter().map(group));
    if rollout.pause_seconds > 0 {
        let pause = duration(u64::from(rollout.pause_seconds));
        words.push(format!("{pause} between batches"));
    }
    if !rollout.health.is_empty() {
        let command = rollout.health.join(" ");
        words.push(format!("after each batch `{}`", line(command.as_bytes())));
    }
    if rollout.step_retries > 0 {
        let times = count(rollout.step_retries as usize, "time");
        words.push(format!(
            "idempotent steps that fail are run again, {times} at most"
        ));
    }
    if rollout.rollback_on_failure.is_yes() {
        words.push("rolled back on failure".to_owned());
    }
    words
}

fn group(limit: &GroupLimit) -> String {
    match limit.max_failures {
        0 => format!("none of group {} may fail", limit.group),
        most => format!("{most} of group {} may fail", limit.group),
    }
}

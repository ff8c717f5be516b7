//! What rehearsals have shown, for people and for programs.

use std::collections::BTreeMap;

use super::Rehearsed;
use crate::cli::table::table_within;
use crate::cli::words::{NOTHING, json as document, shown};
use crate::engine::sim::{Fault, LifeEnd, Verdict};
use crate::failure::Failure;
use crate::report::count;
use crate::report::duration;
use crate::report::rehearsals::Rehearsals;

/// One JSON document.
pub(super) fn json(rehearsed: &Rehearsed) -> Result<String, Failure> {
    let Rehearsed {
        plan,
        faults,
        verdicts,
    } = rehearsed;
    document(&Rehearsals::new(plan, faults, verdicts))
}

/// A line for each rehearsal, the history of those that went wrong, and a last line.
pub(super) fn people(rehearsed: &Rehearsed, columns: Option<u16>) -> String {
    let Rehearsed { plan, verdicts, .. } = rehearsed;
    if verdicts.is_empty() {
        return format!(
            "{}: nothing to rehearse, there is nothing to do\n",
            plan.mzone
        );
    }
    let rows = verdicts.iter().map(|verdict| {
        [
            verdict.seed.to_string(),
            controllers(verdict),
            faults(&verdict.faults),
            duration(verdict.seconds),
        ]
    });
    let mut text = table_within(columns, ["seed", "controllers", "faults", "time"], rows);
    let violated: Vec<&Verdict> = rehearsed.violated().collect();
    for verdict in &violated {
        text += &violation(verdict);
    }
    let tasks = count(plan.work(), "task");
    let nodes = count(plan.nodes.len(), "node");
    let runs = count(verdicts.len(), "rehearsal");
    let end = match violated.len() {
        0 => "every promise was kept".to_owned(),
        broken => format!("a promise was broken in {broken}"),
    };
    text + &format!("\n{}: {tasks} on {nodes}, {runs}: {end}\n", plan.mzone)
}

fn controllers(verdict: &Verdict) -> String {
    let ends = verdict.lives.iter().map(LifeEnd::to_string);
    ends.collect::<Vec<_>>().join(", ")
}

fn faults(faults: &BTreeMap<Fault, u32>) -> String {
    let words = faults
        .iter()
        .map(|(fault, times)| format!("{fault} {times}"));
    match faults.is_empty() {
        true => NOTHING.to_owned(),
        false => words.collect::<Vec<_>>().join(", "),
    }
}

fn violation(verdict: &Verdict) -> String {
    let Some(broken) = &verdict.violation else {
        return String::new();
    };
    let history = broken.history.iter();
    let history: String = history.map(|line| shown(Some(line)) + "\n").collect();
    format!(
        "\nseed {}, event {}: not kept: {}\n{}\nthe shortest history, with {}:\n{history}",
        verdict.seed,
        broken.event,
        broken.promise,
        shown(Some(&broken.how)),
        count(
            usize::try_from(broken.faults).unwrap_or(usize::MAX),
            "fault"
        ),
    )
}

impl Rehearsed {
    fn violated(&self) -> impl Iterator<Item = &Verdict> {
        self.verdicts
            .iter()
            .filter(|verdict| verdict.violation.is_some())
    }
}

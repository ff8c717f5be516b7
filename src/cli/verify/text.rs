//! What was verified, for people.

use super::{Report, Verified};
use crate::cli::words::shown;

/// A line for every run, what is wrong below it, and what that means.
pub(super) fn text(report: &Report, offline: bool) -> String {
    if report.runs.is_empty() {
        return "there is no run yet; `ddt deploy MANIFEST` starts one\n".to_owned();
    }
    let mut text: String = report.runs.iter().map(run).collect();
    for (node, reason) in &report.not_asked {
        text += &format!("{node} could not be asked: {}\n", shown(Some(reason)));
    }
    text + &verdict(report, offline)
}

fn run(verified: &Verified) -> String {
    let Verified { run, mzone, .. } = verified;
    let state = match (verified.is_sound(), &verified.problem) {
        (_, Some(_)) => "BROKEN".to_owned(),
        (true, _) => format!("sound, {} events", verified.events),
        (false, _) => format!("DIFFERS, {} events", verified.events),
    };
    let problem = verified
        .problem
        .as_deref()
        .map(|problem| shown(Some(problem)));
    let found = verified.discrepancies.iter().map(|found| {
        let mark = if found.kind.is_damage() { "" } else { "note: " };
        format!("{mark}{}", shown(Some(&found.to_string())))
    });
    let lines = problem.into_iter().chain(found);
    let lines: String = lines.map(|line| format!("  {line}\n")).collect();
    format!("{run} of {mzone}: {state}\n{lines}")
}

fn verdict(report: &Report, offline: bool) -> String {
    let bad = report.runs.iter().filter(|run| !run.is_sound()).count();
    let runs = match report.runs.len() {
        1 => "1 run".to_owned(),
        count => format!("{count} runs"),
    };
    let against = match offline {
        true => "the nodes were not asked",
        false => "compared with the receipts on the nodes",
    };
    let found = match bad {
        0 => format!("{runs} verified, {against}\n"),
        _ => format!(
            "records of {bad} of {runs} were lost or changed, {against}\n\
             keep a copy of the state directory; what is on the nodes is told by them, not by the journal\n"
        ),
    };
    match report.not_asked.is_empty() {
        true => found,
        false => {
            format!("{found}not every node could be asked: nothing is known of their receipts\n")
        }
    }
}

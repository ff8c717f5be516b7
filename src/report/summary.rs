//! The end of a run for people: how every node stands, what failed and why, what to type
//! next.

use std::fmt::Write;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;

use super::escape::line;
use super::failures::{Failed, Place};
use super::known_errors::KnownErrors;
use super::logs::RunLogs;
use super::look::Look;
use super::stages::Stages;
use super::tables::{rendered, table};
use super::tally::{Phase, Tally};
use super::telling::run_tone;
use super::trouble::locked;
use super::words::{count, duration, node_state, run_kind, run_state, seconds_between};
use crate::engine::event::{
    Ending, Event, NodeState, RunKind, RunStart, RunState, TaskFailure, TaskId,
};
use crate::engine::observer::Observer;
use crate::name::Name;
use crate::plan::Plan;

/// Failures that are shown in full.
const MOST_FAILURES: usize = 5;
/// With more nodes than this, those that are ready are only counted.
const MOST_NODES: usize = 20;
/// Rows of the table, however many nodes are not ready.
const MOST_ROWS: usize = 50;

/// What a summary is made from, beside the events.
pub struct SummaryRequest {
    /// Has the ends of the tasks' logs.
    pub logs: Option<Arc<RunLogs>>,
    /// What is known about failures.
    pub known_errors: KnownErrors,
    /// The command that does what is left to do, such as `ddt deploy zone.hjson`.
    pub command: String,
    /// The time of day.
    pub clock: fn() -> Timestamp,
}

/// Gathers what happens in a run.
pub struct Summary {
    request: SummaryRequest,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    tally: Tally,
    stages: Stages,
    started: Option<Timestamp>,
    ended: Option<Timestamp>,
    /// The first ones only.
    failures: Vec<Failed>,
    failed_nodes: usize,
}

/// A row of the table.
struct Row {
    node: String,
    state: &'static str,
    stage: String,
    counts: [usize; 3],
    reason: String,
}

impl Summary {
    /// Starts without any event.
    pub fn new(request: SummaryRequest) -> Self {
        Self {
            request,
            state: Mutex::default(),
        }
    }

    /// Learns the plan: it knows of stages, which the events do not.
    pub fn plan(&self, plan: &Plan) {
        locked(&self.state).stages = Stages::of(plan);
    }

    /// Says how the run ended, or how it stands. Nothing for a run that never began.
    pub fn render(&self, look: Look) -> String {
        let state = locked(&self.state);
        match state.tally.start() {
            None => String::new(),
            Some(start) if start.tasks.is_empty() => nothing_to_do(start),
            Some(start) => self.render_run(&state, start, look),
        }
    }

    fn render_run(&self, state: &State, start: &RunStart, look: Look) -> String {
        let mut out = heading(state, start, look);
        push_nodes(&mut out, state, start, look);
        push_totals(&mut out, state, start);
        for failed in &state.failures {
            failed.render(&mut out, &self.request.known_errors, look);
        }
        let others = state.tally.all().bad() + state.failed_nodes - state.failures.len();
        // Writing to a string cannot fail.
        if others > 0 {
            let _ = writeln!(out, "\nand {} more", count(others, "failure"));
        }
        if let Some(next) = next(state.tally.state(), &self.request.command) {
            let _ = writeln!(out, "\nnext: {next}");
        }
        out
    }

    fn note_failure(&self, state: &mut State, task: &TaskId, failure: &TaskFailure, in_doubt: bool) {
        if state.failures.len() < MOST_FAILURES {
            let logs = self.request.logs.as_ref();
            state.failures.push(Failed {
                place: Place::Task {
                    id: task.clone(),
                    tail: logs.map(|logs| logs.tail(task)).unwrap_or_default(),
                    log: logs.map(|logs| logs.path(task)),
                },
                failure: failure.clone(),
                in_doubt,
            });
        }
    }
}

impl State {
    fn note_failed_node(&mut self, node: &Name, failure: &TaskFailure) {
        self.failed_nodes += 1;
        if self.failures.len() < MOST_FAILURES {
            self.failures.push(Failed {
                place: Place::Node(node.clone()),
                failure: failure.clone(),
                in_doubt: false,
            });
        }
    }

    /// What is tried again has not failed yet.
    fn forget_failure(&mut self, task: &TaskId) {
        self.failures
            .retain(|failed| !matches!(&failed.place, Place::Task { id, .. } if id == task));
    }
}

impl Observer for Summary {
    fn event(&self, event: &Event) {
        let mut state = locked(&self.state);
        state.tally.apply(event);
        match event {
            Event::RunStarted(_) => state.started = Some((self.request.clock)()),
            Event::RunEnded { .. } => state.ended = Some((self.request.clock)()),
            Event::NodeFailed { node, failure } => state.note_failed_node(node, failure),
            Event::Intended { task, .. } => state.forget_failure(task),
            Event::Ended {
                task,
                ending: Ending::Failed(failure),
            } => self.note_failure(&mut state, task, failure, false),
            Event::Ended {
                task,
                ending: Ending::InDoubt(failure),
            } => self.note_failure(&mut state, task, failure, true),
            _ => {}
        }
    }

    fn log(&self, _task: &TaskId, _bytes: &[u8]) {}
}

/// `nothing to do: 3 nodes of mzone7204 are up to date, 1 node skipped`.
fn nothing_to_do(start: &RunStart) -> String {
    let verb = if start.up_to_date.len() == 1 { "is" } else { "are" };
    let mut out = format!(
        "nothing to do: {} of {} {verb} up to date",
        count(start.up_to_date.len(), "node"),
        start.mzone
    );
    for (node, reason) in &start.skipped {
        // Writing to a string cannot fail.
        let _ = write!(out, "\n{node} skipped: {}", line(reason.as_bytes()));
    }
    out.push('\n');
    out
}

/// `deploy of mzone7204 failed after 4 m 3 s (run 20261121T003334Z-4f2a)`.
fn heading(state: &State, start: &RunStart, look: Look) -> String {
    let end = state.tally.state().unwrap_or(RunState::Running);
    let word = look.paint(run_tone(end), run_state(end));
    let took = match (state.started, state.ended) {
        (Some(started), Some(ended)) => format!(" after {}", duration(seconds_between(started, ended))),
        _ => String::new(),
    };
    let (kind, mzone, run) = (run_kind(start.kind), &start.mzone, &start.run);
    format!("{kind} of {mzone} {word}{took} (run {run})\n\n")
}

fn push_nodes(out: &mut String, state: &State, start: &RunStart, look: Look) {
    let mut rows = rows(state, start);
    let all = rows.len();
    if all > MOST_NODES {
        rows.retain(|row| row.state != node_state(NodeState::Ready));
    }
    let ready = all - rows.len();
    let others = rows.len().saturating_sub(MOST_ROWS);
    if !rows.is_empty() {
        let mut nodes = table(look);
        nodes.set_header(["node", "state", "stage", "done", "failed", "skipped", "reason"]);
        for row in rows.iter().take(MOST_ROWS) {
            let [done, failed, skipped] = row.counts.map(|number| number.to_string());
            let (node, stage, reason) = (row.node.clone(), row.stage.clone(), row.reason.clone());
            nodes.add_row([node, row.state.to_owned(), stage, done, failed, skipped, reason]);
        }
        out.push_str(&rendered(&nodes));
    }
    // Writing to a string cannot fail.
    if others > 0 {
        let _ = writeln!(out, "  and {} more that are not ready", count(others, "node"));
    }
    if ready > 0 {
        let _ = writeln!(out, "  {} ready", count(ready, "node"));
    }
    out.push('\n');
}

/// Every node of the run, by name.
fn rows(state: &State, start: &RunStart) -> Vec<Row> {
    let deployed = state.tally.nodes().map(|node| deployed_row(state, start, node));
    let skipped = start.skipped.iter().map(|(node, reason)| Row {
        node: node.to_string(),
        state: "skipped",
        stage: state.stages.of_node(node, &state.tally),
        counts: [0; 3],
        reason: line(reason.as_bytes()),
    });
    let up_to_date = start.up_to_date.iter().map(|node| Row {
        node: node.to_string(),
        state: node_state(NodeState::Ready),
        stage: state.stages.of_node(node, &state.tally),
        counts: [0; 3],
        reason: "up to date".into(),
    });
    let mut rows: Vec<Row> = deployed.chain(skipped).chain(up_to_date).collect();
    rows.sort_by(|left, right| left.node.cmp(&right.node));
    rows
}

fn deployed_row(state: &State, start: &RunStart, node: &Name) -> Row {
    let counts = state.tally.of_node(node);
    let end = state.tally.node_end(node);
    let reason = end.and_then(|end| end.reason.as_deref()).unwrap_or("");
    // A dry run sets no stage.
    let stage = match start.kind {
        RunKind::Deploy => state.stages.of_node(node, &state.tally),
        RunKind::DryRun => state.stages.of_node(node, &Tally::default()),
    };
    Row {
        node: node.to_string(),
        state: end.map_or("not known", |end| node_state(end.state)),
        stage,
        counts: [counts.of(Phase::Done), counts.bad(), counts.of(Phase::Skipped)],
        reason: line(reason.as_bytes()),
    }
}

/// `21 tasks on 3 nodes: 19 done, 1 failed, 1 skipped`.
fn push_totals(out: &mut String, state: &State, start: &RunStart) {
    let all = state.tally.all();
    let parts = [
        (all.of(Phase::Done), "done"),
        (all.of(Phase::Failed), "failed"),
        (all.of(Phase::InDoubt), "in doubt"),
        (all.of(Phase::Skipped), "skipped"),
        (all.of(Phase::Running), "running"),
        (all.of(Phase::Pending), "not begun"),
    ];
    let words: Vec<String> = parts
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{number} {word}"))
        .collect();
    let tasks = count(start.tasks.len(), "task");
    let nodes = count(state.tally.nodes().len(), "node");
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{tasks} on {nodes}: {}", words.join(", "));
}

/// What to type next, where there is something left to do.
fn next(state: Option<RunState>, command: &str) -> Option<String> {
    match state {
        Some(RunState::Succeeded | RunState::Partial) => None,
        Some(RunState::InDoubt) => Some(format!(
            "{command} --assume failed, if you have seen that it did not happen"
        )),
        Some(RunState::Failed) => Some(format!("put it right, then {command}")),
        _ => Some(command.to_owned()),
    }
}

#[cfg(test)]
mod tests;

//! The end of a run for people: how every node stands, what failed and why, what to type
//! next.

mod nodes;

use std::fmt::Write;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use nodes::Nodes;

use super::clock::Clock;
use super::escape::line;
use super::failures::{Failed, Place};
use super::known_errors::KnownErrors;
use super::logs::RunLogs;
use super::look::Look;
use super::stages::Stages;
use super::tally::{Phase, Tally};
use super::telling::run_tone;
use super::trouble::locked;
use super::words::{count, duration, seconds_between};
use crate::engine::event::{Ending, Event, RunStart, RunState, TaskFailure, TaskId};
use crate::engine::observer::Observer;
use crate::name::Name;
use crate::plan::Plan;

/// Different failures that are shown in full.
const MOST_FAILURES: usize = 5;

/// What a summary is made from, beside the events.
pub struct SummaryRequest {
    /// Has the ends of the tasks' logs.
    pub logs: Option<Arc<RunLogs>>,
    /// What is known about failures.
    pub known_errors: KnownErrors,
    /// The command that does what is left to do, such as `ddt deploy zone.hjson`.
    pub command: String,
    /// The time of day.
    pub clock: Clock,
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
    /// The first ones only, each once for all nodes that have it.
    failures: Vec<Failed>,
    failed_nodes: usize,
    /// Tasks that failed and that their nodes have undone: they are bad no more.
    gone_back: usize,
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
        let nodes = Nodes {
            start,
            tally: &state.tally,
            stages: &state.stages,
        };
        nodes.push(&mut out, look);
        push_totals(&mut out, state, start);
        for failed in &state.failures {
            failed.render(&mut out, &self.request.known_errors, look);
        }
        let others = state.others();
        // Writing to a string cannot fail.
        if others > 0 {
            let _ = writeln!(out, "\nand {}", count(others, "more failure"));
        }
        if let Some(next) = next(state, start, &self.request.command) {
            let _ = writeln!(out, "\n{next}");
        }
        out
    }

    fn note_failure(
        &self,
        state: &mut State,
        task: &TaskId,
        failure: &TaskFailure,
        in_doubt: bool,
    ) {
        let logs = self.request.logs.as_ref();
        let place = Place::Task {
            id: task.clone(),
            tail: logs.map(|logs| logs.tail(task)).unwrap_or_default(),
            log: logs.map(|logs| logs.path(task)),
        };
        let failed = Failed {
            place,
            failure: failure.clone(),
            in_doubt,
            nodes: vec![task.node.clone()],
        };
        state.note(failed, &self.request.known_errors);
    }

    fn note_failed_node(&self, state: &mut State, node: &Name, failure: &TaskFailure) {
        state.failed_nodes += 1;
        let failed = Failed {
            place: Place::Nodes,
            failure: failure.clone(),
            in_doubt: false,
            nodes: vec![node.clone()],
        };
        state.note(failed, &self.request.known_errors);
    }
}

impl State {
    /// Notes a failure with the others of its kind.
    fn note(&mut self, failed: Failed, known: &KnownErrors) {
        let is_same = |noted: &&mut Failed| noted.is_same(&failed, known);
        if let Some(same) = self.failures.iter_mut().find(is_same) {
            same.nodes.extend(failed.nodes);
        } else if self.failures.len() < MOST_FAILURES {
            self.failures.push(failed);
        }
    }

    /// What is tried again has not failed yet.
    fn forget_failure(&mut self, task: &TaskId) {
        for failed in self.failures.iter_mut().filter(|failed| failed.is_of(task)) {
            failed.nodes.retain(|node| *node != task.node);
        }
        self.failures.retain(|failed| !failed.nodes.is_empty());
    }

    /// Failures that are not shown.
    fn others(&self) -> usize {
        let shown: usize = self.failures.iter().map(|failed| failed.nodes.len()).sum();
        self.tally.all().bad() + self.failed_nodes + self.gone_back - shown
    }
}

impl Observer for Summary {
    fn event(&self, event: &Event) {
        let mut state = locked(&self.state);
        state.tally.apply(event);
        match event {
            Event::RunStarted(_) => state.started = Some((self.request.clock)()),
            Event::RunEnded { .. } => state.ended = Some((self.request.clock)()),
            Event::NodeFailed { node, failure } => {
                self.note_failed_node(&mut state, node, failure);
            }
            Event::Intended { task, .. } => state.forget_failure(task),
            Event::Ended {
                task,
                ending: Ending::Failed(failure),
            } => self.note_failure(&mut state, task, failure, false),
            Event::Ended {
                task,
                ending: Ending::Undone(failure),
            } => {
                state.gone_back += 1;
                self.note_failure(&mut state, task, failure, false);
            }
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
    let (number, word) = match start.up_to_date.len() {
        0 => (start.skipped.len(), "skipped"),
        number => (number, "up to date"),
    };
    let verb = if number == 1 { "is" } else { "are" };
    let nodes = count(number, "node");
    let mut out = format!("nothing to do: {nodes} of {} {verb} {word}", start.mzone);
    let skipped = start.skipped.iter().map(|left_out| ("skipped", left_out));
    let absent = start.unreachable.iter();
    let absent = absent.map(|left_out| ("unreachable", left_out));
    for (word, (node, reason)) in skipped.chain(absent) {
        // Writing to a string cannot fail.
        let _ = write!(out, "\n{node} {word}: {}", line(reason.as_bytes()));
    }
    out.push('\n');
    out
}

/// `deploy of mzone7204: failed after 4m 03s (run 20261121T003334Z-4f2a)`.
fn heading(state: &State, start: &RunStart, look: Look) -> String {
    let end = state.tally.state().unwrap_or(RunState::Running);
    let word = look.paint(run_tone(end), end.word());
    let took = match (state.started, state.ended) {
        (Some(started), Some(ended)) => {
            format!(" after {}", duration(seconds_between(started, ended)))
        }
        _ => String::new(),
    };
    let (kind, mzone, run) = (start.kind.word(), &start.mzone, &start.run);
    format!("{kind} of {mzone}: {word}{took} (run {run})\n\n")
}

/// `21 tasks on 3 nodes: 19 done, 1 failed, 1 skipped`.
fn push_totals(out: &mut String, state: &State, start: &RunStart) {
    let all = state.tally.all();
    let parts = [
        (all.of(Phase::Done), "done"),
        (all.of(Phase::Undone), "undone"),
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
fn next(state: &State, start: &RunStart, command: &str) -> Option<String> {
    let nodes = state.failed_nodes + state.gone_back + start.unreachable.len();
    let has_failed = state.tally.all().bad() + nodes > 0;
    match state.tally.state() {
        Some(RunState::Partial) if has_failed => Some(format!(
            "what failed was tolerated; when the cause is put right, go on with:\n  {command}"
        )),
        Some(RunState::Succeeded | RunState::Partial) => None,
        Some(RunState::RolledBack) => Some(format!(
            "the nodes are back where they were; when the cause is put right, go on with:\n  {command}"
        )),
        Some(RunState::InDoubt) => Some(format!(
            "if you have seen that it did not happen, go on with:\n  {command} --assume failed"
        )),
        Some(RunState::Failed) => Some(format!(
            "when the cause is put right, go on with:\n  {command}"
        )),
        _ => Some(format!("go on with:\n  {command}")),
    }
}

#[cfg(test)]
mod tests;

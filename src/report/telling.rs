//! What an event says to people, in one line.

use super::escape::line;
use super::look::Tone;
use super::words::{count, duration, node_state, run_state};
use crate::engine::event::{
    Act, Ending, Event, NodeState, RunStart, RunState, Skip, StopAfter, TaskFailure, TaskId,
};

/// A line for people, without time and colour.
#[derive(Debug)]
pub(super) struct Telling {
    pub(super) tone: Tone,
    pub(super) text: String,
}

impl Telling {
    /// Says an event in one line that is safe to show.
    pub(super) fn of(event: &Event) -> Self {
        match event {
            Event::RunStarted(start) => Self::new(Tone::Strong, run_start(start)),
            Event::NodePrepared { node } => Self::new(Tone::Faint, format!("{node} prepared")),
            Event::NodeFailed { node, failure } => {
                Self::new(Tone::Bad, format!("{node} {}", failed(failure)))
            }
            Event::Intended { task, act } => Self::new(Tone::Faint, of_task(task, &intended(act))),
            Event::Ended { task, ending } => {
                Self::new(ending_tone(ending), of_task(task, &ended(ending)))
            }
            Event::TaskSkipped { task, reason } => {
                let text = format!("skipped: {}", skipped(reason));
                Self::new(Tone::Caution, of_task(task, &text))
            }
            Event::StopRequested { after } => Self::new(Tone::Caution, stopping(*after).into()),
            Event::KillRequested => {
                let text = "what runs is ended on the nodes";
                Self::new(Tone::Caution, text.into())
            }
            Event::NodeEnded {
                node,
                state,
                reason,
            } => {
                let reason = reason.as_deref().map(because).unwrap_or_default();
                let text = format!("{node} {}{reason}", node_state(*state));
                Self::new(node_tone(*state), text)
            }
            Event::RunEnded { state } => {
                Self::new(run_tone(*state), format!("run {}", run_state(*state)))
            }
        }
    }

    fn new(tone: Tone, text: String) -> Self {
        Self { tone, text }
    }
}

/// Whether people should see it at once, wherever they look.
pub(super) fn is_urgent(event: &Event) -> bool {
    match event {
        Event::Ended { ending, .. } => matches!(ending, Ending::Failed(_) | Ending::InDoubt(_)),
        Event::NodeFailed { .. } | Event::StopRequested { .. } | Event::KillRequested => true,
        _ => false,
    }
}

/// `failed (script): …`, escaped.
pub(super) fn failed(failure: &TaskFailure) -> String {
    let message = line(failure.message.as_bytes());
    format!("failed ({}): {message}", failure.class.word())
}

/// `in doubt: …`, escaped.
pub(super) fn in_doubt(failure: &TaskFailure) -> String {
    format!("in doubt: {}", line(failure.message.as_bytes()))
}

pub(super) fn run_tone(state: RunState) -> Tone {
    match state {
        RunState::Succeeded => Tone::Good,
        RunState::Running | RunState::Partial | RunState::Stopped => Tone::Caution,
        RunState::Failed | RunState::InDoubt | RunState::Interrupted => Tone::Bad,
    }
}

fn run_start(start: &RunStart) -> String {
    let nodes: std::collections::BTreeSet<_> =
        start.tasks.iter().map(|task| &task.id.node).collect();
    let skipped = match start.skipped.len() {
        0 => String::new(),
        number => format!(", {} skipped", count(number, "node")),
    };
    format!(
        "run {}: {} of {}, {} on {}{skipped}",
        start.run,
        start.kind.word(),
        start.mzone,
        count(start.tasks.len(), "task"),
        count(nodes.len(), "node"),
    )
}

fn of_task(task: &TaskId, text: &str) -> String {
    format!("{} {} {text}", task.node, task.package)
}

fn stopping(after: StopAfter) -> &'static str {
    match after {
        StopAfter::Task => "stop requested: what runs is awaited, nothing else begins",
        StopAfter::Package => {
            "stop requested: packages that have begun are finished on every node, then it stops"
        }
        StopAfter::Node => "stop requested: nodes that have begun are finished, then it stops",
    }
}

fn intended(act: &Act) -> String {
    match act {
        Act::Start { number } => format!("started (attempt {number})"),
        Act::TakeUp { run, number } => format!("waits for attempt {number} of run {run}"),
        Act::Reboot { .. } => "reboots the node".into(),
        Act::Finish { run, number } => {
            format!("verifies and records attempt {number} of run {run}")
        }
    }
}

fn ended(ending: &Ending) -> String {
    match ending {
        Ending::Succeeded { seconds } => format!("done in {}", duration(*seconds)),
        Ending::AwaitingReboot { .. } => "done but for its reboot".into(),
        Ending::Rebooted { .. } => "rebooted".into(),
        Ending::Failed(failure) => failed(failure),
        Ending::InDoubt(failure) => in_doubt(failure),
    }
}

fn ending_tone(ending: &Ending) -> Tone {
    match ending {
        Ending::Succeeded { .. } => Tone::Good,
        Ending::AwaitingReboot { .. } | Ending::Rebooted { .. } => Tone::Faint,
        Ending::Failed(_) | Ending::InDoubt(_) => Tone::Bad,
    }
}

fn skipped(reason: &Skip) -> String {
    match reason {
        Skip::NodeFailed {
            package: Some(package),
        } => format!("{package} failed before it"),
        Skip::NodeFailed { package: None } => "the node failed".into(),
        Skip::RunFailed { node } => format!("{node} failed, and the run ends"),
        Skip::Stopped => "the run was stopped before it".into(),
    }
}

fn because(reason: &str) -> String {
    format!(": {}", line(reason.as_bytes()))
}

fn node_tone(state: NodeState) -> Tone {
    match state {
        NodeState::Ready => Tone::Good,
        NodeState::Stopped => Tone::Caution,
        NodeState::Error | NodeState::Unreachable | NodeState::InDoubt => Tone::Bad,
    }
}

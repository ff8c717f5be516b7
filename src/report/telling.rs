//! What an event says to people, in one line.

use super::escape::line;
use super::look::Tone;
use super::words::{count, duration, few};
use crate::engine::event::{
    Act, Ending, Event, Evidence, NodeState, RunStart, RunState, Skip, StopAfter, TaskFailure,
    TaskId,
};
use crate::engine::observer::Progress;
use crate::name::Name;

/// A line for people, without time and colour.
#[derive(Debug)]
pub(super) struct Telling {
    pub(super) tone: Tone,
    pub(super) text: String,
}

impl Telling {
    /// Says what is going on, where it is worth a line.
    pub(super) fn of_progress(progress: &Progress) -> Option<Self> {
        match progress {
            Progress::Probing { nodes } => {
                let text = format!("reading the facts of {}", count(*nodes, "node"));
                Some(Self::new(Tone::Faint, text))
            }
            Progress::NotFetched {
                node,
                payloads,
                why,
            } => {
                let payloads = count(*payloads, "bundle");
                let text = format!("{node} is sent {payloads} that it does not fetch: {why}");
                Some(Self::new(Tone::Caution, line(text.as_bytes())))
            }
            _ => None,
        }
    }

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
            Event::Retrying {
                node,
                task,
                failure,
                ..
            } => {
                let what = task.as_ref().map(|task| format!(" {}", task.package));
                let text = format!("{node}{} {}", what.unwrap_or_default(), failed(failure));
                Self::new(Tone::Caution, text + &again(event))
            }
            Event::BatchStarted {
                batch,
                batches,
                kind,
                nodes,
            } => {
                let what = if kind.is_canaries() { ", canaries" } else { "" };
                let nodes = few(nodes.iter());
                Self::new(
                    Tone::Strong,
                    format!("batch {batch} of {batches}{what}: {nodes}"),
                )
            }
            Event::HealthChecked {
                batch,
                failure: None,
            } => Self::new(Tone::Good, format!("the zone is well after batch {batch}")),
            Event::HealthChecked {
                failure: Some(failure),
                ..
            } => Self::new(Tone::Bad, failed(failure)),
            Event::Halted { reason } => {
                let text = format!("nothing more begins: {}", skipped(reason));
                Self::new(Tone::Bad, text)
            }
            Event::TaskSkipped { task, reason } => {
                let text = format!("skipped: {}", skipped(reason));
                Self::new(Tone::Caution, of_task(task, &text))
            }
            Event::EvidenceGathered { node, evidence } => {
                Self::new(Tone::Faint, format!("{node} {}", gathered(evidence)))
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
                let text = format!("{node} {}{reason}", state.word());
                Self::new(node_tone(*state), text)
            }
            Event::RunEnded { state } => {
                Self::new(run_tone(*state), format!("run {}", state.word()))
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
        Event::Ended { ending, .. } => ending.failure().is_some(),
        Event::HealthChecked { failure, .. } => failure.is_some(),
        Event::NodeFailed { .. }
        | Event::StopRequested { .. }
        | Event::KillRequested
        | Event::Retrying { .. }
        | Event::Halted { .. } => true,
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
        RunState::Running | RunState::Partial | RunState::Stopped | RunState::RolledBack => {
            Tone::Caution
        }
        RunState::Failed | RunState::RollbackFailed | RunState::InDoubt | RunState::Interrupted => {
            Tone::Bad
        }
    }
}

fn run_start(start: &RunStart) -> String {
    let nodes: std::collections::BTreeSet<_> =
        start.tasks.iter().map(|task| &task.id.node).collect();
    let left_out = |number: usize, word: &str| match number {
        0 => String::new(),
        number => format!(", {} {word}", count(number, "node")),
    };
    let skipped = left_out(start.skipped.len(), "skipped");
    let unreachable = left_out(start.unreachable.len(), "unreachable");
    format!(
        "run {}: {} of {}, {} on {}{skipped}{unreachable}",
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
        Act::Undo { number } => format!("goes back (attempt {number})"),
        Act::TakeUp { run, number } => format!("waits for attempt {number} of run {run}"),
        Act::Reboot { .. } => "reboots the node".into(),
        Act::Finish { run, number } => {
            format!("verifies and records attempt {number} of run {run}")
        }
    }
}

/// `facts kept as evidence: boot 4f2a, 3 releases recorded`.
fn gathered(evidence: &Evidence) -> String {
    match evidence {
        Evidence::Facts {
            boot_id, installed, ..
        } => {
            let releases = count(installed.len(), "release");
            let boot = line(boot_id.0.as_bytes());
            format!("facts kept as evidence: boot {boot}, {releases} recorded")
        }
        Evidence::Missing { reason } => format!("no facts to keep{}", because(reason)),
    }
}

fn ended(ending: &Ending) -> String {
    match ending {
        Ending::Succeeded { seconds } => format!("done in {}", duration(*seconds)),
        Ending::AwaitingReboot { .. } => "done but for its reboot".into(),
        Ending::Rebooted { .. } => "rebooted".into(),
        Ending::Failed(failure) | Ending::Undone(failure) => failed(failure),
        Ending::InDoubt(failure) => in_doubt(failure),
    }
}

fn ending_tone(ending: &Ending) -> Tone {
    match ending {
        Ending::Succeeded { .. } => Tone::Good,
        Ending::AwaitingReboot { .. } | Ending::Rebooted { .. } => Tone::Faint,
        Ending::Failed(_) | Ending::Undone(_) | Ending::InDoubt(_) => Tone::Bad,
    }
}

fn skipped(reason: &Skip) -> String {
    match reason {
        Skip::NodeFailed {
            package: Some(package),
        } => format!("{package} failed before it"),
        Skip::NodeFailed { package: None } => "the node failed".into(),
        Skip::RunFailed { node } => format!("{node} failed, and the run ends"),
        Skip::BeyondLimit {
            group,
            failed,
            most,
            ..
        } => beyond(group.as_ref(), *failed, *most),
        Skip::CanaryFailed { node } => format!("the canary {node} is not ready"),
        Skip::Unhealthy { batch } => format!("the zone is not well after batch {batch}"),
        Skip::Stopped => "the run was stopped before it".into(),
    }
}

/// `2 nodes of group storage failed, 1 may`.
fn beyond(group: Option<&Name>, failed: u32, most: u32) -> String {
    let of_group = group.map(|group| format!(" of group {group}"));
    let failed = count(failed as usize, "node");
    let most = if most == 0 {
        "none".to_owned()
    } else {
        most.to_string()
    };
    format!(
        "{failed}{} failed, {most} may",
        of_group.unwrap_or_default()
    )
}

/// `; again in 4 s [attempt 2/6]`.
fn again(event: &Event) -> String {
    let Event::Retrying {
        attempt,
        attempts,
        pause_seconds,
        ..
    } = event
    else {
        return String::new();
    };
    let pause = duration(u64::from(*pause_seconds));
    format!("; again in {pause} [attempt {attempt}/{attempts}]")
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

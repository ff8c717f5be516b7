//! How far a run is: what its events so far add up to. Every event costs the same,
//! however many tasks there are.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::event::{
    Act, Ending, Event, NodeState, RunStart, RunState, TaskFailure, TaskId,
};
use crate::failure::FailureClass;
use crate::name::Name;

/// How far a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Pending,
    Running,
    Done,
    Failed,
    InDoubt,
    Skipped,
    Undone,
}

/// How many tasks are how far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    by_phase: [usize; 7],
}

/// What a run's events so far add up to.
#[derive(Debug, Default)]
pub(super) struct Tally {
    start: Option<RunStart>,
    phases: BTreeMap<TaskId, Phase>,
    /// Tasks that turned back to the release before.
    turned_back: BTreeSet<TaskId>,
    all: Counts,
    by_node: BTreeMap<Name, Counts>,
    by_package: BTreeMap<(Name, Name), Counts>,
    nodes: BTreeMap<Name, NodeEnd>,
    state: Option<RunState>,
}

/// How a node stands at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NodeEnd {
    pub(super) state: NodeState,
    pub(super) reason: Option<String>,
}

impl Counts {
    pub(super) fn of(&self, phase: Phase) -> usize {
        self.by_phase[phase as usize]
    }

    pub(super) fn all(&self) -> usize {
        self.by_phase.iter().sum()
    }

    /// Tasks that will not change any more.
    pub(super) fn over(&self) -> usize {
        self.all() - self.of(Phase::Pending) - self.of(Phase::Running)
    }

    /// Tasks that failed or whose outcome is unknown.
    pub(super) fn bad(&self) -> usize {
        self.of(Phase::Failed) + self.of(Phase::InDoubt)
    }

    fn add(&mut self, phase: Phase) {
        self.by_phase[phase as usize] += 1;
    }

    fn remove(&mut self, phase: Phase) {
        let count = &mut self.by_phase[phase as usize];
        *count = count.saturating_sub(1);
    }
}

impl Tally {
    pub(super) fn apply(&mut self, event: &Event) {
        match event {
            Event::RunStarted(start) => self.begin(start),
            Event::Intended { task, act } => {
                if matches!(act, Act::Undo { .. }) {
                    self.turned_back.insert(task.clone());
                }
                self.move_to(task, Phase::Running);
            }
            Event::Ended { task, ending } => self.move_to(task, self.phase_after(task, ending)),
            Event::TaskSkipped { task, .. } => self.move_to(task, Phase::Skipped),
            Event::NodeFailed { node, failure } => self.end_node(node, failed(failure)),
            Event::NodeEnded {
                node,
                state,
                reason,
            } => self.end_node(
                node,
                NodeEnd {
                    state: *state,
                    reason: reason.clone(),
                },
            ),
            Event::RunEnded { state } => self.state = Some(*state),
            Event::NodePrepared { .. }
            | Event::EvidenceGathered { .. }
            | Event::Retrying { .. }
            | Event::BatchStarted { .. }
            | Event::HealthChecked { .. }
            | Event::Halted { .. }
            | Event::StopRequested { .. }
            | Event::KillRequested => {}
        }
    }

    fn begin(&mut self, start: &RunStart) {
        for task in &start.tasks {
            self.move_to(&task.id, Phase::Pending);
        }
        self.start = Some(start.clone());
    }

    fn move_to(&mut self, task: &TaskId, phase: Phase) {
        let before = self.phases.insert(task.clone(), phase);
        let package = (task.component.clone(), task.package.clone());
        let counts = [
            &mut self.all,
            self.by_node.entry(task.node.clone()).or_default(),
            self.by_package.entry(package).or_default(),
        ];
        for counts in counts {
            if let Some(before) = before {
                counts.remove(before);
            }
            counts.add(phase);
        }
    }

    fn phase_after(&self, task: &TaskId, ending: &Ending) -> Phase {
        match ending {
            Ending::Succeeded { .. } if self.turned_back.contains(task) => Phase::Undone,
            Ending::Succeeded { .. } => Phase::Done,
            Ending::AwaitingReboot { .. } | Ending::Rebooted { .. } => Phase::Running,
            Ending::Undone(_) => Phase::Undone,
            Ending::Failed(_) => Phase::Failed,
            Ending::InDoubt(_) => Phase::InDoubt,
        }
    }

    fn end_node(&mut self, node: &Name, end: NodeEnd) {
        let end = match (end.reason, self.nodes.remove(node)) {
            // A node that could not be made ready keeps saying why.
            (None, Some(before)) => NodeEnd {
                reason: before.reason,
                ..end
            },
            (reason, _) => NodeEnd { reason, ..end },
        };
        self.nodes.insert(node.clone(), end);
    }

    /// What the run began with, once it has.
    pub(super) fn start(&self) -> Option<&RunStart> {
        self.start.as_ref()
    }

    /// How the run ended, once it has.
    pub(super) fn state(&self) -> Option<RunState> {
        self.state
    }

    pub(super) fn phase(&self, task: &TaskId) -> Option<Phase> {
        self.phases.get(task).copied()
    }

    pub(super) fn all(&self) -> Counts {
        self.all
    }

    pub(super) fn of_node(&self, node: &Name) -> Counts {
        self.by_node.get(node).copied().unwrap_or_default()
    }

    pub(super) fn of_package(&self, component: &Name, package: &Name) -> Counts {
        let package = (component.clone(), package.clone());
        self.by_package.get(&package).copied().unwrap_or_default()
    }

    /// Every node with a task, by name.
    pub(super) fn nodes(&self) -> impl ExactSizeIterator<Item = &Name> {
        self.by_node.keys()
    }

    pub(super) fn node_end(&self, node: &Name) -> Option<&NodeEnd> {
        self.nodes.get(node)
    }
}

fn failed(failure: &TaskFailure) -> NodeEnd {
    let state = match failure.class {
        FailureClass::Unreachable => NodeState::Unreachable,
        _ => NodeState::Error,
    };
    NodeEnd {
        state,
        reason: Some(failure.message.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::script::{BOOT, CONFIG, events, name, task};

    fn tally() -> Tally {
        let mut tally = Tally::default();
        events().iter().for_each(|event| tally.apply(event));
        tally
    }

    #[test]
    fn counts_every_task_once_at_every_moment() {
        let mut tally = Tally::default();
        for event in events() {
            tally.apply(&event);
            let nodes = tally.nodes().map(|node| tally.of_node(node).all());
            assert_eq!((tally.all().all(), nodes.sum()), (6, 6), "{event:?}");
        }
    }

    #[test]
    fn adds_up_by_node_and_by_package() {
        let tally = tally();
        let all = [Phase::Done, Phase::Failed, Phase::Skipped].map(|phase| tally.all().of(phase));
        assert_eq!(all, [3, 1, 2]);
        assert_eq!(tally.of_node(&name("node-2")).bad(), 1);
        let config = tally.of_package(&name("hostos"), &name(CONFIG));
        assert_eq!((config.of(Phase::Done), config.over()), (1, 3));
        assert_eq!(tally.phase(&task("node-1", BOOT)), Some(Phase::Done));
    }

    #[test]
    fn a_node_that_could_not_be_made_ready_keeps_its_reason() {
        let tally = tally();
        let end = tally.node_end(&name("node-3"));
        let reason = end.and_then(|end| end.reason.as_deref());
        assert_eq!(reason, Some("no space left on\u{1b}[2J device"));
    }
}

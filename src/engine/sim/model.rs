//! A small second opinion on the state of a run: what its events say, and nothing more.

use std::collections::{HashMap, HashSet};

use crate::engine::event::{Act, Ending, Event, NodeState, RunState, Skip, TaskId};
use crate::name::Name;
use crate::store::fold::TaskState;

/// The state of a run, by its events.
#[derive(Debug, Default)]
pub(super) struct Model {
    places: HashMap<TaskId, usize>,
    pub(super) tasks: Vec<ModelTask>,
    pub(super) nodes: HashMap<Name, NodeState>,
    /// Nodes that could not be prepared, or have a task that failed.
    failed_nodes: HashSet<Name>,
    pub(super) stop_requested: bool,
    pub(super) end: Option<RunState>,
}

/// A task of the model.
#[derive(Debug)]
pub(super) struct ModelTask {
    pub(super) state: TaskState,
    /// What was meant to be done, in order.
    pub(super) intents: Vec<Act>,
}

impl Model {
    pub(super) fn place(&self, task: &TaskId) -> Option<usize> {
        self.places.get(task).copied()
    }

    pub(super) fn task(&self, task: &TaskId) -> Option<&ModelTask> {
        self.tasks.get(self.place(task)?)
    }

    /// How many nodes the run knows a failure of.
    pub(super) fn failures(&self) -> usize {
        self.failed_nodes.len()
    }

    pub(super) fn follow(&mut self, event: &Event) {
        match event {
            Event::RunStarted(start) => {
                for task in &start.tasks {
                    self.places.insert(task.id.clone(), self.tasks.len());
                    self.tasks.push(ModelTask {
                        state: TaskState::Pending,
                        intents: Vec::new(),
                    });
                }
            }
            Event::NodeFailed { node, .. } => self.fail(node),
            Event::Intended { task, act } => self.change(task, |task| {
                task.state = TaskState::Running;
                // Most have one, and there are many tasks.
                task.intents.reserve_exact(1);
                task.intents.push(act.clone());
            }),
            Event::Ended { task, ending } => self.end(task, ending),
            Event::TaskSkipped { task, reason } => {
                let state = match reason {
                    Skip::Stopped => TaskState::Stopped,
                    _ => TaskState::Skipped,
                };
                self.change(task, |task| task.state = state);
            }
            Event::StopRequested { .. } => self.stop_requested = true,
            Event::NodeEnded { node, state, .. } => {
                self.nodes.insert(node.clone(), *state);
            }
            Event::RunEnded { state } => self.end = Some(*state),
            Event::NodePrepared { .. }
            | Event::EvidenceGathered { .. }
            | Event::Retrying { .. }
            | Event::BatchStarted { .. }
            | Event::HealthChecked { .. }
            | Event::Halted { .. }
            | Event::KillRequested => {}
        }
    }

    fn end(&mut self, task: &TaskId, ending: &Ending) {
        let state = match ending {
            Ending::Succeeded { .. } => TaskState::Succeeded,
            Ending::Failed(_) => TaskState::Failed,
            Ending::InDoubt(_) => TaskState::InDoubt,
            Ending::AwaitingReboot { .. } | Ending::Rebooted { .. } => return,
        };
        self.change(task, |task| task.state = state);
        if state != TaskState::Succeeded {
            self.fail(&task.node);
        }
    }

    fn fail(&mut self, node: &Name) {
        self.failed_nodes.insert(node.clone());
    }

    fn change(&mut self, task: &TaskId, change: impl FnOnce(&mut ModelTask)) {
        let task = self.place(task).and_then(|place| self.tasks.get_mut(place));
        task.map(change);
    }
}

impl ModelTask {
    /// The run and the number of the attempt that the task is about, in the run `own`.
    pub(super) fn attempt(&self, own: &Name) -> Option<(Name, u32)> {
        self.intents.iter().rev().find_map(|act| match act {
            Act::Start { number } | Act::Undo { number } => Some((own.clone(), *number)),
            Act::TakeUp { run, number } | Act::Finish { run, number } => {
                Some((run.clone(), *number))
            }
            Act::Reboot { .. } => None,
        })
    }

    /// Whether the last thing that was meant is a reboot.
    pub(super) fn is_rebooting(&self) -> bool {
        matches!(self.intents.last(), Some(Act::Reboot { .. }))
    }

    /// Whether the run meant to start this attempt.
    pub(super) fn was_meant(&self, number: u32) -> bool {
        self.intents.contains(&Act::Start { number })
    }
}

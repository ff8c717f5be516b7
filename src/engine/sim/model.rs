//! A small second opinion on the state of a run: what its events say, and nothing more.

use std::collections::BTreeMap;

use super::rollout::RolloutModel;
use crate::engine::event::{
    Act, Ending, Event, NodeState, RunState, Skip, StopAfter, TaskFailure, TaskId,
};
use crate::failure::FailureClass;
use crate::name::Name;
use crate::plan::Plan;
use crate::store::fold::TaskState;

/// The state of a run, by its events.
#[derive(Debug)]
pub(super) struct Model {
    nodes: BTreeMap<Name, ModelNode>,
    pub(super) rollout: RolloutModel,
    stop_after: Option<StopAfter>,
    pub(super) kill_requested: bool,
    pub(super) end: Option<RunState>,
}

/// A node of the model.
#[derive(Debug, Default)]
pub(super) struct ModelNode {
    tasks: Vec<ModelTask>,
    pub(super) end: Option<NodeState>,
    /// How many of its tasks go on.
    pub(super) running: usize,
    has_failed: bool,
}

/// A task of the model.
#[derive(Debug)]
pub(super) struct ModelTask {
    component: Name,
    package: Name,
    pub(super) state: TaskState,
    /// What was meant to be done, in order.
    pub(super) intents: Vec<Act>,
}

impl Model {
    pub(super) fn of(plan: &Plan) -> Self {
        Self {
            nodes: BTreeMap::new(),
            rollout: RolloutModel::of(plan),
            stop_after: None,
            kill_requested: false,
            end: None,
        }
    }

    pub(super) fn node(&self, node: &Name) -> Option<&ModelNode> {
        self.nodes.get(node)
    }

    pub(super) fn task(&self, task: &TaskId) -> Option<&ModelTask> {
        let mut tasks = self.nodes.get(&task.node)?.tasks.iter();
        tasks.find(|known| known.is(task))
    }

    /// Every task.
    pub(super) fn tasks(&self) -> impl Iterator<Item = (TaskId, &ModelTask)> {
        self.nodes.iter().flat_map(|(node, known)| {
            let tasks = known.tasks.iter();
            tasks.map(|task| (task.id(node), task))
        })
    }

    /// Whether a task may begin although the run was asked to stop. What a wider stop than
    /// that after a task lets begin is the fold's to say.
    pub(super) fn stop_lets_begin(&self) -> bool {
        self.stop_after != Some(StopAfter::Task)
    }

    pub(super) fn follow(&mut self, event: &Event) {
        match event {
            Event::RunStarted(start) => {
                start.tasks.iter().for_each(|task| self.plan(&task.id));
                self.rollout.advance();
            }
            Event::NodeFailed { node, .. } => self.fail(node),
            Event::Intended { task, act } => self.intend(task, act),
            Event::Ended { task, ending } => self.end(task, ending),
            Event::TaskSkipped { task, reason } => {
                let state = match reason {
                    Skip::Stopped => TaskState::Stopped,
                    _ => TaskState::Skipped,
                };
                self.settle(task, state);
            }
            Event::StopRequested { after } => {
                let before = self.stop_after.unwrap_or(*after);
                self.stop_after = Some(before.min(*after));
            }
            Event::KillRequested => self.kill_requested = true,
            Event::NodeEnded { node, state, .. } => self.end_node(node, *state),
            Event::HealthChecked {
                failure: Some(_), ..
            } => self.rollout.halt(),
            Event::BatchStarted { .. } => self.rollout.advance(),
            Event::RunEnded { state } => self.end = Some(*state),
            Event::NodePrepared { .. }
            | Event::EvidenceGathered { .. }
            | Event::Retrying { .. }
            | Event::HealthChecked { failure: None, .. }
            | Event::Halted { .. } => {}
        }
    }

    fn plan(&mut self, task: &TaskId) {
        if !self.nodes.contains_key(&task.node) {
            self.rollout.admit(&task.node);
        }
        let node = self.nodes.entry(task.node.clone()).or_default();
        node.tasks.push(ModelTask {
            component: task.component.clone(),
            package: task.package.clone(),
            state: TaskState::Pending,
            intents: Vec::new(),
        });
    }

    fn intend(&mut self, task: &TaskId, act: &Act) {
        let Some((node, known)) = self.find(task) else {
            return;
        };
        let begins = std::mem::replace(&mut known.state, TaskState::Running) != TaskState::Running;
        // Most have one, and there are many tasks.
        known.intents.reserve_exact(1);
        known.intents.push(act.clone());
        if begins {
            *node += 1;
            self.rollout.begin();
        }
    }

    fn end(&mut self, task: &TaskId, ending: &Ending) {
        let is_undo = self.task(task).is_some_and(ModelTask::is_undo);
        let state = match ending {
            Ending::Succeeded { .. } if is_undo => TaskState::Undone,
            Ending::Succeeded { .. } => TaskState::Succeeded,
            Ending::Failed(_) if is_undo => TaskState::UndoFailed,
            Ending::Failed(_) => TaskState::Failed,
            Ending::Undone(_) => TaskState::Undone,
            Ending::InDoubt(_) => TaskState::InDoubt,
            Ending::AwaitingReboot { .. } | Ending::Rebooted { .. } => return,
        };
        self.settle(task, state);
        let is_killed = |failure: &TaskFailure| failure.class == FailureClass::Stopped;
        let failure = ending.failure();
        if failure.is_some_and(|failure| !(self.kill_requested && is_killed(failure))) {
            self.fail(&task.node);
        }
    }

    fn settle(&mut self, task: &TaskId, state: TaskState) {
        let Some((running, known)) = self.find(task) else {
            return;
        };
        if std::mem::replace(&mut known.state, state) == TaskState::Running {
            *running = running.saturating_sub(1);
            self.rollout.end();
        }
    }

    /// A node that was not what it should be at its last look has failed, but where a task
    /// of it was ended by the operator.
    fn end_node(&mut self, node: &Name, state: NodeState) {
        let known = self.nodes.entry(node.clone()).or_default();
        if known.end.replace(state).is_none() {
            self.rollout.end_node(node, state);
        }
        if !matches!(state, NodeState::Ready | NodeState::Stopped) && !self.kill_requested {
            self.fail(node);
        }
    }

    fn fail(&mut self, node: &Name) {
        let known = self.nodes.entry(node.clone()).or_default();
        if !std::mem::replace(&mut known.has_failed, true) {
            self.rollout.fail(node);
        }
    }

    /// How many tasks go on on a task's node, and the task.
    fn find(&mut self, task: &TaskId) -> Option<(&mut usize, &mut ModelTask)> {
        let node = self.nodes.get_mut(&task.node)?;
        let known = node.tasks.iter_mut().find(|known| known.is(task))?;
        Some((&mut node.running, known))
    }
}

impl ModelNode {
    /// Whether the run said that it is.
    pub(super) fn is_ready(&self) -> bool {
        self.end == Some(NodeState::Ready)
    }

    /// The tasks behind one, and how each stands.
    pub(super) fn after(&self, task: &TaskId) -> impl Iterator<Item = (TaskId, TaskState)> {
        let place = self.tasks.iter().position(|known| known.is(task));
        let after = self
            .tasks
            .iter()
            .skip(place.map_or(usize::MAX, |place| place + 1));
        after.map(|known| (known.id(&task.node), known.state))
    }
}

impl ModelTask {
    fn id(&self, node: &Name) -> TaskId {
        TaskId {
            node: node.clone(),
            component: self.component.clone(),
            package: self.package.clone(),
        }
    }

    fn is(&self, task: &TaskId) -> bool {
        self.package == task.package && self.component == task.component
    }

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
        let acts = [Act::Start { number }, Act::Undo { number }];
        self.intents.iter().any(|act| acts.contains(act))
    }

    /// Whether it goes back, or went.
    pub(super) fn is_undo(&self) -> bool {
        let mut intents = self.intents.iter();
        intents.any(|act| matches!(act, Act::Undo { .. }))
    }
}

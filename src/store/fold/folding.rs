//! Takes one event after the other.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use super::Entry;
use super::impossible::{FoldError, Impossible, Task};
use super::node::NodeTrack;
use super::stop;
use super::task::Track;
use super::view::{NodeStatus, NodeView, RunView, TaskState, TaskView};
use crate::engine::event::{
    Act, Ending, Event, NodeState, RunKind, RunStart, RunState, Skip, TaskFailure, TaskId,
};
use crate::failure::FailureClass;
use crate::name::Name;
use crate::store::run::RunRecord;

/// A fold that takes one event after the other.
pub struct Fold {
    view: RunView,
    has_started: bool,
    /// More has failed than may: nothing more begins.
    is_halted: bool,
    tracks: Vec<Track>,
    places: HashMap<TaskId, usize>,
    nodes: BTreeMap<Name, NodeTrack>,
}

impl Fold {
    /// Begins with a run of which nothing is known but its record.
    pub fn new(record: &RunRecord) -> Self {
        Self {
            view: RunView::new(record),
            has_started: false,
            is_halted: false,
            tracks: Vec::new(),
            places: HashMap::new(),
            nodes: BTreeMap::new(),
        }
    }

    /// The view of all that was applied so far.
    pub fn view(&self) -> &RunView {
        &self.view
    }

    /// The view of one task.
    pub(crate) fn task(&self, id: &TaskId) -> Option<&TaskView> {
        self.view.tasks.get(*self.places.get(id)?)
    }

    /// The view of all that was applied.
    pub fn finish(self) -> RunView {
        self.view
    }

    /// Applies the next event. After an error the fold is of no use any more.
    pub fn apply(&mut self, entry: &Entry) -> Result<(), FoldError> {
        self.apply_event(entry.seq, entry.time, &entry.event)
    }

    /// Applies the next event, of which there is no entry.
    pub(crate) fn apply_event(
        &mut self,
        seq: u64,
        time: Timestamp,
        event: &Event,
    ) -> Result<(), FoldError> {
        self.follow(event, time)
            .map_err(|what| FoldError { seq, what })
    }

    fn follow(&mut self, event: &Event, time: Timestamp) -> Result<(), Impossible> {
        self.check_order(event)?;
        match event {
            Event::RunStarted(start) => self.start(start)?,
            Event::NodePrepared { node } => self.node(node)?.prepare()?,
            Event::NodeFailed { node, failure } => {
                self.node(node)?.fail()?;
                self.show_failure(node, failure);
            }
            Event::Intended { task, act } => self.begin(task, act, time)?,
            Event::Ended { task, ending } => self.end(task, ending, time)?,
            Event::TaskSkipped { task, reason } => self.skip(task, reason, time)?,
            Event::EvidenceGathered { node, .. } => self.node(node)?.reopen(),
            Event::Retrying {
                task: Some(task),
                failure,
                ..
            } => {
                let place = self.place(task)?;
                self.tracks[place].retry(&mut self.view.tasks[place], failure)?;
            }
            Event::Retrying { node, .. } => self.node(node)?.retry()?,
            Event::BatchStarted { .. } | Event::HealthChecked { .. } => {}
            Event::Halted { .. } => self.is_halted = true,
            Event::StopRequested { after } => {
                self.view.stop_requested = true;
                self.view.stop_after = Some(*after);
            }
            Event::KillRequested => self.view.kill_requested = true,
            Event::NodeEnded {
                node,
                state,
                reason,
            } => self.end_node(node, *state, reason.clone())?,
            Event::RunEnded { state } => self.end_run(*state, time)?,
        }
        Ok(())
    }

    /// A run that died before its start ends as interrupted and has no other event.
    fn check_order(&self, event: &Event) -> Result<(), Impossible> {
        let dies = matches!(
            event,
            Event::RunEnded {
                state: RunState::Interrupted
            }
        );
        match (event, self.has_started) {
            _ if self.view.state != RunState::Running => Err(Impossible::RunOver),
            (Event::RunStarted(_), true) => Err(Impossible::StartedTwice),
            (Event::RunStarted(_), false) | (_, true) => Ok(()),
            (_, false) if dies => Ok(()),
            (_, false) => Err(Impossible::NotStarted),
        }
    }

    fn start(&mut self, start: &RunStart) -> Result<(), Impossible> {
        let RunView {
            run,
            mzone,
            kind,
            epoch,
            ..
        } = &self.view;
        if (run, mzone, kind, epoch) != (&start.run, &start.mzone, &start.kind, &start.epoch) {
            return Err(Impossible::OtherStart);
        }
        self.has_started = true;
        self.view.tasks.reserve_exact(start.tasks.len());
        self.places.reserve(start.tasks.len());
        for task in &start.tasks {
            self.admit(&task.id.node, NodeView::new(NodeStatus::New, None));
            if self
                .places
                .insert(task.id.clone(), self.view.tasks.len())
                .is_some()
            {
                return Err(Impossible::PlannedTwice(Task::from(&task.id)));
            }
            self.view.tasks.push(TaskView::new(task.clone()));
        }
        for node in &start.up_to_date {
            self.admit(
                node,
                NodeView::new(NodeStatus::Ready, Some("nothing to do".to_owned())),
            );
        }
        for (node, reason) in &start.unreachable {
            let view = NodeView::new(NodeStatus::Unreachable, Some(reason.clone()));
            self.view.nodes.insert(node.clone(), view);
        }
        self.tracks = vec![Track::default(); self.view.tasks.len()];
        for (node, reason) in &start.skipped {
            let skipped = NodeView::new(NodeStatus::Skipped, Some(reason.clone()));
            self.view.nodes.insert(node.clone(), skipped);
        }
        Ok(())
    }

    fn admit(&mut self, node: &Name, view: NodeView) {
        if !self.nodes.contains_key(node) {
            self.nodes.insert(node.clone(), NodeTrack::new(node));
            self.view.nodes.insert(node.clone(), view);
        }
    }

    fn begin(&mut self, id: &TaskId, act: &Act, time: Timestamp) -> Result<(), Impossible> {
        let place = self.place(id)?;
        let before = self.view.tasks[place].state;
        let waits = self.tracks[place].waits();
        let is_start = matches!(act, Act::Start { .. }) || before == TaskState::Pending;
        let may_begin = !self.is_halted && stop::lets_begin(&self.view, &self.view.tasks[place]);
        if is_start && !may_begin {
            return Err(Impossible::AfterStop(Task::from(id)));
        }
        let node = self.node(&id.node)?;
        if matches!(act, Act::Undo { .. }) {
            node.reopen();
        }
        if !waits {
            node.begin()?;
        }
        self.tracks[place].begin(&mut self.view.tasks[place], act, time)?;
        // Another task's failure is not forgotten, that of this one's last attempt is.
        let is_new = self
            .view
            .nodes
            .get(&id.node)
            .is_some_and(|node| node.state == NodeStatus::New);
        let is_undo = matches!(act, Act::Undo { .. });
        if is_new || (before == TaskState::Failed && !is_undo) {
            self.show(&id.node, NodeView::new(NodeStatus::Deploying, None));
        }
        Ok(())
    }

    fn end(&mut self, id: &TaskId, ending: &Ending, time: Timestamp) -> Result<(), Impossible> {
        let place = self.place(id)?;
        self.tracks[place].end(&mut self.view.tasks[place], ending, time)?;
        self.node(&id.node)?.finish_act();
        match ending {
            Ending::Failed(failure) | Ending::Undone(failure) => {
                self.show_failure(&id.node, failure);
            }
            Ending::InDoubt(failure) => {
                let doubt = NodeView::new(NodeStatus::InDoubt, Some(failure.message.clone()));
                self.show(&id.node, doubt);
            }
            _ => {}
        }
        Ok(())
    }

    fn skip(&mut self, id: &TaskId, reason: &Skip, time: Timestamp) -> Result<(), Impossible> {
        let place = self.place(id)?;
        self.tracks[place].skip(&mut self.view.tasks[place], reason, time)
    }

    fn end_node(
        &mut self,
        node: &Name,
        state: NodeState,
        reason: Option<String>,
    ) -> Result<(), Impossible> {
        self.node(node)?.end()?;
        let known = self
            .view
            .nodes
            .get(node)
            .and_then(|view| view.reason.clone());
        let reason = reason.or(known.filter(|_| state != NodeState::Ready));
        self.show(node, NodeView::new(state.into(), reason));
        Ok(())
    }

    fn end_run(&mut self, state: RunState, time: Timestamp) -> Result<(), Impossible> {
        match state {
            RunState::Running => return Err(Impossible::NoEnd),
            RunState::Interrupted => self.view.interrupt(),
            _ => self.close(state)?,
        }
        self.view.state = state;
        self.view.ended = Some(time);
        Ok(())
    }

    fn close(&mut self, state: RunState) -> Result<(), Impossible> {
        let tasks = &self.view.tasks;
        if let Some(task) = tasks.iter().find(|task| !task.state.is_over()) {
            return Err(Impossible::LeftOpen(Task::from(&task.id)));
        }
        let is_done = |task: &&TaskView| match task.state {
            TaskState::Succeeded => true,
            TaskState::Undone => self.view.kind == RunKind::Rollback,
            _ => false,
        };
        let failed = tasks.iter().find(|task| !is_done(task));
        if let (RunState::Succeeded, Some(task)) = (state, failed) {
            return Err(Impossible::NotSucceeded(Task::from(&task.id)));
        }
        let stuck = tasks
            .iter()
            .find(|task| task.state == TaskState::UndoFailed);
        if let (RunState::RolledBack, Some(task)) = (state, stuck) {
            return Err(Impossible::NotUndone(Task::from(&task.id)));
        }
        self.view
            .settle_nodes("the run ended before its facts were read again");
        Ok(())
    }

    fn show(&mut self, node: &Name, view: NodeView) {
        if let Some(shown) = self.view.nodes.get_mut(node) {
            *shown = view;
        }
    }

    fn show_failure(&mut self, node: &Name, failure: &TaskFailure) {
        let state = match failure.class {
            FailureClass::Unreachable => NodeStatus::Unreachable,
            _ => NodeStatus::Error,
        };
        self.show(node, NodeView::new(state, Some(failure.message.clone())));
    }

    fn place(&self, id: &TaskId) -> Result<usize, Impossible> {
        let place = self.places.get(id).copied();
        place.ok_or_else(|| Impossible::UnknownTask(Task::from(id)))
    }

    fn node(&mut self, node: &Name) -> Result<&mut NodeTrack, Impossible> {
        self.nodes
            .get_mut(node)
            .ok_or_else(|| Impossible::UnknownNode(node.clone()))
    }
}

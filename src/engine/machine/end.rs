//! The end of a run: every node is read once more, and what is there decides.

use super::exchange::{Command, Step};
use super::nodes::NodeProgress;
use super::tasks::{Task, TaskState};
use super::{Machine, Phase};
use crate::engine::check::{self, Done, Expected};
use crate::engine::event::{Event, NodeState, RunKind, RunState};
use crate::node::facts::Facts;

impl Machine {
    /// Facts are read again on the nodes of the batch, or on all that are left where
    /// nothing more starts; a node that could not be made ready ends as it is.
    pub(super) fn check_nodes(&mut self, step: &mut Step) {
        let nodes = match self.lineup.batch() {
            Some(batch) => batch.nodes.clone(),
            None => self.nodes.left().collect(),
        };
        for node in nodes {
            match self.nodes.preparation_failure(node) {
                Some((state, reason)) => self.end_node(node, state, Some(reason), step),
                None => {
                    self.nodes.set(node, NodeProgress::Checking);
                    step.commands.push(Command::Check { node });
                }
            }
        }
    }

    pub(super) fn checked(&mut self, node: usize, facts: Result<Facts, String>, step: &mut Step) {
        if !self.nodes.is(node, NodeProgress::Checking) {
            return;
        }
        if self.phase == Phase::Gathering {
            return self.gathered(node, facts, step);
        }
        let (state, reason) = self.node_state(node, facts);
        self.end_node(node, state, reason, step);
    }

    fn end_node(&mut self, node: usize, state: NodeState, reason: Option<String>, step: &mut Step) {
        self.nodes.set(node, NodeProgress::Ended(state));
        let name = self.plan.nodes[node].node.clone();
        step.events.push(Event::NodeEnded {
            node: name,
            state,
            reason: reason.clone(),
        });
        let is_killed = state == NodeState::Error && self.was_killed(node);
        if !matches!(state, NodeState::Ready | NodeState::Stopped) && !is_killed {
            self.nodes.note_bad(node, reason.unwrap_or_default());
            self.handle_bad_node(node, step);
        }
    }

    /// What is on the node counts, not what was sent there; that nobody knows how an
    /// attempt ended outweighs that the node does not answer.
    fn node_state(
        &mut self,
        node: usize,
        facts: Result<Facts, String>,
    ) -> (NodeState, Option<String>) {
        let (worst, reason) = self.worst(node).unzip();
        match (worst, facts) {
            (Some(TaskState::InDoubt), _) => (NodeState::InDoubt, reason),
            (_, Err(error)) => {
                self.doubt_rollback();
                (NodeState::Unreachable, Some(error))
            }
            (Some(TaskState::Failed | TaskState::UndoFailed | TaskState::Killed), _) => {
                (NodeState::Error, reason)
            }
            (Some(TaskState::Undone), Ok(facts)) => self.undone_state(node, &facts),
            (Some(_), _) => (NodeState::Stopped, reason),
            (None, Ok(facts)) => match self.difference(node, &facts) {
                Some(difference) => (NodeState::Error, Some(difference)),
                None => (NodeState::Ready, None),
            },
        }
    }

    /// The worst state of a node's tasks that is not what they were to come to, in words.
    pub(super) fn worst(&self, node: usize) -> Option<(TaskState, String)> {
        let is_done = |state| match state {
            TaskState::Succeeded => true,
            TaskState::Undone => self.identity.kind == RunKind::Rollback,
            _ => false,
        };
        let tasks = self.tasks.of_node(node);
        let bad = tasks.filter(|task| !is_done(task.state));
        // The first of those that are equally bad.
        let worst = bad.reduce(|worst, task| match task.state > worst.state {
            true => task,
            false => worst,
        })?;
        let words = format!("{} {}", worst.id.package, worst.state.word());
        Some((worst.state, words))
    }

    /// A node on which a failed run has undone something.
    fn undone_state(&mut self, node: usize, facts: &Facts) -> (NodeState, Option<String>) {
        if let Some(difference) = self.difference(node, facts) {
            self.doubt_rollback();
            return (NodeState::Error, Some(difference));
        }
        let mut tasks = self.tasks.of_node(node);
        if tasks.any(Task::went_back_by_itself) {
            let reason = "the node went back by itself: nobody confirmed in time";
            return (NodeState::Error, Some(reason.to_owned()));
        }
        let undone = "what the run changed is undone";
        let reasons = self.rollback.as_ref().map(|rollback| &rollback.reasons);
        match reasons.and_then(|reasons| reasons.get(&node)) {
            Some(reason) => (NodeState::Error, Some(format!("{reason}; {undone}"))),
            None => (NodeState::Stopped, Some(undone.to_owned())),
        }
    }

    /// What was done on a node, oldest first: a failed run turns back once, at its end.
    fn done(&self, node: usize) -> Vec<Done> {
        let of = |wanted| {
            let tasks = self.tasks.of_node(node);
            tasks.filter(move |task| task.state == wanted)
        };
        let deployed = |task: &Task| Done::Deployed(task.package);
        let undone = |task: &Task| Done::Undone(task.package);
        match self.identity.kind {
            RunKind::Rollback => {
                let tasks = self.tasks.of_node(node);
                let did = tasks.filter_map(|task| match task.state {
                    TaskState::Succeeded => Some(deployed(task)),
                    TaskState::Undone => Some(undone(task)),
                    _ => None,
                });
                did.collect()
            }
            _ => {
                let back: Vec<Done> = of(TaskState::Undone).map(undone).collect();
                let forward = of(TaskState::Succeeded).map(deployed);
                forward.chain(back.into_iter().rev()).collect()
            }
        }
    }

    fn difference(&self, node: usize, facts: &Facts) -> Option<String> {
        let done = self.done(node);
        let expected = Expected {
            plan: &self.plan,
            node,
            done,
            kind: self.identity.kind,
        };
        check::difference(&expected, facts)
    }

    /// The worst that its nodes say, where it is more than the rollout tolerates. A stop
    /// that left nothing undone stopped nothing.
    pub(super) fn final_state(&self) -> RunState {
        let any = |state| self.nodes.any(NodeProgress::Ended(state));
        let is_bad = any(NodeState::Error) || any(NodeState::Unreachable);
        if any(NodeState::InDoubt) {
            RunState::InDoubt
        } else if let Some(is_rolled_back) = self.is_rolled_back() {
            match is_rolled_back {
                true => RunState::RolledBack,
                false => RunState::RollbackFailed,
            }
        } else if is_bad && self.identity.kind == RunKind::Rollback {
            RunState::RollbackFailed
        } else if self.limits.are_exceeded() {
            self.failed_state()
        } else if any(NodeState::Stopped) || self.any_killed() {
            RunState::Stopped
        } else if is_bad || self.plan.leaves_something() {
            RunState::Partial
        } else {
            RunState::Succeeded
        }
    }
}

//! The end of a run: every node is read once more, and what is there decides.

use super::Machine;
use super::exchange::{Command, Step};
use super::nodes::NodeProgress;
use super::tasks::TaskState;
use crate::engine::check::{self, Expected};
use crate::engine::event::{Event, NodeState, RunState};
use crate::node::facts::Facts;

impl Machine {
    /// Facts are read again wherever the run may have changed something; the other nodes
    /// end as they are.
    pub(super) fn check_nodes(&mut self, step: &mut Step) {
        for node in self.nodes.with_work().collect::<Vec<_>>() {
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
        let (state, reason) = self.node_state(node, facts);
        self.end_node(node, state, reason, step);
    }

    fn end_node(&mut self, node: usize, state: NodeState, reason: Option<String>, step: &mut Step) {
        self.nodes.set(node, NodeProgress::Ended(state));
        let node = self.plan.nodes[node].node.clone();
        step.events.push(Event::NodeEnded {
            node,
            state,
            reason,
        });
    }

    /// What is on the node counts, not what was sent there; that nobody knows how an
    /// attempt ended outweighs that the node does not answer.
    fn node_state(&self, node: usize, facts: Result<Facts, String>) -> (NodeState, Option<String>) {
        let tasks = || self.tasks.of_node(node);
        let worst = tasks()
            .map(|task| task.state)
            .filter(|state| *state != TaskState::Succeeded)
            .max();
        let concerned = tasks()
            .find(|task| Some(task.state) == worst)
            .map(|task| &task.id.package);
        let reason = concerned
            .zip(worst)
            .map(|(package, state)| format!("{package} {}", state.word()));
        match (worst, facts) {
            (Some(TaskState::InDoubt), _) => (NodeState::InDoubt, reason),
            (_, Err(error)) => (NodeState::Unreachable, Some(error)),
            (Some(TaskState::Failed | TaskState::Killed), _) => (NodeState::Error, reason),
            (Some(_), _) => (NodeState::Stopped, reason),
            (None, Ok(facts)) => match self.difference(node, &facts) {
                Some(difference) => (NodeState::Error, Some(difference)),
                None => (NodeState::Ready, None),
            },
        }
    }

    fn difference(&self, node: usize, facts: &Facts) -> Option<String> {
        let done = self.tasks.of_node(node).map(|task| task.package).collect();
        let expected = Expected {
            plan: &self.plan,
            node,
            done,
            kind: self.identity.kind,
        };
        check::difference(&expected, facts)
    }

    /// The worst that its nodes say. A stop that left nothing undone stopped nothing.
    pub(super) fn final_state(&self) -> RunState {
        let any = |state| self.nodes.any(NodeProgress::Ended(state));
        if any(NodeState::InDoubt) {
            RunState::InDoubt
        } else if any(NodeState::Unreachable) || self.any_node_failed() {
            RunState::Failed
        } else if any(NodeState::Stopped) || any(NodeState::Error) {
            RunState::Stopped
        } else if self.plan.skips_a_node() {
            RunState::Partial
        } else {
            RunState::Succeeded
        }
    }
}

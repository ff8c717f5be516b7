//! What is tried again, how often, and what waits for it. The table of failures decides.

use std::collections::BTreeMap;

use super::Machine;
use super::exchange::Wait;
use super::tasks::Direction;
use crate::engine::event::{Act, Ending, RunKind, TaskFailure};
use crate::failure::{self, FailureClass, Patience};

/// One more attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Retry {
    /// Its number.
    pub(super) attempt: u32,
    /// How many there can be.
    pub(super) attempts: u32,
    /// How long to wait before it.
    pub(super) pause_seconds: u32,
}

/// What has failed and is to be tried again.
#[derive(Clone, Debug)]
pub(super) enum Unsettled {
    Node(TaskFailure),
    Task { ending: Ending, act: Act },
}

/// The retries of a run.
#[derive(Debug, Default)]
pub(super) struct Retries {
    /// How often each thing was tried again, for a class.
    tried: BTreeMap<(Wait, FailureClass), u32>,
    /// How many retries were spent over all nodes.
    spent: BTreeMap<FailureClass, u32>,
    waiting: BTreeMap<Wait, Unsettled>,
}

impl Retries {
    /// Another attempt to put the payloads on a node, if there is one left.
    pub(super) fn of_node(&mut self, node: usize, class: FailureClass) -> Option<Retry> {
        match class.row().retry {
            failure::Retry::Within(patience) => self.spend(Wait::Node { node }, class, patience),
            _ => None,
        }
    }

    fn spend(&mut self, what: Wait, class: FailureClass, patience: Patience) -> Option<Retry> {
        let tried = self.tried.entry((what, class)).or_default();
        let spent = self.spent.entry(class).or_default();
        let attempt = *tried + 2;
        if attempt > patience.attempts || *spent >= patience.budget {
            return None;
        }
        (*tried, *spent) = (*tried + 1, *spent + 1);
        Some(Retry {
            attempt,
            attempts: patience.attempts,
            pause_seconds: patience.pause_before(attempt),
        })
    }

    pub(super) fn wait(&mut self, wait: Wait, unsettled: Unsettled) {
        self.waiting.insert(wait, unsettled);
    }

    pub(super) fn take(&mut self, wait: Wait) -> Option<Unsettled> {
        self.waiting.remove(&wait)
    }

    /// Takes everything that would begin something on a node.
    pub(super) fn take_starts(&mut self) -> BTreeMap<Wait, Unsettled> {
        let begins = |unsettled: &Unsettled| match unsettled {
            Unsettled::Node(_) => true,
            Unsettled::Task { act, .. } => matches!(act, Act::Start { .. }),
        };
        let waiting = std::mem::take(&mut self.waiting).into_iter();
        let (taken, kept) = waiting.partition(|(_, unsettled)| begins(unsettled));
        self.waiting = kept;
        taken
    }
}

impl Machine {
    /// What to do again, and when, after an act that did not succeed. A dry run keeps
    /// nothing on a node that could be asked for, and its checks do no harm if run by hand.
    pub(super) fn plan_retry(&mut self, task: usize, ending: &Ending) -> Option<(Act, Retry)> {
        if self.identity.kind == RunKind::DryRun {
            return None;
        }
        let act = self.act_again(task, ending)?;
        if self.ending.is_some() && matches!(act, Act::Start { .. }) {
            return None;
        }
        let class = ending.failure()?.class;
        let bundle = &self.plan.packages[self.tasks[task].package].bundle;
        let patience = match class.row().retry {
            failure::Retry::Within(patience) => patience,
            failure::Retry::Idempotent(patience) if bundle.idempotent => Patience {
                attempts: self.plan.rollout.step_retries.saturating_add(1),
                ..patience
            },
            _ => return None,
        };
        let retry = self.retries.spend(Wait::Task { task }, class, patience)?;
        Some((act, retry))
    }

    /// An attempt that is lost is asked for, never started again: only one that surely did
    /// not succeed has a successor. Nothing reboots twice, and nothing is undone twice.
    fn act_again(&self, task: usize, ending: &Ending) -> Option<Act> {
        let task = &self.tasks[task];
        if task.direction == Direction::Back {
            return None;
        }
        match (&task.act, ending) {
            (Act::Start { number }, Ending::InDoubt(_)) => Some(Act::TakeUp {
                run: self.identity.run.clone(),
                number: *number,
            }),
            (Act::TakeUp { .. } | Act::Finish { .. }, Ending::InDoubt(_)) => Some(task.act.clone()),
            (Act::Start { .. } | Act::TakeUp { .. }, Ending::Failed(_)) => Some(Act::Start {
                number: task.started + 1,
            }),
            _ => None,
        }
    }
}

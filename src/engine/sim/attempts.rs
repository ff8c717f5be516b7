//! What a simulated node remembers of its attempts.

use std::sync::Arc;
use std::time::Duration;

use crate::digest::Digest;
use crate::node::attempt::{
    AttemptId, AttemptRecord, AttemptRequest, AttemptState, Commit, Receipt,
};
use crate::tag::ReleaseTag;

/// Every attempt that was started on a node. There are few, and the last ones are asked
/// for.
#[derive(Debug, Default)]
pub(super) struct Attempts(Vec<Attempt>);

/// An attempt that was started.
#[derive(Debug)]
pub(super) struct Attempt {
    id: AttemptId,
    tag: ReleaseTag,
    digest: Digest,
    /// What its end needs; none once it has ended.
    pub(super) work: Option<Box<Work>>,
    pub(super) state: State,
    /// How often its steps were run.
    pub(super) executions: u32,
}

/// What an attempt was asked to do, and where it began.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) request: Arc<AttemptRequest>,
    /// What the records said at its beginning: how many releases, and the stage.
    pub(super) before: (usize, Option<String>),
}

#[derive(Clone, Debug)]
pub(super) enum State {
    /// Its processes work until then.
    Running {
        until: Duration,
        receipt: Receipt,
        /// What it goes back to where the power fails: a verify after the reboot.
        awaited: Option<Box<Receipt>>,
    },
    /// The steps have ended; the records are written by whoever asks next.
    Unrecorded(Receipt),
    Awaiting(Receipt),
    Ended(Receipt),
    Vanished,
}

impl Attempts {
    pub(super) fn get(&self, id: &AttemptId) -> Option<&Attempt> {
        self.0.iter().rfind(|attempt| attempt.id == *id)
    }

    pub(super) fn get_mut(&mut self, id: &AttemptId) -> Option<&mut Attempt> {
        self.0.iter_mut().rfind(|attempt| attempt.id == *id)
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Attempt> {
        self.0.iter_mut()
    }

    /// Remembers an attempt, in the place of one of the same name.
    pub(super) fn keep(&mut self, attempt: Attempt) {
        match self.get_mut(&attempt.id) {
            Some(known) => *known = attempt,
            None => {
                self.0.reserve_exact(1);
                self.0.push(attempt);
            }
        }
    }
}

impl Attempt {
    pub(super) fn new(work: Work, state: State, executions: u32) -> Self {
        let request = &work.request;
        Self {
            id: request.id.clone(),
            tag: request.tag.clone(),
            digest: request.digest.clone(),
            work: Some(Box::new(work)),
            state,
            executions,
        }
    }

    /// What a probe finds of it.
    pub(super) fn record(&self) -> AttemptRecord {
        AttemptRecord {
            id: self.id.clone(),
            tag: self.tag.clone(),
            digest: self.digest.clone(),
            state: match &self.state {
                State::Running { .. } => AttemptState::Running,
                State::Unrecorded(_) => AttemptState::Unrecorded,
                State::Awaiting(receipt) => AttemptState::AwaitingReboot(receipt.boot_id.clone()),
                State::Ended(receipt) => AttemptState::Ended(receipt.clone()),
                State::Vanished => AttemptState::Vanished,
            },
        }
    }

    /// Whether it is over as soon as its steps are.
    pub(super) fn is_at_once(&self) -> bool {
        let commit = self.work.as_ref().map(|work| &work.request.commit);
        !matches!(commit, Some(Commit::AfterReboot { .. }))
    }
}

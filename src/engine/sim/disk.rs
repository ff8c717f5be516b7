//! What a simulated node keeps: its files, its receipts, its boot. It follows the
//! runner's rules, in memory and on a clock that it is told.

use std::sync::Arc;
use std::time::Duration;

use super::attempts::{Attempt, Attempts, State, Work};
use super::chance::Course;
use super::sabotage::Sabotage;
use crate::digest::Digest;
use crate::node::attempt::{
    AttemptId, AttemptOutcome, AttemptRequest, AttemptState, Commit, Receipt, Records, StepKind,
};
use crate::node::facts::{BootId, Facts, ReleaseLine, ReleaseOutcome};
use crate::node::{NodeError, TakeUp};

/// One node's disk and processes.
#[derive(Debug)]
pub(super) struct Disk {
    facts: Facts,
    boots: u32,
    attempts: Attempts,
    last: Option<AttemptId>,
    sabotage: Option<Sabotage>,
}

/// What is heard of an attempt.
#[derive(Clone, Debug)]
pub(super) enum Heard {
    /// How it ended, or that it waits for its reboot.
    Receipt(Receipt),
    /// It goes on until then.
    Runs(Duration),
}

impl Disk {
    pub(super) fn new(facts: Facts, sabotage: Option<Sabotage>) -> Self {
        Self {
            facts,
            boots: 0,
            attempts: Attempts::default(),
            last: None,
            sabotage,
        }
    }

    /// Takes over an attempt that was begun before the rehearsal.
    pub(super) fn inherit(&mut self, request: Arc<AttemptRequest>, state: &AttemptState) {
        let id = request.id.clone();
        let receipt = self.receipt(&request, AttemptOutcome::Succeeded, Duration::ZERO);
        let state = match state {
            AttemptState::Running | AttemptState::Unrecorded => State::Unrecorded(receipt),
            AttemptState::AwaitingReboot(boot) => State::Awaiting(Receipt {
                outcome: AttemptOutcome::AwaitingReboot,
                boot_id: boot.clone(),
                ..receipt
            }),
            AttemptState::Ended(receipt) => State::Ended(receipt.clone()),
            AttemptState::Vanished => State::Vanished,
        };
        self.keep(request, state, 0);
        self.last = Some(id);
    }

    /// What a probe finds.
    pub(super) fn facts(&mut self, now: Duration) -> Facts {
        self.settle(now);
        let mut facts = self.facts.clone();
        let last = self.last.as_ref().and_then(|id| self.attempts.get(id));
        if let Some(attempt) = last {
            facts.last_attempt = Some(attempt.record());
        }
        facts
    }

    pub(super) fn boot(&self) -> &BootId {
        &self.facts.boot_id
    }

    /// What the node's files say now.
    pub(super) fn recorded(&self) -> &Facts {
        &self.facts
    }

    /// The attempt that was started last.
    pub(super) fn last(&self) -> Option<&AttemptId> {
        self.last.as_ref()
    }

    pub(super) fn executions(&self, id: &AttemptId) -> u32 {
        self.attempts
            .get(id)
            .map_or(0, |attempt| attempt.executions)
    }

    /// The end of an attempt, where there is one.
    pub(super) fn ended(&self, id: &AttemptId) -> Option<&Receipt> {
        match &self.attempts.get(id)?.state {
            State::Ended(receipt) => Some(receipt),
            _ => None,
        }
    }

    pub(super) fn upload(&mut self, payloads: impl IntoIterator<Item = Digest>) {
        self.facts.payloads.extend(payloads);
    }

    /// Starts an attempt, once, unless a newer run was here or another attempt works.
    pub(super) fn start(
        &mut self,
        request: &Arc<AttemptRequest>,
        course: Course,
        now: Duration,
    ) -> Result<Heard, NodeError> {
        self.settle(now);
        self.may_start(request)?;
        let until = now + course.lasts;
        let receipt = self.receipt(request, course.outcome, until);
        let executions = self.executions(&request.id) + 1;
        let awaited = None;
        let state = State::Running {
            until,
            receipt,
            awaited,
        };
        self.keep(Arc::clone(request), state, executions);
        if request.commit != Commit::Never {
            self.facts.epoch = request.epoch;
            self.last = Some(request.id.clone());
        }
        Ok(Heard::Runs(until))
    }

    fn may_start(&self, request: &AttemptRequest) -> Result<(), NodeError> {
        self.refuse_older(request.epoch)?;
        let forgets = |what| self.sabotage == Some(what);
        let is_known = self.attempts.get(&request.id).is_some();
        if is_known && !forgets(Sabotage::ForgetsAttempts) {
            return Err(NodeError::AlreadyStarted);
        }
        if !self.facts.payloads.contains(&request.payload) {
            return Err(NodeError::State("the payload is not on the node".into()));
        }
        match forgets(Sabotage::ForgetsAttempts) {
            true => Ok(()),
            false => self.refuse_busy(),
        }
    }

    fn refuse_older(&self, epoch: u64) -> Result<(), NodeError> {
        let seen = self.facts.epoch;
        match epoch < seen && self.sabotage != Some(Sabotage::ForgetsEpochs) {
            true => Err(NodeError::StaleEpoch { seen, ours: epoch }),
            false => Ok(()),
        }
    }

    /// From here on older runs are refused.
    fn take_up(&mut self, attempt: &TakeUp) -> Result<(), NodeError> {
        if self.attempts.get(&attempt.id).is_none() {
            return Err(NodeError::UnknownAttempt);
        }
        self.refuse_older(attempt.epoch)?;
        self.facts.epoch = attempt.epoch;
        Ok(())
    }

    fn refuse_busy(&self) -> Result<(), NodeError> {
        let Some(id) = &self.last else { return Ok(()) };
        match self.attempts.get(id).map(|attempt| &attempt.state) {
            Some(State::Running { .. } | State::Unrecorded(_)) => {
                Err(NodeError::Busy(Box::new(id.clone())))
            }
            _ => Ok(()),
        }
    }

    /// Takes up an attempt, and says how it stands.
    pub(super) fn follow(&mut self, attempt: &TakeUp, now: Duration) -> Result<Heard, NodeError> {
        self.take_up(attempt)?;
        self.hear(&attempt.id, now)
    }

    /// Says how an attempt stands, after writing what is left of it.
    pub(super) fn hear(&mut self, id: &AttemptId, now: Duration) -> Result<Heard, NodeError> {
        self.settle(now);
        let Some(attempt) = self.attempts.get(id) else {
            return Err(NodeError::UnknownAttempt);
        };
        match attempt.state.clone() {
            State::Running { receipt, .. } if self.sabotage == Some(Sabotage::SpeaksTooSoon) => {
                Ok(Heard::Receipt(receipt))
            }
            State::Running { until, .. } => Ok(Heard::Runs(until)),
            State::Unrecorded(receipt) => {
                self.conclude(id, receipt, None);
                self.hear(id, now)
            }
            State::Awaiting(receipt) | State::Ended(receipt) => Ok(Heard::Receipt(receipt)),
            State::Vanished => Err(NodeError::Vanished),
        }
    }

    /// After a reboot: verifies and records an attempt that waits for it.
    pub(super) fn finish(
        &mut self,
        attempt: &TakeUp,
        course: Course,
        now: Duration,
    ) -> Result<Heard, NodeError> {
        let heard = self.follow(attempt, now)?;
        let boot = self.facts.boot_id.clone();
        let Some(attempt) = self.attempts.get_mut(&attempt.id) else {
            return Err(NodeError::UnknownAttempt);
        };
        let State::Awaiting(awaited) = attempt.state.clone() else {
            return Ok(heard);
        };
        if awaited.boot_id == boot {
            return Err(NodeError::SameBoot(boot));
        }
        let until = now + course.lasts;
        let receipt = Receipt {
            boot_id: boot,
            outcome: course.outcome,
            ..awaited.clone()
        };
        let awaited = Some(Box::new(awaited));
        attempt.state = State::Running {
            until,
            receipt,
            awaited,
        };
        Ok(Heard::Runs(until))
    }

    /// Ends the steps of an attempt that works; one that does not is left as it is.
    pub(super) fn stop(&mut self, attempt: &TakeUp, now: Duration) -> Result<(), NodeError> {
        self.take_up(attempt)?;
        self.settle(now);
        let state = self.attempts.get(&attempt.id);
        let state = state.map(|attempt| &attempt.state);
        if let Some(State::Running {
            receipt, awaited, ..
        }) = state
        {
            let step = match awaited {
                Some(_) => StepKind::Verify,
                None => StepKind::Deploy,
            };
            let receipt = Receipt {
                outcome: AttemptOutcome::Stopped { step },
                ..receipt.clone()
            };
            let awaited = awaited.clone();
            self.conclude(&attempt.id, receipt, awaited);
        }
        Ok(())
    }

    /// Says whether the node may go down on a request; from here on older runs are refused.
    pub(super) fn may_reboot(&mut self, epoch: u64, now: Duration) -> Result<(), NodeError> {
        self.settle(now);
        self.refuse_older(epoch)?;
        self.refuse_busy()?;
        self.facts.epoch = epoch;
        Ok(())
    }

    /// The power is gone: what works now leaves its outcome, or nothing.
    pub(super) fn lose_power(&mut self, now: Duration, leaves_outcome: bool) {
        self.settle(now);
        for attempt in self.attempts.iter_mut() {
            let State::Running {
                receipt, awaited, ..
            } = &attempt.state
            else {
                continue;
            };
            attempt.state = match awaited {
                Some(awaited) => State::Awaiting(Receipt::clone(awaited)),
                None if leaves_outcome && attempt.is_at_once() => {
                    State::Unrecorded(receipt.clone())
                }
                None => State::Vanished,
            };
        }
    }

    /// The node begins another boot.
    pub(super) fn boot_anew(&mut self) {
        self.boots += 1;
        self.facts.boot_id = BootId(format!("simulated-boot-{}", self.boots));
    }

    /// Brings what has ended by now to its end.
    fn settle(&mut self, now: Duration) {
        let Some(id) = self.last.clone() else { return };
        let Some(attempt) = self.attempts.get(&id) else {
            return;
        };
        if let State::Running {
            until,
            receipt,
            awaited,
        } = &attempt.state
            && *until <= now
        {
            let (receipt, awaited) = (receipt.clone(), awaited.clone());
            self.conclude(&id, receipt, awaited);
        }
    }

    /// Writes the records of a success, and the receipt.
    fn conclude(&mut self, id: &AttemptId, mut receipt: Receipt, awaited: Option<Box<Receipt>>) {
        let Some(attempt) = self.attempts.get_mut(id) else {
            return;
        };
        let succeeded = receipt.outcome == AttemptOutcome::Succeeded;
        if succeeded && awaited.is_none() && !attempt.is_at_once() {
            receipt.outcome = AttemptOutcome::AwaitingReboot;
            attempt.state = State::Awaiting(receipt);
            return;
        }
        if let Some(work) = attempt.work.take().filter(|_| succeeded) {
            receipt.outcome = self.record(&work.request, work.before);
        }
        if let Some(attempt) = self.attempts.get_mut(id) {
            attempt.state = State::Ended(receipt);
        }
    }

    /// Adds the release and sets the stage, unless somebody else wrote there meanwhile.
    fn record(
        &mut self,
        request: &AttemptRequest,
        before: (usize, Option<String>),
    ) -> AttemptOutcome {
        let Some(records) = records(&request.commit) else {
            return AttemptOutcome::Succeeded;
        };
        let component = request.id.component.clone();
        let recorded = self.facts.components.entry(component).or_default();
        if (recorded.releases.len(), recorded.stage.clone()) != before {
            let reason = format!("{} was changed while the steps ran", records.releases);
            return AttemptOutcome::RecordRefused { reason };
        }
        let outcome = records.release.outcome;
        let forgets = match outcome {
            ReleaseOutcome::Deployed => Sabotage::ForgetsReleases,
            ReleaseOutcome::RolledBack => Sabotage::StaysForward,
        };
        if self.sabotage == Some(forgets) {
            return AttemptOutcome::Succeeded;
        }
        if let Some((_, stage)) = &records.stage {
            recorded.stage = Some(stage.clone());
        }
        recorded.releases.push(ReleaseLine {
            // Nobody asks for it, and there are many lines.
            time: String::new(),
            package: request.id.package.clone(),
            bundle: request.bundle.clone(),
            tag: records.release.tag.clone(),
            digest: records.release.digest.clone(),
            run: request.id.run.clone(),
            outcome,
        });
        AttemptOutcome::Succeeded
    }

    fn keep(&mut self, request: Arc<AttemptRequest>, state: State, executions: u32) {
        let recorded = self.facts.components.get(&request.id.component);
        let before = recorded.map_or((0, None), |recorded| {
            (recorded.releases.len(), recorded.stage.clone())
        });
        let work = Work { request, before };
        self.attempts.keep(Attempt::new(work, state, executions));
    }

    fn receipt(
        &self,
        request: &AttemptRequest,
        outcome: AttemptOutcome,
        until: Duration,
    ) -> Receipt {
        let ended = i64::try_from(until.as_secs()).unwrap_or(i64::MAX);
        Receipt {
            id: request.id.clone(),
            epoch: request.epoch,
            digest: match records(&request.commit) {
                Some(records) => records.release.digest.clone(),
                None => request.digest.clone(),
            },
            boot_id: self.facts.boot_id.clone(),
            // Nobody asks a simulated receipt for it, and there are many.
            journal_head: String::new(),
            started: ended,
            ended,
            outcome,
            log_bytes: 0,
        }
    }
}

fn records(commit: &Commit) -> Option<&Records> {
    match commit {
        Commit::Never => None,
        Commit::AfterSteps(records) | Commit::AfterReboot { records, .. } => Some(records),
    }
}

//! Chance, from a seed: which faults strike, and how long things take.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::time::Duration;

use super::errand::Errand;
use super::fault::Fault;
use crate::engine::event::StopAfter;
use crate::node::attempt::{AttemptOutcome, StepKind};

/// Everything that is left to chance in one rehearsal. The same seed gives the same
/// answers to the same questions.
#[derive(Debug)]
pub(super) struct Chance {
    draws: fastrand::Rng,
    kinds: BTreeSet<Fault>,
    /// How many faults may still strike.
    left: u32,
    struck: BTreeMap<Fault, u32>,
    is_calm: bool,
}

/// How an attempt will go.
#[derive(Clone, Debug)]
pub(super) struct Course {
    pub(super) lasts: Duration,
    pub(super) outcome: AttemptOutcome,
}

impl Chance {
    pub(super) fn new(seed: u64, kinds: BTreeSet<Fault>, most: u32) -> Self {
        Self {
            draws: fastrand::Rng::with_seed(seed),
            kinds,
            left: most,
            struck: BTreeMap::new(),
            is_calm: false,
        }
    }

    /// From now on nothing goes wrong any more.
    pub(super) fn calm(&mut self) {
        self.is_calm = true;
    }

    /// Says whether a fault strikes where it does once in `often` times. Where fewer
    /// faults may strike, the first ones are the same.
    pub(super) fn strikes(&mut self, fault: Fault, often: u32) -> bool {
        if self.is_calm || !self.kinds.contains(&fault) {
            return false;
        }
        let strikes = self.draws.u32(0..often) == 0 && self.left > 0;
        if strikes {
            self.left -= 1;
            *self.struck.entry(fault).or_default() += 1;
        }
        strikes
    }

    /// How often each kind has struck.
    pub(super) fn struck(&self) -> &BTreeMap<Fault, u32> {
        &self.struck
    }

    pub(super) fn below(&mut self, end: u32) -> u32 {
        self.draws.u32(0..end.max(1))
    }

    pub(super) fn milliseconds(&mut self, range: Range<u64>) -> Duration {
        Duration::from_millis(self.draws.u64(range))
    }

    /// Whether any fault has struck.
    pub(super) fn has_struck(&self) -> bool {
        !self.struck.is_empty()
    }

    /// What the operator does next.
    pub(super) fn errand(&mut self) -> Errand {
        match self.below(6) {
            0 | 1 => Errand::Resume,
            2 => Errand::Rollback,
            _ => Errand::Deploy,
        }
    }

    /// How much a stop lets finish.
    pub(super) fn stop_after(&mut self) -> StopAfter {
        match self.below(4) {
            0 => StopAfter::Package,
            1 => StopAfter::Node,
            _ => StopAfter::Task,
        }
    }

    /// How long a message takes when nothing is wrong.
    pub(super) fn latency(&mut self) -> Duration {
        self.milliseconds(1..30)
    }

    /// How an attempt goes that starts now.
    pub(super) fn course(&mut self) -> Course {
        let lasts = self.milliseconds(200..20_000);
        let outcome = match self.strikes(Fault::Step, 40) {
            true => self.failure(),
            false => AttemptOutcome::Succeeded,
        };
        Course { lasts, outcome }
    }

    fn failure(&mut self) -> AttemptOutcome {
        let step = StepKind::Deploy;
        match self.below(3) {
            0 => AttemptOutcome::Exited { step, code: 1 },
            1 => AttemptOutcome::Signalled { step, signal: 9 },
            _ => AttemptOutcome::TimedOut { step },
        }
    }
}

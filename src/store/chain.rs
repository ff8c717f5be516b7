//! The hash chain of a journal: a changed, missing or moved event is found.

use sha2::{Digest as _, Sha256};

use super::run::RunRecord;
use crate::digest::Digest;
use crate::name::Name;

/// One event, as it is written.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub(super) seq: u64,
    pub(super) time: String,
    pub(super) previous: String,
    pub(super) hash: String,
    pub(super) event: String,
}

impl Link {
    /// Continues the chain with an event.
    pub(super) fn new(run: &Name, previous: &str, seq: u64, time: String, event: String) -> Self {
        let hash = hash(run, previous, seq, &time, &event);
        Self {
            seq,
            time,
            previous: previous.to_owned(),
            hash,
            event,
        }
    }

    /// Whether it says what it said when it was written.
    pub(super) fn is_sound(&self, run: &Name) -> bool {
        self.hash == hash(run, &self.previous, self.seq, &self.time, &self.event)
    }
}

/// The hash before the first event: of the run's record and plan, so that they cannot be
/// changed either.
pub(super) fn genesis(record: &RunRecord, plan: &Digest) -> String {
    digest(&[
        record.run.as_str(),
        record.mzone.as_str(),
        record.kind.word(),
        &record.epoch.to_string(),
        record.manifest.as_str(),
        &record.begun.to_string(),
        plan.hex(),
    ])
}

fn hash(run: &Name, previous: &str, seq: u64, time: &str, event: &str) -> String {
    digest(&[previous, run.as_str(), &seq.to_string(), time, event])
}

/// Each part goes in with its length, so that no two lists of parts are alike.
fn digest(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    Digest::finish(hasher).hex().to_owned()
}

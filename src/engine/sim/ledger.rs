//! The journal of one simulated run, with the fold and the second opinion that read along,
//! and what is to befall the run on the way.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc::UnboundedSender;

use super::model::Model;
use crate::engine::driver::Signal;
use crate::engine::event::{Event, StopAfter};
use crate::engine::machine::RunIdentity;
use crate::plan::Plan;
use crate::store::RunRecord;
use crate::store::fold::{Fold, FoldError};

/// One run as the controller's disk has it.
pub(super) struct Ledger {
    pub(super) identity: RunIdentity,
    pub(super) plan: Arc<Plan>,
    pub(super) fold: Fold,
    pub(super) refused: Option<FoldError>,
    pub(super) model: Model,
    /// How many events are durable.
    pub(super) durable: u64,
    /// How many were said to be.
    pub(super) acknowledged: u64,
    /// What becomes of the run, and at which event.
    pub(super) mishaps: Vec<Mishap>,
    pub(super) reins: Reins,
    /// The process that wrote it is no more.
    pub(super) is_dead: bool,
}

/// How a run is told what happens to it.
#[derive(Debug)]
pub(super) struct Reins {
    pub(super) signals: UnboundedSender<Signal>,
    pub(super) ends: UnboundedSender<SuddenEnd>,
}

/// Something that happens to a run at one of its events.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mishap {
    pub(super) at: u64,
    pub(super) what: Happening,
}

/// What can happen to a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Happening {
    /// The controller dies before the event is durable.
    DeathBefore,
    /// The controller dies when the event is durable, and before anything is done.
    DeathAfter,
    /// The controller dies some time after.
    DeathLater(Duration),
    /// The operator leaves without waiting.
    Abandoned,
    /// The controller is taken for dead.
    Forsaken,
    /// The operator asks for a stop.
    Stop(StopAfter),
    /// The operator wants what runs to end.
    Kill,
}

/// An end of a controller that its run does not know of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SuddenEnd {
    /// It is dead.
    Dead,
    /// It is taken for dead, and goes on.
    Forsaken,
}

impl Ledger {
    pub(super) fn new(plan: Arc<Plan>, identity: RunIdentity, reins: Reins) -> Self {
        let record = RunRecord {
            run: identity.run.clone(),
            mzone: plan.mzone.clone(),
            kind: identity.kind,
            epoch: identity.epoch,
            manifest: "rehearsal.hjson".into(),
            begun: Timestamp::UNIX_EPOCH,
        };
        Self {
            identity,
            model: Model::of(&plan),
            plan,
            fold: Fold::new(&record),
            refused: None,
            durable: 0,
            acknowledged: 0,
            mishaps: Vec::new(),
            reins,
            is_dead: false,
        }
    }

    /// What happens to the run while these many further events are written, once each.
    pub(super) fn due(&mut self, events: usize) -> Vec<Happening> {
        let reached = self.acknowledged + events as u64;
        let (due, later) = self.mishaps.iter().partition(|mishap| mishap.at <= reached);
        self.mishaps = later;
        let due: Vec<Mishap> = due;
        due.into_iter().map(|mishap| mishap.what).collect()
    }

    /// Makes one event durable.
    pub(super) fn keep(&mut self, event: &Event) {
        self.durable += 1;
        let folded = self
            .fold
            .apply_event(self.durable, Timestamp::UNIX_EPOCH, event);
        if let (None, Err(error)) = (&self.refused, folded) {
            self.refused = Some(error);
        }
        self.model.follow(event);
    }

    /// The name of the journal's end, as a request carries it to a node.
    pub(super) fn head(&self) -> String {
        format!("{}:{}", self.identity.run, self.acknowledged)
    }

    /// Whether the journal holds all that it held at this end.
    pub(super) fn reaches(&self, head: &str) -> bool {
        let seq = head.rsplit_once(':').and_then(|(_, seq)| seq.parse().ok());
        seq.is_some_and(|seq: u64| seq <= self.durable)
    }
}

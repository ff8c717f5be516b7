//! Journals against receipts: two records of the same attempts, kept by machines that do
//! not trust each other. Pure: both are handed in.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::event::{Act, Ending, Event, TaskId};
use super::outcome::of_receipt;
use crate::failure::FailureClass;
use crate::name::Name;
use crate::node::attempt::{AttemptId, AttemptRecord, AttemptState, Receipt};

/// What journals say of every attempt, on every node.
#[derive(Debug, Default)]
pub struct Ledger {
    attempts: BTreeMap<(Name, AttemptId), Told>,
    /// What goes on, by run and task.
    doing: BTreeMap<(Name, TaskId), AttemptId>,
}

/// What journals say of one attempt.
#[derive(Clone, Debug, Default)]
struct Told {
    /// How it ended, as far as they heard; the last word counts.
    ending: Option<Ending>,
}

/// What one node says of a run's attempts.
pub struct Testimony<'a> {
    /// The run.
    pub run: &'a Name,
    /// The node.
    pub node: &'a Name,
    /// Its attempts of that run.
    pub records: &'a [AttemptRecord],
    /// Whether the run's journal ever had a head.
    pub knows_head: &'a dyn Fn(&str) -> bool,
}

/// Where a journal and a node's receipts disagree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Discrepancy {
    /// The node.
    pub node: Name,
    /// The attempt.
    pub attempt: AttemptId,
    /// How they disagree.
    pub kind: DiscrepancyKind,
}

/// How a journal and a receipt disagree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum DiscrepancyKind {
    /// The node began an attempt of which the journal knows nothing: it was cut.
    NoIntent,
    /// The receipt names a head that the journal never had: it was cut, or written anew.
    UnknownHead,
    /// The journal says how it ended, and the node has no receipt of that.
    NoReceipt,
    /// They tell of different ends.
    OtherOutcome {
        /// By the journal.
        journal: String,
        /// By the receipt.
        receipt: String,
    },
    /// It ended when nobody listened any more: as it should be, after a run that died.
    Unheard {
        /// By the receipt.
        receipt: String,
    },
}

impl DiscrepancyKind {
    /// Whether a record was lost or changed.
    pub fn is_damage(&self) -> bool {
        !matches!(self, Self::Unheard { .. })
    }
}

impl fmt::Display for Discrepancy {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let AttemptId {
            package, number, ..
        } = &self.attempt;
        write!(out, "{package} on {} (attempt {number}): ", self.node)?;
        match &self.kind {
            DiscrepancyKind::NoIntent => {
                out.write_str("the node began it, and the journal knows nothing of it")
            }
            DiscrepancyKind::UnknownHead => {
                out.write_str("its receipt names a head that the journal does not have")
            }
            DiscrepancyKind::NoReceipt => {
                out.write_str("the journal says how it ended, and the node has no receipt")
            }
            DiscrepancyKind::OtherOutcome { journal, receipt } => {
                write!(out, "the journal says {journal}, the receipt {receipt}")
            }
            DiscrepancyKind::Unheard { receipt } => {
                write!(out, "it {receipt} after its run had died")
            }
        }
    }
}

impl Ledger {
    /// Takes the next event of a run. Runs are taken in the order in which they began.
    pub fn take(&mut self, run: &Name, event: &Event) {
        match event {
            Event::Intended { task, act } => self.begin(run, task, act),
            Event::Ended { task, ending } => self.end(run, task, ending),
            Event::Retrying {
                task: Some(task),
                failure,
                ..
            } => self.end(run, task, &Ending::Failed(failure.clone())),
            _ => {}
        }
    }

    fn begin(&mut self, run: &Name, task: &TaskId, act: &Act) {
        let (of, number) = match act {
            Act::Start { number } | Act::Undo { number } => (run, number),
            Act::TakeUp { run, number } | Act::Finish { run, number } => (run, number),
            Act::Reboot { .. } => return,
        };
        let attempt = AttemptId {
            run: of.clone(),
            component: task.component.clone(),
            package: task.package.clone(),
            number: *number,
        };
        let known = (task.node.clone(), attempt.clone());
        self.attempts.entry(known).or_default();
        self.doing.insert((run.clone(), task.clone()), attempt);
    }

    /// Of a reboot there is no receipt: its end says nothing of the attempt.
    fn end(&mut self, run: &Name, task: &TaskId, ending: &Ending) {
        let Some(attempt) = self.doing.remove(&(run.clone(), task.clone())) else {
            return;
        };
        let told = self.attempts.entry((task.node.clone(), attempt));
        told.or_default().ending = Some(ending.clone());
    }

    /// Where the journals and a node disagree on a run's attempts.
    pub fn compare(&self, testimony: &Testimony<'_>) -> Vec<Discrepancy> {
        let Testimony { run, node, .. } = testimony;
        let mut found = Vec::new();
        let mut add = |attempt: &AttemptId, kind| {
            let (node, attempt) = ((*node).clone(), attempt.clone());
            found.push(Discrepancy {
                node,
                attempt,
                kind,
            });
        };
        for record in testimony.records {
            let told = self.attempts.get(&((*node).clone(), record.id.clone()));
            let kinds = disagreements(record, told, testimony.knows_head);
            kinds.into_iter().for_each(|kind| add(&record.id, kind));
        }
        let told = self.attempts.iter();
        let of_here = told.filter(|((at, id), _)| at == *node && id.run == **run);
        for ((_, id), told) in of_here {
            let is_there = testimony.records.iter().any(|record| record.id == *id);
            if !is_there && told.has_receipt() {
                add(id, DiscrepancyKind::NoReceipt);
            }
        }
        found
    }
}

impl Told {
    fn has_receipt(&self) -> bool {
        self.ending.as_ref().is_some_and(is_by_receipt)
    }
}

fn disagreements(
    record: &AttemptRecord,
    told: Option<&Told>,
    knows_head: &dyn Fn(&str) -> bool,
) -> Vec<DiscrepancyKind> {
    let mut found = Vec::new();
    if let AttemptState::Ended(receipt) = &record.state
        && !knows_head(&receipt.journal_head)
    {
        found.push(DiscrepancyKind::UnknownHead);
    }
    found.extend(match told {
        None => Some(DiscrepancyKind::NoIntent),
        Some(told) => outcomes(&record.state, told),
    });
    found
}

fn outcomes(state: &AttemptState, told: &Told) -> Option<DiscrepancyKind> {
    match (state, &told.ending) {
        (AttemptState::Ended(receipt), Some(ending)) if is_by_receipt(ending) => {
            differing(ending, receipt)
        }
        (AttemptState::Ended(receipt), _) => Some(DiscrepancyKind::Unheard {
            receipt: said(&of_receipt(receipt)),
        }),
        // A reboot that nobody planned is an error of the run, not of the attempt.
        (AttemptState::AwaitingReboot(_), Some(Ending::Succeeded { .. })) => {
            Some(DiscrepancyKind::NoReceipt)
        }
        (AttemptState::Vanished | AttemptState::Running | AttemptState::Unrecorded, _)
            if told.has_receipt() =>
        {
            Some(DiscrepancyKind::NoReceipt)
        }
        _ => None,
    }
}

/// A receipt that was written after the reboot tells more than the one before it.
fn differing(ending: &Ending, receipt: &Receipt) -> Option<DiscrepancyKind> {
    let by_receipt = of_receipt(receipt);
    let (journal, receipt) = (said(ending), said(&by_receipt));
    match ending {
        _ if *ending == by_receipt => None,
        Ending::AwaitingReboot { .. } => Some(DiscrepancyKind::Unheard { receipt }),
        _ => Some(DiscrepancyKind::OtherOutcome { journal, receipt }),
    }
}

/// Whether an ending can only come from a receipt.
fn is_by_receipt(ending: &Ending) -> bool {
    match ending {
        Ending::Succeeded { .. } | Ending::AwaitingReboot { .. } | Ending::Undone(_) => true,
        Ending::Failed(failure) => failure.step.is_some() || failure.class == FailureClass::Facts,
        Ending::Rebooted { .. } | Ending::InDoubt(_) => false,
    }
}

fn said(ending: &Ending) -> String {
    match ending {
        Ending::Succeeded { seconds } => format!("succeeded in {seconds} s"),
        Ending::AwaitingReboot { .. } => "waits for its reboot".to_owned(),
        Ending::Rebooted { .. } => "rebooted".to_owned(),
        Ending::Failed(failure) => format!("failed ({})", failure.message),
        Ending::Undone(_) => "was undone by its node".to_owned(),
        Ending::InDoubt(_) => "is in doubt".to_owned(),
    }
}

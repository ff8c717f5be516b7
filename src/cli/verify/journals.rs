//! The journals of the zones that are verified, read to their ends.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;
use serde::Deserialize;

use crate::engine::audit::Ledger;
use crate::engine::event::{Event, RunKind};
use crate::failure::Failure;
use crate::name::Name;
use crate::store::{RunRecord, Store, StoreError};

/// What the journals say, and which of them say nothing that can be believed.
pub(super) struct Journals {
    pub(super) ledger: Ledger,
    /// The nodes on which runs that are verified may have receipts, by zone and run.
    pub(super) nodes: BTreeMap<Name, BTreeMap<Name, BTreeSet<Name>>>,
    /// The manifest of every zone's last run.
    pub(super) manifests: BTreeMap<Name, Utf8PathBuf>,
    lengths: BTreeMap<Name, u64>,
    problems: BTreeMap<Name, String>,
}

impl Journals {
    /// Reads all runs of the zones concerned, since an attempt may end in a later run.
    pub(super) fn read(store: &Store, wanted: &[RunRecord]) -> Result<Self, Failure> {
        let mut journals = Self {
            ledger: Ledger::default(),
            nodes: BTreeMap::new(),
            manifests: BTreeMap::new(),
            lengths: BTreeMap::new(),
            problems: BTreeMap::new(),
        };
        let zones: BTreeSet<&Name> = wanted.iter().map(|record| &record.mzone).collect();
        for record in store.records(None)?.iter().rev() {
            if zones.contains(&record.mzone) {
                let is_wanted = wanted.iter().any(|one| one.run == record.run);
                journals.take(store, record, is_wanted)?;
            }
        }
        Ok(journals)
    }

    fn take(&mut self, store: &Store, record: &RunRecord, is_wanted: bool) -> Result<(), Failure> {
        let (run, mzone) = (&record.run, &record.mzone);
        self.manifests
            .insert(mzone.clone(), record.manifest.clone());
        match read(store, record) {
            Ok(events) => {
                self.lengths.insert(run.clone(), events.len() as u64);
                events.iter().for_each(|event| self.ledger.take(run, event));
                // The files of a dry run are gone when it ends.
                if is_wanted && record.kind != RunKind::DryRun {
                    let zone = self.nodes.entry(mzone.clone()).or_default();
                    zone.insert(run.clone(), nodes(store, record)?);
                }
            }
            Err(error) if error.is_damage() => {
                self.problems.insert(run.clone(), error.described());
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// What is wrong with a run's journal.
    pub(super) fn problem(&self, run: &Name) -> Option<String> {
        self.problems.get(run).cloned()
    }

    /// How many events a run's journal has.
    pub(super) fn length(&self, run: &Name) -> u64 {
        self.lengths.get(run).copied().unwrap_or_default()
    }
}

/// The chain, the plan that its beginning vouches for, and whether it makes sense.
fn read(store: &Store, record: &RunRecord) -> Result<Vec<Event>, StoreError> {
    store.plan(&record.run)?;
    store.load(record)?;
    store.events(record)
}

/// As much of a plan as any ddt wrote.
#[derive(Deserialize)]
struct PlannedNodes {
    nodes: Vec<PlannedNode>,
}

#[derive(Deserialize)]
struct PlannedNode {
    node: Name,
}

/// All nodes that the run was about: by its plan, which is there when the whole journal is
/// gone.
fn nodes(store: &Store, record: &RunRecord) -> Result<BTreeSet<Name>, Failure> {
    let plan = serde_json::from_str(&store.plan(&record.run)?);
    let PlannedNodes { nodes } = plan.map_err(|error| {
        let message = format!("the plan of run {} cannot be read", record.run);
        Failure::environment(message).because(&error)
    })?;
    Ok(nodes.into_iter().map(|planned| planned.node).collect())
}

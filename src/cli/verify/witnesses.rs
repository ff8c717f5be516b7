//! The nodes: what they remember of the runs that are verified.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;
use tokio::task::JoinSet;

use super::journals::Journals;
use crate::cli::context::Context;
use crate::cli::{documents, runtime, zone};
use crate::engine::audit::{Discrepancy, Testimony};
use crate::failure::Failure;
use crate::name::Name;
use crate::node::attempt::AttemptRecord;
use crate::node::{ConnectOptions, Node, NodeError};
use crate::store::{RunRecord, Store};

/// What the nodes said.
#[derive(Default)]
pub(super) struct Witnesses {
    /// The attempts of a run, by run and node.
    said: BTreeMap<Name, BTreeMap<Name, Vec<AttemptRecord>>>,
    /// Those that said nothing, and why.
    pub(super) silent: BTreeMap<Name, String>,
}

type Answer = (Name, Result<Vec<(Name, Vec<AttemptRecord>)>, NodeError>);

impl Witnesses {
    /// Asks every node of every zone for its receipts, all at once.
    pub(super) fn hear(
        context: &Context,
        inventory: Option<&Utf8Path>,
        journals: &Journals,
    ) -> Result<Self, Failure> {
        let mut witnesses = Self::default();
        let runtime = runtime()?;
        for (mzone, runs) in &journals.nodes {
            let manifest = journals.manifests.get(mzone);
            let manifest = manifest.map_or(Utf8Path::new(""), |path| path);
            let manifest = context.working_directory.join(manifest);
            let inventory = documents::find_inventory(context, &manifest, mzone, inventory)?;
            let wanted: BTreeSet<Name> = runs.values().flatten().cloned().collect();
            let base = &context.working_directory;
            let nodes = zone::nodes(&inventory, &wanted, base, &ConnectOptions::default())?;
            let known: BTreeSet<&Name> = inventory.value.nodes.keys().collect();
            for gone in wanted.iter().filter(|node| !known.contains(node)) {
                let reason = "it is not in the inventory any more";
                witnesses.silent.insert(gone.clone(), reason.to_owned());
            }
            runtime.block_on(witnesses.ask(nodes, runs));
            witnesses.note_unheard(&wanted);
        }
        Ok(witnesses)
    }

    async fn ask(&mut self, nodes: Vec<Box<dyn Node>>, runs: &BTreeMap<Name, BTreeSet<Name>>) {
        let mut asked = JoinSet::new();
        for node in nodes {
            let of_node = runs.iter().filter(|(_, nodes)| nodes.contains(node.name()));
            let of_node = of_node.map(|(run, _)| run.clone()).collect();
            asked.spawn(receipts(node, of_node));
        }
        while let Some(answer) = asked.join_next().await {
            // A part of ddt that ended leaves its node unheard; see `note_unheard`.
            if let Ok(answer) = answer {
                self.take(answer);
            }
        }
    }

    /// No node is passed over, whatever became of its part of ddt.
    fn note_unheard(&mut self, wanted: &BTreeSet<Name>) {
        for node in wanted {
            let is_heard = self.said.values().any(|said| said.contains_key(node));
            if !is_heard && !self.silent.contains_key(node) {
                let reason = "the part of ddt that speaks to the node ended";
                self.silent.insert(node.clone(), reason.to_owned());
            }
        }
    }

    fn take(&mut self, (node, answer): Answer) {
        match answer {
            Ok(runs) => {
                for (run, records) in runs {
                    let said = self.said.entry(run).or_default();
                    said.insert(node.clone(), records);
                }
            }
            Err(error) => {
                self.silent.insert(node, error.to_string());
            }
        }
    }

    /// Where a run's journal and the nodes that were heard disagree.
    pub(super) fn compare(
        &self,
        store: &Store,
        journals: &Journals,
        record: &RunRecord,
    ) -> Result<Vec<Discrepancy>, Failure> {
        let heads = store.heads(&record.run)?;
        let said = self.said.get(&record.run).into_iter().flatten();
        let compared = said.flat_map(|(node, records)| {
            journals.ledger.compare(&Testimony {
                run: &record.run,
                node,
                records,
                knows_head: &|head| heads.contains(head),
            })
        });
        Ok(compared.collect())
    }
}

async fn receipts(mut node: Box<dyn Node>, runs: Vec<Name>) -> Answer {
    let mut said = Vec::new();
    for run in runs {
        match node.attempts(&run).await {
            Ok(records) => said.push((run, records)),
            Err(error) => return (node.name().clone(), Err(error)),
        }
    }
    node.close().await;
    (node.name().clone(), Ok(said))
}

//! A stored run and what is needed to go on with it. The manifest is not: its plan counts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use camino::Utf8Path;

use crate::cli::bundles;
use crate::cli::context::Context;
use crate::cli::documents::{self, Documents};
use crate::cli::prepare::{self, NoPlan, Prepared};
use crate::cli::zone;
use crate::component::ComponentDefinition;
use crate::document::Document;
use crate::engine::observer::Observer;
use crate::engine::plan_query;
use crate::engine::probe::{Probed, probe};
use crate::failure::Failure;
use crate::inventory::Inventory;
use crate::name::Name;
use crate::node::{ConnectOptions, Node, Payload, PayloadOrigin};
use crate::plan::{Assume, Continuation, Plan, TaskKey};
use crate::store::fold::RunView;
use crate::store::{RunRecord, Store};

/// Nodes that are not connected.
type ByName = BTreeMap<Name, Box<dyn Node>>;

/// A run's plan, and the machines it is about.
pub(super) struct StoredRun {
    plan: Plan,
    definitions: BTreeMap<Name, ComponentDefinition>,
    pub(super) inventory: Document<Inventory>,
    /// The payloads that the manifest's bundles still have.
    payloads: Vec<Payload>,
    /// Where nodes read them themselves.
    origin: Option<Arc<dyn PayloadOrigin>>,
}

impl StoredRun {
    /// Reads everything that can be read without the nodes.
    pub(super) fn read(
        context: &Context,
        record: &RunRecord,
        inventory: Option<&Utf8Path>,
    ) -> Result<Self, Failure> {
        let store = Store::open_to_read(&context.state_dir)?;
        let plan = serde_json::from_str(&store.plan(&record.run)?).map_err(|error| {
            let failure = Failure::environment(format!(
                "the plan of run {} is not one that this ddt knows",
                record.run
            ));
            failure
                .because(&error)
                .help("plan anew with `ddt deploy MANIFEST`")
        })?;
        let manifest = context.working_directory.join(&record.manifest);
        let (payloads, origin) = payloads(context, record, inventory);
        Ok(Self {
            plan,
            definitions: documents::definitions(context)?,
            inventory: documents::find_inventory(context, &manifest, &record.mzone, inventory)?,
            payloads,
            origin,
        })
    }

    /// Reads the nodes that have more to do, and plans that.
    pub(super) async fn prepare(
        self,
        context: &Context,
        view: &RunView,
        assumptions: &BTreeMap<TaskKey, Assume>,
        observer: Arc<dyn Observer>,
    ) -> Result<Prepared, NoPlan> {
        let done = view.done();
        let at_hand = self.payloads.iter();
        let at_hand = at_hand.map(|payload| payload.digest.clone()).collect();
        let mut rest = Continuation {
            plan: &self.plan,
            run: &view.run,
            done: &done,
            observations: &BTreeMap::new(),
            assumptions,
            at_hand: &at_hand,
        };
        let (asked, mut others) = self.nodes(context, &rest.unfinished())?;
        let Probed {
            nodes,
            observations,
        } = probe(asked, plan_query(&self.plan), observer).await;
        rest.observations = &observations;
        let (mut plan, mut nodes) = prepare::planned(rest.plan(), nodes).await?;
        nodes.append(&mut others);
        plan.nodes.retain(|node| nodes.contains_key(&node.node));
        Ok(Prepared {
            definitions: self.definitions,
            payloads: self.payloads,
            origin: self.origin,
            // The run that began has remembered them.
            releases: Vec::new(),
            _cache: None,
            plan,
            nodes,
            observations,
        })
    }

    /// The nodes that have more to do, and the others; of these, the inventory need not
    /// know every one any more.
    fn nodes(
        &self,
        context: &Context,
        unfinished: &BTreeSet<Name>,
    ) -> Result<(Vec<Box<dyn Node>>, ByName), Failure> {
        let planned: BTreeSet<Name> = self
            .plan
            .nodes
            .iter()
            .map(|node| node.node.clone())
            .collect();
        let base = &context.working_directory;
        let all = zone::nodes(&self.inventory, &planned, base, &ConnectOptions::default())?;
        let (asked, others): (Vec<_>, Vec<_>) = all
            .into_iter()
            .partition(|node| unfinished.contains(node.name()));
        let known: BTreeSet<&Name> = asked.iter().map(|node| node.name()).collect();
        if let Some(missing) = unfinished.iter().find(|node| !known.contains(node)) {
            let inventory = self.inventory.source.path();
            let failure = Failure::refused(format!(
                "{inventory} has no node {missing}, on which there is more to do"
            ));
            return Err(failure.help("put it back, or plan anew with `ddt deploy MANIFEST`"));
        }
        let others = others.into_iter().map(|node| (node.name().clone(), node));
        Ok((asked, others.collect()))
    }
}

/// The nodes have most payloads already; what they lack is missed when it is needed. So a
/// manifest that has changed, or that is gone, is in nobody's way here.
fn payloads(
    context: &Context,
    record: &RunRecord,
    inventory: Option<&Utf8Path>,
) -> (Vec<Payload>, Option<Arc<dyn PayloadOrigin>>) {
    let documents = Documents::load(context, &record.manifest, inventory);
    let resolved = documents.and_then(|documents| bundles::resolve(context, &documents));
    let taken = resolved.map(|bundles| (bundles.payloads, bundles.origin));
    taken.unwrap_or_default()
}

//! The run that is to be undone: which one is meant, what it planned, what it did.

use std::collections::{BTreeMap, BTreeSet};

use super::RollbackArgs;
use crate::cli::context::Context;
use crate::cli::{documents, limit};
use crate::component::ComponentDefinition;
use crate::document::Document;
use crate::engine::event::{RunKind, RunState};
use crate::failure::{Failure, FailureKind};
use crate::inventory::Inventory;
use crate::name::Name;
use crate::plan::{Changes, Plan};
use crate::store::fold::RunView;
use crate::store::{RunRecord, Store};

/// A run, and the nodes on which it is to be undone.
pub(super) struct Origin {
    pub(super) record: RunRecord,
    pub(super) plan: Plan,
    pub(super) changes: Changes,
    pub(super) inventory: Document<Inventory>,
    pub(super) definitions: BTreeMap<Name, ComponentDefinition>,
    /// Those that were selected and on which it did something.
    pub(super) nodes: BTreeSet<Name>,
}

impl RollbackArgs {
    /// The run that is meant.
    pub(super) fn record(&self, context: &Context) -> Result<RunRecord, Failure> {
        let store = Store::open_to_read(&context.state_dir)?;
        let records = store.records(None)?;
        let named = |wanted: &str| records.iter().find(|record| record.run.as_str() == wanted);
        match self.target.as_deref() {
            Some("latest") => last(&store, records.iter()),
            Some(target) => match named(target) {
                Some(record) => Ok(record.clone()),
                None => {
                    let of_zone = |record: &&RunRecord| record.mzone.as_str() == target;
                    last(&store, records.iter().filter(of_zone)).map_err(|failure| {
                        failure.help(format!("`{target}` is no run and no zone with one; `ddt history` lists the runs"))
                    })
                }
            },
            None if store.zones()?.len() > 1 => {
                Err(Failure::refused("there are several zones").help("name the run or the zone"))
            }
            None => last(&store, records.iter()),
        }
    }
}

/// The last of some runs that may have changed something. In the place of a rollback that
/// did not come to its end stands the run that it was to undo.
fn last<'records>(
    store: &Store,
    mut records: impl Iterator<Item = &'records RunRecord>,
) -> Result<RunRecord, Failure> {
    let found = records.find(|record| record.kind != RunKind::DryRun);
    let record =
        found.ok_or_else(|| Failure::new(FailureKind::NoInput, "there is no run to undo"))?;
    let is_done = matches!(
        store.summary(record.clone())?.state,
        Some(RunState::Succeeded | RunState::Partial)
    );
    if record.kind != RunKind::Rollback || is_done {
        return Ok(record.clone());
    }
    match plan(store, &record.run)?.undoes {
        Some(run) => Ok(store.record(run.as_str())?),
        None => Ok(record.clone()),
    }
}

pub(super) fn plan(store: &Store, run: &Name) -> Result<Plan, Failure> {
    serde_json::from_str(&store.plan(run)?).map_err(|error| {
        Failure::environment(format!("the plan of run {run} cannot be read"))
            .because(&error)
            .help("another version of ddt has written it")
    })
}

impl Origin {
    /// Reads what the run planned and did, and where its nodes are.
    pub(super) fn load(
        context: &Context,
        arguments: &RollbackArgs,
        record: RunRecord,
    ) -> Result<Self, Failure> {
        let store = Store::open_to_read(&context.state_dir)?;
        let view = store.load(&record)?;
        refuse(&view)?;
        let manifest = context.working_directory.join(&record.manifest);
        let given = arguments.inventory.as_deref();
        let inventory = documents::find_inventory(context, &manifest, &record.mzone, given)?;
        let changes = view.changes();
        let nodes = nodes(context, arguments, &inventory.value, &changes)?;
        Ok(Self {
            plan: plan(&store, &record.run)?,
            record,
            changes,
            inventory,
            definitions: documents::definitions(context)?,
            nodes,
        })
    }
}

fn refuse(view: &RunView) -> Result<(), Failure> {
    if view.kind == RunKind::DryRun {
        let message = format!("run {} was a dry run: it changed nothing", view.run);
        return Err(Failure::refused(message));
    }
    if view.state == RunState::Running {
        let message = format!("run {} is still going on", view.run);
        return Err(Failure::new(FailureKind::Locked, message).help("wait until it has ended"));
    }
    Ok(())
}

/// The selected nodes on which something changed; every one of them must be known.
fn nodes(
    context: &Context,
    arguments: &RollbackArgs,
    inventory: &Inventory,
    changes: &Changes,
) -> Result<BTreeSet<Name>, Failure> {
    let changed: BTreeSet<Name> = changes.keys().map(|(node, _, _)| node.clone()).collect();
    if let Some(selector) = &arguments.limit {
        let selected = limit::selected(context, inventory, selector)?;
        return Ok(changed.intersection(&selected).cloned().collect());
    }
    match changed
        .iter()
        .find(|node| !inventory.nodes.contains_key(*node))
    {
        None => Ok(changed),
        Some(missing) => Err(Failure::refused(format!(
            "the inventory has no node {missing}, which the run has changed; nothing was started"
        ))
        .help("add it, or select the other nodes with --limit")),
    }
}

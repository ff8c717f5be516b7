//! `ddt resume`: goes on with the stored plan of a run that has not come to its end.

mod assumed;
mod stored;

use std::io::Write;
use std::sync::Arc;

use camino::Utf8PathBuf;
use clap::Args;

use super::context::Context;
use super::deploy::LiveArgs;
use super::launch::Launch;
use super::prepare::{self, NoPlan, TargetArgs};
use super::rollback::{Rest, RollbackArgs};
use super::run_target::{Found, RunTarget};
use super::words::command;
use super::{documents, probing, runtime};
use crate::engine::event::{RunKind, RunState};
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::name::Name;
use crate::store::{RunRecord, Store};
use assumed::AssumeArgs;
use stored::StoredRun;

/// Go on with a run that was stopped, failed or lost its process: what is left of its plan
#[derive(Clone, Debug, Args)]
pub(super) struct ResumeArgs {
    #[command(flatten)]
    target: RunTarget,
    /// The zone's inventory [default: by ddt.hjson, else inventory.hjson beside the manifest]
    #[arg(long, value_name = "FILE", env = "DDT_INVENTORY")]
    inventory: Option<Utf8PathBuf>,
    #[command(flatten)]
    assume: AssumeArgs,
    #[command(flatten)]
    live: LiveArgs,
}

/// `ddt deploy --resume`: the last run of a manifest's zone.
pub(super) fn of_manifest(
    target: TargetArgs,
    live: LiveArgs,
    context: &Context,
) -> Result<ExitCode, Failure> {
    let definitions = documents::definitions(context)?;
    let manifest = documents::read_manifest(context, &target.manifest, &definitions, None)?;
    let arguments = ResumeArgs {
        target: RunTarget::zone(&manifest.value.mzone),
        inventory: target.inventory,
        assume: AssumeArgs::default(),
        live,
    };
    arguments.run(context, &mut std::io::stdout())
}

impl ResumeArgs {
    /// Goes on with a run whose process died, with the default options.
    pub(super) fn adopt(run: &Name) -> Self {
        Self {
            target: RunTarget::run(run),
            inventory: None,
            assume: AssumeArgs::default(),
            live: LiveArgs::default(),
        }
    }

    /// Goes on with another run's plan, as a run of its own; its end decides the exit
    /// code. A run that has done all of its plan is done.
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<ExitCode, Failure> {
        let store = Store::open_to_read(&context.state_dir)?;
        let found = self.target.find(&store)?;
        let record = resumable(&store, &found)?;
        if let Some(state @ (RunState::Succeeded | RunState::Partial)) =
            store.summary(record.clone())?.state
        {
            let (run, state) = (&record.run, state.word());
            super::print(
                out,
                &format!("nothing to resume: run {run} has ended: {state}\n"),
            )?;
            return Ok(ExitCode::Done);
        }
        if record.kind == RunKind::Rollback {
            let rest = Rest::of(&store, &record.run)?;
            return self.undo(context, rest, out);
        }
        if let Some(state @ (RunState::RolledBack | RunState::RollbackFailed)) =
            store.summary(record.clone())?.state
        {
            let (run, state) = (&record.run, state.word());
            return Err(Failure::refused(format!(
                "run {run} has ended: {state}; its plan is not continued"
            ))
            .help("`ddt deploy MANIFEST` plans anew, `ddt status` says what is where"));
        }
        let ended = self.resume(context, &record);
        prepare::settled(context, ended)
    }

    /// A rollback decides anew what is left to be undone, on the nodes that it was about: what
    /// is undone is not undone again.
    fn undo(self, context: &Context, rest: Rest, out: &mut dyn Write) -> Result<ExitCode, Failure> {
        match self.assume.is_empty() {
            true => RollbackArgs::rest(rest, self.inventory, self.live).run(context, out),
            false => Err(
                Failure::refused("--assume: nothing is taken for granted of a rollback")
                    .help("look at the node, then run `ddt rollback` again"),
            ),
        }
    }

    fn resume(self, context: &Context, record: &RunRecord) -> Result<ExitCode, NoPlan> {
        let stored = StoredRun::read(context, record, self.inventory.as_deref())?;
        self.live.confirm(&stored.inventory.value)?;
        let store = Store::open(&context.state_dir).map_err(Failure::from)?;
        let lock = store.lock(&record.mzone, record.kind);
        let lock = lock.map_err(Failure::from)?;
        // Only now: nobody else continues the journal any more.
        let view = store.load(record).map_err(Failure::from)?;
        let assumptions = self.assume.of(&view)?;
        runtime()?.block_on(async {
            let probing = Arc::new(probing(context));
            let prepared = stored.prepare(context, &view, &assumptions, probing.clone());
            let prepared = prepared.await;
            probing.clear();
            let inventory = self.inventory.as_ref().map(|path| path.as_str());
            let manifest = record.manifest.as_str();
            let launch = Launch {
                kind: RunKind::Deploy,
                manifest: &record.manifest,
                command: command(&["ddt", "deploy", manifest], &[("--inventory", inventory)]),
                json: self.live.json,
                verbose: self.live.verbose,
                reboot_timeout: self.live.reboot_timeout,
            };
            Ok(launch.run(context, prepared?, lock).await?)
        })
    }
}

/// The record of a run that can be resumed at all: the last one of its zone that changes
/// something.
fn resumable(store: &Store, found: &Found) -> Result<RunRecord, Failure> {
    let Found {
        mzone, run, record, ..
    } = found;
    let Some(record) = record else {
        return Err(Failure::refused(format!("run {run} has not begun"))
            .help("`ddt attach` shows a run that goes on"));
    };
    if record.kind == RunKind::DryRun {
        let failure = Failure::refused(format!("run {run} is a dry run, which changes nothing"));
        return Err(failure.help("start it again with `ddt deploy MANIFEST --dry-run`"));
    }
    let records = store.records(Some(mzone))?;
    let last = records.iter().find(|record| record.kind != RunKind::DryRun);
    match last.filter(|last| last.run != *run) {
        Some(last) => Err(Failure::refused(format!(
            "run {run} is not the last one of {mzone}: run {} came after it",
            last.run
        ))
        .help(format!(
            "go on with `ddt resume {}`, or plan anew with `ddt deploy MANIFEST`",
            last.run
        ))),
        None => Ok(record.clone()),
    }
}

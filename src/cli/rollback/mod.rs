//! `ddt rollback`: undoes what a run changed, by a plan and a run of its own.

mod origin;
mod rest;

use std::io::Write;
use std::sync::Arc;

use camino::Utf8PathBuf;
use clap::Args;

use super::context::Context;
use super::launch::{Launch, REBOOT_TIMEOUT};
use super::prepare::{self, NoPlan, Prepared};
use super::words::{command, json};
use super::{deploy, probing, runtime, zone};
use crate::engine::event::RunKind;
use crate::engine::probe::{Probed, probe};
use crate::engine::rollback_query;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::name::Name;
use crate::node::ConnectOptions;
use crate::plan::{Plan, RollbackInput, rollback};
use crate::report;
use crate::store::{Store, ZoneLock};
use origin::Origin;
pub(super) use rest::Rest;

/// Undo what a run changed on its nodes, last first
#[derive(Clone, Debug, Args)]
pub(super) struct RollbackArgs {
    /// The run to undo, or a zone for its last one [default: the last run of the only zone]
    #[arg(value_name = "RUN|ZONE")]
    target: Option<String>,
    /// The zone's inventory [default: by ddt.hjson, else inventory.hjson beside the run's manifest]
    #[arg(long, value_name = "FILE", env = "DDT_INVENTORY")]
    inventory: Option<Utf8PathBuf>,
    /// Only these nodes, selected as for `ddt deploy`
    #[arg(long, value_name = "SELECTOR")]
    limit: Option<String>,
    /// Undo what can be undone, and leave the rest as it is
    #[arg(long)]
    partial: bool,
    /// Show the plan and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Print the run's events as JSON, one per line; with --dry-run, the plan
    #[arg(long)]
    json: bool,
    /// Show the output of the nodes while it comes
    #[arg(short, long)]
    verbose: bool,
    /// Do not ask before a protected zone is rolled back
    #[arg(short, long)]
    yes: bool,
    /// How long a node may take to come back from a reboot, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = REBOOT_TIMEOUT)]
    reboot_timeout: u64,
}

impl RollbackArgs {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<ExitCode, Failure> {
        let record = self.record(context)?;
        let lock = match self.dry_run {
            true => None,
            // It closes runs that were interrupted, so that they read as they ended.
            false => Some(Store::open(&context.state_dir)?.lock(&record.mzone, RunKind::Rollback)?),
        };
        let origin = Origin::load(context, &self, record)?;
        self.confirm(&origin)?;
        if origin.nodes.is_empty() {
            return self.nothing_to_undo(&origin.record.run, out);
        }
        let ended = runtime()?.block_on(self.undo(context, origin, lock, out));
        prepare::settled(context, ended)
    }

    /// A program that reads events, or a plan, gets none.
    fn nothing_to_undo(&self, run: &Name, out: &mut dyn Write) -> Result<ExitCode, Failure> {
        let text = format!(
            "nothing to undo: run {run} changed nothing there\n\
             `ddt history` lists the runs, `ddt rollback RUN` undoes an earlier one\n"
        );
        if self.json {
            super::tell(&text);
        } else {
            super::print(out, &text)?;
        }
        Ok(ExitCode::Done)
    }

    fn confirm(&self, origin: &Origin) -> Result<(), Failure> {
        let is_protected = origin.inventory.value.protected.is_yes();
        match is_protected && !self.yes && !self.dry_run {
            true => deploy::ask(&origin.record.mzone, "roll it back"),
            false => Ok(()),
        }
    }

    async fn undo(
        &self,
        context: &Context,
        origin: Origin,
        lock: Option<ZoneLock>,
        out: &mut dyn Write,
    ) -> Result<ExitCode, NoPlan> {
        let record = origin.record.clone();
        let prepared = self.prepare(context, origin).await?;
        let Some(lock) = lock else {
            prepare::close(prepared.nodes).await;
            return Ok(self.print(context, &prepared.plan, out)?);
        };
        let launch = Launch {
            kind: RunKind::Rollback,
            manifest: &record.manifest,
            command: self.command(&record.run),
            json: self.json,
            verbose: self.verbose,
            reboot_timeout: self.reboot_timeout,
        };
        Ok(launch.run(context, prepared, lock).await?)
    }

    /// Reads the nodes' facts and plans.
    async fn prepare(&self, context: &Context, origin: Origin) -> Result<Prepared, NoPlan> {
        let base = &context.working_directory;
        let connect = ConnectOptions::default();
        let nodes = zone::nodes(&origin.inventory, &origin.nodes, base, &connect)?;
        let probing = Arc::new(probing(context));
        let probed = probe(nodes, rollback_query(&origin.plan), probing.clone()).await;
        probing.clear();
        let Probed {
            nodes,
            observations,
        } = probed;
        let planned = rollback(RollbackInput {
            run: &origin.record.run,
            plan: &origin.plan,
            changes: &origin.changes,
            observations: &observations,
            partial: self.partial,
        });
        let (plan, nodes) = prepare::planned(planned, nodes).await?;
        Ok(Prepared {
            definitions: origin.definitions,
            // The plan asks only for what is on the nodes.
            payloads: Vec::new(),
            origin: None,
            releases: Vec::new(),
            _cache: None,
            plan,
            nodes,
            observations,
        })
    }

    fn print(
        &self,
        context: &Context,
        plan: &Plan,
        out: &mut dyn Write,
    ) -> Result<ExitCode, Failure> {
        let text = match self.json {
            true => json(plan)?,
            false => report::plan::render(plan, context.look(report::Stream::stdout())),
        };
        super::print(out, &text).map(|()| ExitCode::Done)
    }

    /// What to type to go on: what is undone is not undone again.
    fn command(&self, run: &Name) -> String {
        let options = [
            (
                "--inventory",
                self.inventory.as_ref().map(|path| path.as_str()),
            ),
            ("--limit", self.limit.as_deref()),
        ];
        let mut command = command(&["ddt", "rollback", run.as_str()], &options);
        if self.partial {
            command.push_str(" --partial");
        }
        command
    }
}

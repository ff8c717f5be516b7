//! `ddt rollback`: undoes what a run changed, by a plan and a run of its own.

mod origin;

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use camino::Utf8PathBuf;
use clap::Args;
use tokio::sync::mpsc::UnboundedReceiver;

use super::context::Context;
use super::prepare::{self, NoPlan};
use super::signals::signals;
use super::words::{json, typed};
use super::{deploy, probing, runtime, zone};
use crate::engine::driver::{self, RunError, Signal, Surroundings};
use crate::engine::event::{RunKind, RunState};
use crate::engine::machine::{OnFailure, RunIdentity};
use crate::engine::probe::{Probed, probe};
use crate::engine::rollback_query;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::name::Name;
use crate::node::{ConnectOptions, Node};
use crate::plan::{Observation, Plan, RollbackInput, rollback};
use crate::provider::HealthCommands;
use crate::report::lines::Detail;
use crate::report::logs::LogsRequest;
use crate::report::{self, Format, KnownErrors, Output, Reporter, ReporterRequest};
use crate::store::{RunHandle, RunRequest, Store, ZoneLock};
use origin::Origin;

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
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    reboot_timeout: u64,
}

/// A plan, and the nodes it is for.
struct Prepared {
    origin: Origin,
    plan: Plan,
    /// Connected, by name.
    nodes: BTreeMap<Name, Box<dyn Node>>,
    observations: BTreeMap<Name, Observation>,
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
            let text = format!(
                "nothing to undo: run {} changed nothing there\n",
                origin.record.run
            );
            return super::print(out, &text).map(|()| ExitCode::Done);
        }
        match runtime()?.block_on(self.undo(context, origin, lock, out)) {
            Ok(code) => Ok(code),
            Err(NoPlan::Failure(failure)) => Err(failure),
            Err(NoPlan::Refusal(refusal)) => {
                super::show_refusal(context, &refusal);
                Ok(prepare::exit_code(&refusal))
            }
        }
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
        let prepared = self.prepare(context, origin).await?;
        let Some(lock) = lock else {
            prepare::close(prepared.nodes).await;
            return Ok(self.print(context, &prepared.plan, out)?);
        };
        let run = lock.begin(record(&prepared)).map_err(Failure::from)?;
        let reporter = Arc::new(self.reporter(context, &prepared, &run));
        reporter.plan(&prepared.plan);
        let store = Store::open_to_read(&context.state_dir).map_err(Failure::from)?;
        let signals = signals(store, run.record().run.clone());
        let ended = self.drive(prepared, run, reporter.clone(), signals).await;
        reporter.finish();
        Ok(deploy::exit_code(ended)?)
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
        match planned {
            Ok(plan) => Ok(Prepared {
                origin,
                plan,
                nodes,
                observations,
            }),
            Err(refusal) => {
                prepare::close(nodes).await;
                Err(NoPlan::Refusal(refusal))
            }
        }
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

    fn reporter(&self, context: &Context, prepared: &Prepared, run: &RunHandle) -> Reporter {
        let variable = |name: &str| std::env::var(name).ok();
        let observations = prepared.observations.iter();
        let architectures = observations.filter_map(|(node, observation)| {
            Some((node.clone(), observation.as_ref().ok()?.arch.clone()))
        });
        Reporter::new(ReporterRequest {
            stdout: Output::stdout(context.color, variable),
            stderr: Output::stderr(context.color, variable),
            format: match self.json {
                true => Format::Json,
                false => Format::People,
            },
            detail: match self.verbose {
                true => Detail::Output,
                false => Detail::Events,
            },
            logs: Some(LogsRequest {
                directory: context.logs_dir.clone(),
                run: run.record().run.clone(),
                cap_bytes: deploy::LOG_CAP,
            }),
            known_errors: KnownErrors {
                definitions: prepared.origin.definitions.clone(),
                architectures: architectures.collect(),
            },
            command: self.command(&prepared.origin),
            clock: crate::clock::now,
        })
    }

    /// What to type to go on: what is undone is not undone again.
    fn command(&self, origin: &Origin) -> String {
        let mut command = format!("ddt rollback {}", origin.record.run);
        let options = [
            (
                "--inventory",
                self.inventory.as_ref().map(|path| path.as_str()),
            ),
            ("--limit", self.limit.as_deref()),
        ];
        for (option, value) in options {
            command.extend(value.map(|value| format!(" {option} {}", typed(value))));
        }
        if self.partial {
            command.push_str(" --partial");
        }
        command
    }

    async fn drive(
        &self,
        prepared: Prepared,
        run: RunHandle,
        reporter: Arc<Reporter>,
        signals: UnboundedReceiver<Signal>,
    ) -> Result<RunState, RunError> {
        let identity = RunIdentity {
            run: run.record().run.clone(),
            kind: RunKind::Rollback,
            epoch: run.record().epoch,
            on_failure: OnFailure::EndRun,
        };
        let request = driver::RunRequest {
            nodes: deploy::in_order(&prepared.plan, prepared.nodes),
            plan: Arc::new(prepared.plan),
            identity,
            // The plan asks only for what is on the nodes.
            payloads: Vec::new(),
            reboot_timeout_seconds: self.reboot_timeout,
        };
        let surroundings = Surroundings {
            journal: Box::new(run),
            observer: reporter,
            signals,
            // The plan of a rollback has no health command.
            health: Arc::new(HealthCommands::new(Utf8PathBuf::new())),
        };
        driver::run(request, surroundings).await
    }
}

fn record(prepared: &Prepared) -> RunRequest {
    let observed = prepared.observations.values();
    let facts = observed.filter_map(|observation| observation.as_ref().ok());
    RunRequest {
        manifest: prepared.origin.record.manifest.clone(),
        plan: serde_json::to_string(&prepared.plan).unwrap_or_default(),
        epoch_seen: facts.map(|facts| facts.epoch).max().unwrap_or_default(),
    }
}

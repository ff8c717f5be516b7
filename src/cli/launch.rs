//! A prepared run: begun under its zone's lock, shown, and driven to its end.

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::Utf8Path;
use tokio::sync::mpsc::UnboundedReceiver;

use super::context::Context;
use super::prepare::{self, Prepared};
use super::secrets;
use super::signals::signals;
use crate::crash::crash_point;
use crate::engine::driver::{self, RunError, Signal, Surroundings};
use crate::engine::event::{RunKind, RunState};
use crate::engine::machine::{OnFailure, RunIdentity};
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::name::Name;
use crate::node::Node;
use crate::plan::Plan;
use crate::provider::HealthCommands;
use crate::report::lines::Detail;
use crate::report::logs::LogsRequest;
use crate::report::{Format, KnownErrors, Output, Reporter, ReporterRequest};
use crate::store::{RunHandle, RunRequest, Store, ZoneLock};

/// The size up to which a task's log is kept, in bytes.
const LOG_CAP: u64 = 64 << 20;

/// How long a node may take to come back from a reboot where nothing else is said, in seconds.
pub(super) const REBOOT_TIMEOUT: u64 = 600;

/// What is run, besides what is prepared.
pub(super) struct Launch<'a> {
    /// What kind of run.
    pub(super) kind: RunKind,
    /// The manifest that it is about; health commands run beside it.
    pub(super) manifest: &'a Utf8Path,
    /// What to type to go on.
    pub(super) command: String,
    /// Events as JSON, not for people.
    pub(super) json: bool,
    /// The output of the nodes, too.
    pub(super) verbose: bool,
    /// How long a node may take to come back from a reboot, in seconds.
    pub(super) reboot_timeout: u64,
}

impl Launch<'_> {
    /// Runs it; its end decides the exit code.
    pub(super) async fn run(
        self,
        context: &Context,
        mut prepared: Prepared,
        lock: ZoneLock,
    ) -> Result<ExitCode, Failure> {
        self.hand_over_secrets(context, &mut prepared).await?;
        let run = lock.begin(self.record(&prepared))?;
        let reporter = Arc::new(self.reporter(context, &prepared, &run));
        reporter.plan(&prepared.plan);
        let store = Store::open_to_read(&context.state_dir)?;
        let signals = signals(store, run.record().run.clone());
        let ended = self
            .drive(context, prepared, run, reporter.clone(), signals)
            .await;
        crash_point!("deploy.lock-released");
        reporter.finish();
        crash_point!("deploy.reported");
        exit_code(ended)
    }

    /// What steps will read is here before the run begins; otherwise it does not.
    async fn hand_over_secrets(
        &self,
        context: &Context,
        prepared: &mut Prepared,
    ) -> Result<(), Failure> {
        let nodes = &mut prepared.nodes;
        match secrets::resolve(context, &prepared.plan, self.kind).await {
            Ok(secrets) => {
                nodes
                    .values_mut()
                    .for_each(|node| node.keep_secrets(secrets.clone()));
                Ok(())
            }
            Err(failure) => {
                prepare::close(std::mem::take(nodes)).await;
                Err(failure)
            }
        }
    }

    fn record(&self, prepared: &Prepared) -> RunRequest {
        let observed = prepared.observations.values();
        let facts = observed.filter_map(|observation| observation.as_ref().ok());
        RunRequest {
            manifest: self.manifest.to_owned(),
            plan: serde_json::to_string(&prepared.plan).unwrap_or_default(),
            epoch_seen: facts.map(|facts| facts.epoch).max().unwrap_or_default(),
        }
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
                cap_bytes: LOG_CAP,
            }),
            known_errors: KnownErrors {
                definitions: prepared.definitions.clone(),
                architectures: architectures.collect(),
            },
            command: self.command.clone(),
            clock: Arc::new(crate::clock::now),
        })
    }

    async fn drive(
        &self,
        context: &Context,
        prepared: Prepared,
        run: RunHandle,
        reporter: Arc<Reporter>,
        signals: UnboundedReceiver<Signal>,
    ) -> Result<RunState, RunError> {
        let identity = RunIdentity {
            run: run.record().run.clone(),
            kind: self.kind,
            epoch: run.record().epoch,
            on_failure: match self.kind {
                RunKind::DryRun => OnFailure::GoOnWithNode,
                RunKind::Deploy | RunKind::Rollback => OnFailure::EndRun,
            },
        };
        let request = driver::RunRequest {
            nodes: in_order(&prepared.plan, prepared.nodes),
            plan: Arc::new(prepared.plan),
            identity,
            payloads: prepared.payloads,
            origin: prepared.origin,
            reboot_timeout_seconds: self.reboot_timeout,
        };
        let surroundings = Surroundings {
            journal: Box::new(run),
            observer: reporter,
            health: Arc::new(self.health(context)),
            signals,
        };
        driver::run(request, surroundings).await
    }

    fn health(&self, context: &Context) -> HealthCommands {
        let manifest = context.working_directory.join(self.manifest);
        let directory = manifest.parent().unwrap_or(&context.working_directory);
        HealthCommands::new(directory)
    }
}

/// The nodes in the plan's order.
fn in_order(plan: &Plan, mut nodes: BTreeMap<Name, Box<dyn Node>>) -> Vec<Box<dyn Node>> {
    plan.nodes
        .iter()
        .filter_map(|node| nodes.remove(&node.node))
        .collect()
}

/// The exit code of a run that has ended.
pub(super) fn run_exit_code(state: RunState) -> ExitCode {
    match state {
        RunState::Succeeded => ExitCode::Done,
        RunState::Partial => ExitCode::Partial,
        RunState::Stopped => ExitCode::Stopped,
        RunState::InDoubt => ExitCode::InDoubt,
        RunState::RolledBack => ExitCode::RolledBack,
        RunState::Failed | RunState::RollbackFailed => ExitCode::Failed,
        RunState::Running | RunState::Interrupted => ExitCode::Error,
    }
}

fn exit_code(ended: Result<RunState, RunError>) -> Result<ExitCode, Failure> {
    match ended {
        Ok(state) => Ok(run_exit_code(state)),
        Err(RunError::Journal(error)) => Err(Failure::environment("the run was ended").because(&error).help(
            "what was running goes on on the nodes; put the cause right, look at `ddt status`, then deploy again",
        )),
        Err(RunError::Abandoned(running)) => {
            for task in running {
                super::tell(&format!(
                    "in doubt, still running on {}: {}\n",
                    task.node, task.package
                ));
            }
            super::tell("`ddt resume` takes up what runs there and goes on\n");
            Ok(ExitCode::Interrupted)
        }
    }
}

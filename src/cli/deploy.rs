//! `ddt deploy`: brings a zone to what a manifest says.

use std::io::{BufRead, IsTerminal};
use std::sync::Arc;

use clap::Args;
use tokio::sync::mpsc::UnboundedReceiver;

use super::context::Context;
use super::lock_wait::LockArgs;
use super::prepare::{self, NoPlan, Offline, Prepared, TargetArgs};
use super::resume;
use super::signals::signals;
use super::words::typed;
use super::{probing, runtime, trust};
use crate::crash::crash_point;
use crate::engine::driver::{self, RunError, RunRequest, Signal, Surroundings};
use crate::engine::event::{RunKind, RunState};
use crate::engine::machine::{OnFailure, RunIdentity};
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::inventory::Inventory;
use crate::name::Name;
use crate::node::{Node, Purpose};
use crate::provider::HealthCommands;
use crate::report::lines::Detail;
use crate::report::logs::LogsRequest;
use crate::report::{Format, KnownErrors, Output, Reporter, ReporterRequest};
use crate::store::{self, RunHandle, Store, ZoneLock};

/// The size up to which a task's log is kept, in bytes.
pub(super) const LOG_CAP: u64 = 64 << 20;

/// Bring a zone to what a manifest says
#[derive(Clone, Debug, Args)]
pub(super) struct DeployArgs {
    #[command(flatten)]
    target: TargetArgs,
    /// Run every bundle's check on every node and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Go on with the zone's last run, as `ddt resume` does: its plan, not the manifest's
    #[arg(
        long,
        conflicts_with_all = ["dry_run", "limit", "reinstall", "allow_downgrade", "assume"]
    )]
    resume: bool,
    #[command(flatten)]
    live: LiveArgs,
}

/// How long a node may take to come back from a reboot where nothing else is said.
const REBOOT_TIMEOUT: u64 = 600;

/// How a run goes on and is shown, whatever its plan came from.
#[derive(Clone, Debug, Args)]
pub(super) struct LiveArgs {
    /// Print the run's events as JSON, one per line
    #[arg(long)]
    json: bool,
    /// Show the output of the nodes while it comes
    #[arg(short, long)]
    verbose: bool,
    /// Do not ask before a protected zone is deployed to
    #[arg(short, long)]
    pub(super) yes: bool,
    /// How long a node may take to come back from a reboot, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = REBOOT_TIMEOUT)]
    reboot_timeout: u64,
    #[command(flatten)]
    lock: LockArgs,
}

impl DeployArgs {
    /// The options of a run whose plan is stored already.
    pub(super) fn stored(target: TargetArgs, live: LiveArgs) -> Self {
        Self {
            target,
            dry_run: false,
            resume: false,
            live,
        }
    }

    pub(super) fn run(self, context: &Context) -> Result<ExitCode, Failure> {
        if self.resume {
            return resume::of_manifest(self.target, self.live, context);
        }
        let offline = Offline::load(context, &self.target)?;
        self.confirm(&offline)?;
        let store = Store::open(&context.state_dir)?;
        let runtime = runtime()?;
        let lock = runtime.block_on(self.live.lock.take(&store, offline.zone(), self.kind()))?;
        drop(store);
        match runtime.block_on(self.deploy(context, offline, lock)) {
            Ok(code) => Ok(code),
            Err(NoPlan::Failure(failure)) => Err(failure),
            Err(NoPlan::Refusal(refusal)) => {
                super::show_refusal(context, &refusal);
                Ok(prepare::exit_code(&refusal))
            }
        }
    }

    fn kind(&self) -> RunKind {
        if self.dry_run {
            RunKind::DryRun
        } else {
            RunKind::Deploy
        }
    }

    /// A protected zone is not deployed to by accident.
    fn confirm(&self, offline: &Offline) -> Result<(), Failure> {
        match self.dry_run {
            true => Ok(()),
            false => self.live.confirm(&offline.documents().inventory.value),
        }
    }

    async fn deploy(
        self,
        context: &Context,
        offline: Offline,
        lock: ZoneLock,
    ) -> Result<ExitCode, NoPlan> {
        let purpose = if self.dry_run {
            Purpose::DryRun
        } else {
            Purpose::Deploy
        };
        let probing = Arc::new(probing(context));
        let prepared = offline.plan(context, purpose, probing.clone()).await;
        probing.clear();
        let prepared = prepared?;
        crash_point!("deploy.planned");
        if !self.dry_run {
            trust::remember(context, &prepared.plan.mzone, &prepared.releases)?;
        }
        tell_of_lost_events(context, &prepared).map_err(Failure::from)?;
        Ok(self.execute(context, prepared, lock).await?)
    }

    /// Runs what is prepared, under the lock of its zone, to its end.
    pub(super) async fn execute(
        self,
        context: &Context,
        prepared: Prepared,
        lock: ZoneLock,
    ) -> Result<ExitCode, Failure> {
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

    fn record(&self, prepared: &Prepared) -> store::RunRequest {
        let facts = prepared
            .observations
            .values()
            .filter_map(|observation| observation.as_ref().ok());
        store::RunRequest {
            manifest: self.target.manifest.clone(),
            plan: serde_json::to_string(&prepared.plan).unwrap_or_default(),
            epoch_seen: facts.map(|facts| facts.epoch).max().unwrap_or_default(),
        }
    }

    fn reporter(&self, context: &Context, prepared: &Prepared, run: &RunHandle) -> Reporter {
        let variable = |name: &str| std::env::var(name).ok();
        let arch = prepared
            .observations
            .iter()
            .filter_map(|(node, observation)| {
                Some((node.clone(), observation.as_ref().ok()?.arch.clone()))
            });
        Reporter::new(ReporterRequest {
            stdout: Output::stdout(context.color, variable),
            stderr: Output::stderr(context.color, variable),
            format: if self.live.json {
                Format::Json
            } else {
                Format::People
            },
            detail: if self.live.verbose {
                Detail::Output
            } else {
                Detail::Events
            },
            logs: Some(LogsRequest {
                directory: context.logs_dir.clone(),
                run: run.record().run.clone(),
                cap_bytes: LOG_CAP,
            }),
            known_errors: KnownErrors {
                definitions: prepared.definitions.clone(),
                architectures: arch.collect(),
            },
            command: self.command(),
            clock: crate::clock::now,
        })
    }

    /// What to type to go on, with the options that say what to deploy and where.
    fn command(&self) -> String {
        let mut command = format!("ddt deploy {}", typed(self.target.manifest.as_str()));
        let options = [
            (
                "--inventory",
                self.target.inventory.as_ref().map(|path| path.as_str()),
            ),
            ("--limit", self.target.limit.as_deref()),
        ];
        for (option, value) in options {
            command.extend(value.map(|value| format!(" {option} {}", typed(value))));
        }
        command.push_str(&self.target.rollout.typed());
        if self.dry_run {
            command.push_str(" --dry-run");
        }
        command
    }

    /// Health commands run beside the manifest.
    fn health(&self, context: &Context) -> HealthCommands {
        let manifest = context.working_directory.join(&self.target.manifest);
        let directory = manifest.parent().unwrap_or(&context.working_directory);
        HealthCommands::new(directory)
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
            kind: self.kind(),
            epoch: run.record().epoch,
            on_failure: if self.dry_run {
                OnFailure::GoOnWithNode
            } else {
                OnFailure::EndRun
            },
        };
        let request = RunRequest {
            nodes: in_order(&prepared.plan, prepared.nodes),
            plan: Arc::new(prepared.plan),
            identity,
            payloads: prepared.payloads,
            reboot_timeout_seconds: self.live.reboot_timeout,
        };
        let surroundings = Surroundings {
            journal: Box::new(run),
            observer: reporter,
            health: Arc::new(self.health(context)),
            signals,
        };
        driver::run(request, surroundings).await
    }
}

/// Asks the person at the terminal before something is done to a protected zone.
pub(super) fn ask(zone: &Name, what: &str) -> Result<(), Failure> {
    if !std::io::stdin().is_terminal() {
        let failure = Failure::refused(format!("{zone} is protected"));
        return Err(failure.help(format!("add --yes to {what}")));
    }
    super::tell(&format!("{zone} is protected. Type its name to {what}: "));
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    match read.is_ok() && answer.trim() == zone.as_str() {
        true => Ok(()),
        false => Err(Failure::refused("not confirmed; nothing was started")),
    }
}

/// A journal that lost its end is never continued silently.
fn tell_of_lost_events(context: &Context, prepared: &Prepared) -> Result<(), store::StoreError> {
    let store = Store::open_to_read(&context.state_dir)?;
    for run in super::verify::lost::shortened(&store, prepared.observations.values())? {
        super::tell(&format!(
            "warning: the journal of run {run} is shorter than what the nodes remember of it; \
             `ddt verify {run}` says what is missing\n"
        ));
    }
    Ok(())
}

impl Default for LiveArgs {
    fn default() -> Self {
        Self {
            json: false,
            verbose: false,
            yes: false,
            reboot_timeout: REBOOT_TIMEOUT,
            lock: LockArgs::default(),
        }
    }
}

impl LiveArgs {
    /// A protected zone is not deployed to by accident.
    pub(super) fn confirm(&self, inventory: &Inventory) -> Result<(), Failure> {
        match !inventory.protected.is_yes() || self.yes {
            true => Ok(()),
            false => ask(&inventory.mzone, "deploy to it"),
        }
    }
}

/// The nodes in the plan's order.
pub(super) fn in_order(
    plan: &crate::plan::Plan,
    mut nodes: std::collections::BTreeMap<Name, Box<dyn Node>>,
) -> Vec<Box<dyn Node>> {
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

pub(super) fn exit_code(ended: Result<RunState, RunError>) -> Result<ExitCode, Failure> {
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

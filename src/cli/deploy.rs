//! `ddt deploy`: brings a zone to what a manifest says.

use std::io::{BufRead, IsTerminal};
use std::sync::Arc;

use clap::Args;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::context::Context;
use super::prepare::{self, NoPlan, Offline, Prepared, TargetArgs};
use super::words::typed;
use super::{probing, runtime, trust};
use crate::engine::driver::{self, RunError, RunRequest, Signal, Surroundings};
use crate::engine::event::{RunKind, RunState};
use crate::engine::machine::{OnFailure, RunIdentity};
use crate::exit::ExitCode;
use crate::failure::Failure;
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
    /// Print the run's events as JSON, one per line
    #[arg(long)]
    json: bool,
    /// Show the output of the nodes while it comes
    #[arg(short, long)]
    verbose: bool,
    /// Do not ask before a protected zone is deployed to
    #[arg(short, long)]
    yes: bool,
    /// How long a node may take to come back from a reboot, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    reboot_timeout: u64,
}

impl DeployArgs {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode, Failure> {
        let offline = Offline::load(context, &self.target)?;
        self.confirm(&offline)?;
        let lock = Store::open(&context.state_dir)?.lock(offline.zone(), self.kind())?;
        match runtime()?.block_on(self.deploy(context, offline, lock)) {
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
        let protected = offline.documents().inventory.value.protected.is_yes();
        if !protected || self.yes || self.dry_run {
            return Ok(());
        }
        ask(offline.zone(), "deploy to it")
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
        if !self.dry_run {
            let zone = &prepared.documents.manifest.value.mzone;
            trust::remember(context, zone, &prepared.bundles.releases)?;
        }
        let run = lock.begin(self.record(&prepared)).map_err(Failure::from)?;
        let reporter = Arc::new(self.reporter(context, &prepared, &run));
        reporter.plan(&prepared.plan);
        let ended = self.drive(context, prepared, run, reporter.clone()).await;
        reporter.finish();
        Ok(exit_code(ended)?)
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
            format: if self.json {
                Format::Json
            } else {
                Format::People
            },
            detail: if self.verbose {
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
                definitions: prepared.documents.definitions.clone(),
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
            payloads: prepared.bundles.payloads,
            reboot_timeout_seconds: self.reboot_timeout,
        };
        let surroundings = Surroundings {
            journal: Box::new(run),
            observer: reporter,
            health: Arc::new(self.health(context)),
            signals: signals(),
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

/// The first Ctrl-C or SIGTERM asks the run to stop, the second one leaves it.
pub(super) fn signals() -> UnboundedReceiver<Signal> {
    use tokio::signal::unix::{SignalKind, signal};
    let (sender, receiver) = unbounded_channel();
    for kind in [
        SignalKind::interrupt(),
        SignalKind::terminate(),
        SignalKind::hangup(),
    ] {
        if let Ok(stream) = signal(kind) {
            tokio::spawn(forward(stream, sender.clone()));
        }
    }
    receiver
}

async fn forward(mut stream: tokio::signal::unix::Signal, sender: UnboundedSender<Signal>) {
    let mut wanted = Signal::Stop;
    while stream.recv().await.is_some() && sender.send(wanted).is_ok() {
        wanted = Signal::Abandon;
    }
}

pub(super) fn exit_code(ended: Result<RunState, RunError>) -> Result<ExitCode, Failure> {
    match ended {
        Ok(RunState::Succeeded) => Ok(ExitCode::Done),
        Ok(RunState::Partial) => Ok(ExitCode::Partial),
        Ok(RunState::Stopped) => Ok(ExitCode::Stopped),
        Ok(RunState::InDoubt) => Ok(ExitCode::InDoubt),
        Ok(RunState::RolledBack) => Ok(ExitCode::RolledBack),
        Ok(RunState::Failed | RunState::RollbackFailed) => Ok(ExitCode::Failed),
        Ok(RunState::Running | RunState::Interrupted) => Ok(ExitCode::Error),
        Err(RunError::Journal(error)) => Err(Failure::environment("the run was ended").because(&error).help(
            "what was running goes on on the nodes; put the state directory right, then deploy again",
        )),
        Err(RunError::Abandoned(running)) => {
            for task in running {
                super::tell(&format!("still running on {}: {}\n", task.node, task.package));
            }
            Ok(ExitCode::Interrupted)
        }
    }
}

//! `ddt deploy`: brings a zone to what a manifest says.

use std::io::{BufRead, IsTerminal};
use std::sync::Arc;

use clap::Args;

use super::context::Context;
use super::launch::{Launch, REBOOT_TIMEOUT};
use super::lock_wait::LockArgs;
use super::prepare::{self, NoPlan, Offline, Prepared, TargetArgs};
use super::words::command;
use super::{probing, resume, runtime, trust};
use crate::crash::crash_point;
use crate::engine::event::RunKind;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::inventory::Inventory;
use crate::name::Name;
use crate::node::Purpose;
use crate::store::{self, Store, ZoneLock};

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

/// How a run goes on and is shown, whatever its plan came from.
#[derive(Clone, Debug, Args)]
pub(super) struct LiveArgs {
    /// Print the run's events as JSON, one per line
    #[arg(long)]
    pub(super) json: bool,
    /// Show the output of the nodes while it comes
    #[arg(short, long)]
    pub(super) verbose: bool,
    /// Do not ask before a protected zone is deployed to
    #[arg(short, long)]
    pub(super) yes: bool,
    /// How long a node may take to come back from a reboot, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = REBOOT_TIMEOUT)]
    pub(super) reboot_timeout: u64,
    #[command(flatten)]
    lock: LockArgs,
}

impl DeployArgs {
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
        let ended = runtime.block_on(self.deploy(context, offline, lock));
        prepare::settled(context, ended)
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
        let probing = Arc::new(probing(context));
        let observer = probing.clone();
        let prepared = match self.dry_run {
            true => offline.plan(context, Purpose::DryRun, observer).await,
            false => offline.plan_to_deploy(context, observer).await,
        };
        probing.clear();
        let prepared = prepared?;
        crash_point!("deploy.planned");
        if !self.dry_run {
            trust::remember(context, &prepared.plan.mzone, &prepared.releases)?;
        }
        tell_of_lost_events(context, &prepared).map_err(Failure::from)?;
        let launch = Launch {
            kind: self.kind(),
            manifest: &self.target.manifest,
            command: self.command(),
            json: self.live.json,
            verbose: self.live.verbose,
            reboot_timeout: self.live.reboot_timeout,
        };
        Ok(launch.run(context, prepared, lock).await?)
    }

    /// What to type to go on, with the options that say what to deploy and where.
    fn command(&self) -> String {
        let options = [
            (
                "--inventory",
                self.target.inventory.as_ref().map(|path| path.as_str()),
            ),
            ("--limit", self.target.limit.as_deref()),
        ];
        let manifest = self.target.manifest.as_str();
        let mut command = command(&["ddt", "deploy", manifest], &options);
        command.push_str(&self.target.rollout.typed());
        if self.dry_run {
            command.push_str(" --dry-run");
        }
        command
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

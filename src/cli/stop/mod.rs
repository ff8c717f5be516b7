//! `ddt stop`: stops a run that another process drives, and waits for its end.

mod wait;

use std::io::Write;

use clap::{Args, ValueEnum};

use super::context::Context;
use super::run_target::{Found, RunTarget};
use super::runtime;
use crate::bundle::Timeout;
use crate::engine::event::{RunKind, RunState, StopAfter};
use crate::exit::ExitCode;
use crate::failure::{Failure, FailureKind};
use crate::store::{StopWish, Store};
use wait::Waiting;

/// Stop a run: nothing more begins, and what runs is awaited
#[derive(Clone, Debug, Args)]
pub(super) struct StopArgs {
    #[command(flatten)]
    target: RunTarget,
    /// How much to finish first: the tasks, the nodes or the packages that have begun
    #[arg(long, value_name = "WHAT", default_value = "task")]
    after: AfterArg,
    /// End what runs on the nodes; its packages will be run again from their start
    #[arg(long)]
    kill: bool,
    /// Wait so long before that, such as 30s or 5m [default: not at all]
    #[arg(long, value_name = "TIME", requires = "kill")]
    timeout: Option<Timeout>,
}

/// Words of `--after`.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum AfterArg {
    Task,
    Node,
    Package,
}

impl From<AfterArg> for StopAfter {
    fn from(argument: AfterArg) -> Self {
        match argument {
            AfterArg::Task => Self::Task,
            AfterArg::Node => Self::Node,
            AfterArg::Package => Self::Package,
        }
    }
}

impl StopArgs {
    /// Records the stop, then waits for the end of the run and says how it ended; that
    /// decides the exit code. Where nothing goes on, says so and is done.
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<ExitCode, Failure> {
        let store = Store::open_to_read(&context.state_dir)?;
        let found = match self.target.find(&store) {
            Err(failure) if failure.kind == FailureKind::NoInput => {
                super::print(out, &format!("nothing to stop: {failure}\n"))?;
                return Ok(ExitCode::Done);
            }
            found => found?,
        };
        if !found.is_alive {
            super::print(out, &ended_before(&store, &found)?)?;
            return Ok(ExitCode::Done);
        }
        self.refuse_dry_run(&store, &found)?;
        self.stop(context, &found, out)
    }

    fn stop(
        self,
        context: &Context,
        found: &Found,
        out: &mut dyn Write,
    ) -> Result<ExitCode, Failure> {
        let mut store = Store::open(&context.state_dir)?;
        store.request_stop(&found.run, self.first_wish())?;
        let waiting = Waiting {
            found,
            kill_after: self.timeout.map(|timeout| timeout.seconds().into()),
        };
        runtime()?.block_on(waiting.run(&mut store, out))
    }

    fn first_wish(&self) -> StopWish {
        match (self.kill, &self.timeout) {
            (true, None) => StopWish::Kill,
            _ => StopWish::After(self.after.into()),
        }
    }

    /// The checks of a dry run are its own sessions', which nobody else can reach.
    fn refuse_dry_run(&self, store: &Store, found: &Found) -> Result<(), Failure> {
        let holder = store.holder(&found.mzone)?;
        let is_dry_run = holder.is_some_and(|holder| holder.kind == RunKind::DryRun);
        match self.kill && is_dry_run {
            true => Err(Failure::refused("the checks of a dry run cannot be ended")
                .help("without --kill, what runs is awaited")),
            false => Ok(()),
        }
    }
}

/// `nothing to stop: run 20261121T003334Z-4f2a9c of zone-1 has ended: stopped`.
fn ended_before(store: &Store, found: &Found) -> Result<String, Failure> {
    let Found {
        mzone, run, record, ..
    } = found;
    let state = match record {
        Some(record) => store.summary(record.clone())?.state,
        None => None,
    };
    let state = state.map_or_else(|| "broken", RunState::word);
    Ok(format!(
        "nothing to stop: run {run} of {mzone} has ended: {state}\n"
    ))
}

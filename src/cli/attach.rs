//! `ddt attach`: watches a run that another process drives, and goes on with one that
//! nobody drives any more.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;

use super::context::Context;
use super::launch::run_exit_code;
use super::resume::ResumeArgs;
use super::run_target::{Found, RunTarget};
use super::{documents, runtime};
use crate::engine::event::{Event, RunState};
use crate::engine::observer::Observer as _;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::report::lines::Detail;
use crate::report::{Format, KnownErrors, Output, Reporter, ReporterRequest};
use crate::store::fold::Entry;
use crate::store::{RunRecord, Store};

/// How often the journal is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Watch a run that another process drives; Ctrl-C ends the watching, not the run
#[derive(Clone, Debug, Args)]
pub(super) struct AttachArgs {
    #[command(flatten)]
    target: RunTarget,
    /// Where the run's process has died, go on with the run here
    #[arg(long, conflicts_with = "json")]
    adopt: bool,
    /// Print the run's events as JSON, one per line
    #[arg(long)]
    json: bool,
}

/// Why the watching ended.
enum Watched {
    /// The run came to its end.
    Ended(RunState),
    /// Nobody drives the run any more.
    Died,
    /// Whoever watched does not want to any more.
    Detached,
}

impl AttachArgs {
    /// Shows every event of the run, those before included, until the run ends, its
    /// process dies or Ctrl-C; the run's end decides the exit code.
    pub(super) fn run(self, context: &Context) -> Result<ExitCode, Failure> {
        let store = Store::open_to_read(&context.state_dir)?;
        let found = self.target.find(&store)?;
        let record = begun(&found)?;
        let shown = Arc::new(Mutex::new(record.begun));
        let reporter = self.reporter(context, &record, Arc::clone(&shown))?;
        let watched = runtime()?.block_on(watch(&store, &record, |entry| {
            if let Ok(mut shown) = shown.lock() {
                *shown = entry.time;
            }
            reporter.event(&entry.event);
        }))?;
        reporter.finish();
        let run = &record.run;
        match watched {
            Watched::Ended(state) => Ok(run_exit_code(state)),
            Watched::Detached => {
                super::tell(&format!("detached; run {run} goes on\n"));
                Ok(ExitCode::Done)
            }
            Watched::Died if self.adopt => {
                super::tell(&format!(
                    "the process of run {run} died; going on with it\n"
                ));
                ResumeArgs::adopt(run).run(context, &mut std::io::stdout())
            }
            Watched::Died => Err(Failure::environment(format!(
                "the process of run {run} died; what it ran goes on on the nodes"
            ))
            .help(format!("`ddt resume {run}` takes that up and goes on"))),
        }
    }

    /// Shows events at the time at which they became durable, the last of them in `shown`.
    fn reporter(
        &self,
        context: &Context,
        record: &RunRecord,
        shown: Arc<Mutex<Timestamp>>,
    ) -> Result<Reporter, Failure> {
        let begun = record.begun;
        let variable = |name: &str| std::env::var(name).ok();
        Ok(Reporter::new(ReporterRequest {
            stdout: Output::stdout(context.color, variable),
            stderr: Output::stderr(context.color, variable),
            format: match self.json {
                true => Format::Json,
                false => Format::People,
            },
            detail: Detail::Events,
            // They are the driving process's to write.
            logs: None,
            known_errors: KnownErrors {
                definitions: documents::definitions(context)?,
                architectures: Default::default(),
            },
            command: format!("ddt resume {}", record.run),
            clock: Arc::new(move || shown.lock().map_or(begun, |shown| *shown)),
        }))
    }
}

/// A run that prepares has nothing to show yet.
fn begun(found: &Found) -> Result<RunRecord, Failure> {
    found.record.clone().ok_or_else(|| {
        let Found { run, mzone, .. } = found;
        Failure::refused(format!("run {run} of {mzone} has not begun"))
            .help("it reads its nodes; attach again when `ddt status` shows it")
    })
}

async fn watch(
    store: &Store,
    record: &RunRecord,
    show: impl Fn(&Entry),
) -> Result<Watched, Failure> {
    let (mut seen, mut version) = (0, None);
    let mut looks = tokio::time::interval(LOOK_EVERY);
    let interrupted = tokio::signal::ctrl_c();
    tokio::pin!(interrupted);
    loop {
        tokio::select! {
            _ = &mut interrupted => return Ok(Watched::Detached),
            _ = looks.tick() => {}
        }
        // The process before the journal: what it wrote last is seen.
        let is_driven = store.is_driven(record)?;
        let now = store.data_version()?;
        if version != Some(now) {
            for entry in store.entries_after(record, seen)? {
                seen = entry.seq;
                show(&entry);
                if let Event::RunEnded { state } = entry.event {
                    return Ok(match state {
                        RunState::Interrupted => Watched::Died,
                        state => Watched::Ended(state),
                    });
                }
            }
            version = Some(now);
        }
        if !is_driven {
            return Ok(Watched::Died);
        }
    }
}

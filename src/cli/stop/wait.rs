//! Waits until a run has ended, and says meanwhile what it waits for.

use std::io::Write;
use std::time::Duration;

use tokio::time::{Instant, interval, sleep_until};

use crate::cli::launch::run_exit_code;
use crate::cli::run_target::Found;
use crate::cli::words::shown;
use crate::engine::event::{RunState, TaskId};
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::store::fold::{RunView, TaskState};
use crate::store::{StopWish, Store};

/// How often the records are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// A run that was asked to stop.
pub(super) struct Waiting<'a> {
    pub(super) found: &'a Found,
    /// After so many seconds what runs is to be ended.
    pub(super) kill_after: Option<u64>,
}

impl Waiting<'_> {
    /// Waits for the end; what is awaited goes to standard error, the end to `out`.
    pub(super) async fn run(
        self,
        store: &mut Store,
        out: &mut dyn Write,
    ) -> Result<ExitCode, Failure> {
        let deadline = self.kill_after.map(Duration::from_secs);
        let mut deadline = deadline.map(|after| Instant::now() + after);
        let mut looks = interval(LOOK_EVERY);
        let mut told = String::new();
        loop {
            let passed = async {
                match deadline {
                    Some(deadline) => sleep_until(deadline).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                _ = looks.tick() => {}
                () = passed => {
                    deadline = None;
                    crate::cli::tell("the time is up: what runs is ended on the nodes\n");
                    store.request_stop(&self.found.run, StopWish::Kill)?;
                }
            }
            match self.look(store)? {
                Look::GoesOn(awaited) if awaited != told => {
                    crate::cli::tell(&awaited);
                    told = awaited;
                }
                Look::GoesOn(_) => {}
                Look::Ended(text, code) => {
                    crate::cli::print(out, &text)?;
                    return Ok(code);
                }
            }
        }
    }

    fn look(&self, store: &Store) -> Result<Look, Failure> {
        let Found { mzone, run, .. } = self.found;
        // The holder before the record: a run without either has not begun.
        let holder = store.holder(mzone)?;
        let is_alive = holder.is_some_and(|holder| holder.run == *run);
        let records = store.records(Some(mzone))?;
        let Some(record) = records.iter().find(|record| record.run == *run) else {
            return Ok(match is_alive {
                true => Look::GoesOn(format!("run {run} of {mzone} is about to begin\n")),
                false => {
                    let text = format!("run {run} of {mzone} did not begin\n");
                    Look::Ended(text, ExitCode::Done)
                }
            });
        };
        let view = store.load(record)?;
        Ok(match view.state {
            RunState::Running => Look::GoesOn(awaited(&view)),
            state => {
                let state = state.word();
                let text = format!("run {run} of {mzone} has ended: {state}\n");
                Look::Ended(text + &advice(&view), run_exit_code(view.state))
            }
        })
    }
}

enum Look {
    GoesOn(String),
    Ended(String, ExitCode),
}

/// What the run is still doing, one line for each task.
pub(super) fn awaited(view: &RunView) -> String {
    if !view.stop_requested {
        return String::new();
    }
    let running = view.tasks.iter();
    let running = running.filter(|task| task.state == TaskState::Running);
    let lines = running.map(|task| {
        let TaskId { node, package, .. } = &task.id;
        format!("  still running on {node}: {package}\n")
    });
    let lines: String = lines.collect();
    let how = match (view.kill_requested, lines.is_empty()) {
        (true, _) => "what runs is ended",
        (false, true) => "the nodes are read again",
        (false, false) => "waiting for what runs",
    };
    format!("run {} is stopping; {how}\n{lines}", view.run)
}

/// What to type next.
fn advice(view: &RunView) -> String {
    match view.state {
        RunState::Succeeded | RunState::Partial => "nothing was left to be stopped\n".to_owned(),
        _ => format!("`ddt resume {}` goes on\n", shown(Some(view.run.as_str()))),
    }
}

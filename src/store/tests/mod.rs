#![expect(clippy::unwrap_used, reason = "a test ends where a value is missing")]

mod journal;
mod lock;
mod opening;
mod seen;
mod unlock;

use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::TempDir;

use super::sample::{attempt, id, name, run_ended, start, succeeded};
use super::*;
use crate::engine::event::{Event, RunKind, RunState};
use crate::engine::journal::Journal;
use crate::failure::{Failure, FailureKind};
use crate::name::Name;

/// Set in a test that runs itself once more in a child process.
const CHILD: &str = "DDT_TEST_STATE_DIR";

struct Place {
    _directory: TempDir,
    state: Utf8PathBuf,
}

fn place() -> Place {
    let directory = TempDir::new().unwrap();
    let state = Utf8PathBuf::from_path_buf(directory.path().join("project/.ddt")).unwrap();
    Place {
        _directory: directory,
        state,
    }
}

fn zone() -> Name {
    name("mzone7204")
}

fn begin(state: &Utf8Path) -> RunHandle {
    let lock = Store::open(state)
        .unwrap()
        .lock(&zone(), RunKind::Deploy)
        .unwrap();
    lock.begin(request()).unwrap()
}

fn request() -> RunRequest {
    RunRequest {
        manifest: "zone.hjson".into(),
        plan: r#"{"schema":1}"#.to_owned(),
        epoch_seen: 0,
    }
}

/// A run with a few events that did not end.
fn under_way(state: &Utf8Path) -> RunHandle {
    let mut run = begin(state);
    let boot = id("boot", "node-1");
    let first = run.record().clone();
    run.append(&[start(&first), attempt(&boot, 1)]).unwrap();
    run.append(&[succeeded(&boot)]).unwrap();
    run
}

fn reader(state: &Utf8Path) -> Store {
    Store::open_to_read(state).unwrap()
}

fn raw(state: &Utf8Path) -> Connection {
    Connection::open(state.join(DATABASE)).unwrap()
}

/// Changes the database behind ddt's back.
fn tamper(state: &Utf8Path, sql: &str) {
    let connection = raw(state);
    for trigger in [
        "journal_is_not_updated",
        "journal_is_not_deleted",
        "run_is_not_updated",
    ] {
        connection
            .execute_batch(&format!("DROP TRIGGER IF EXISTS {trigger}"))
            .unwrap();
    }
    assert!(connection.execute(sql, []).unwrap() > 0, "{sql}");
}

/// What an operator would see, without the parts that differ from run to run.
fn shown(error: StoreError, state: &Utf8Path, run: &Name) -> String {
    let Failure {
        message,
        causes,
        help,
        ..
    } = error.into();
    let text = [vec![message], causes, help.into_iter().collect()]
        .concat()
        .join("\n");
    text.replace(state.as_str(), ".ddt")
        .replace(run.as_str(), "RUN")
}

/// Runs the test of this name again, in another process that is told the directory.
fn child(test: &str, state: &Utf8Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", test, "--nocapture"])
        .env(CHILD, state);
    command
}

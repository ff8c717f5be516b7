#![expect(clippy::unwrap_used, reason = "a test ends where a value is missing")]

use std::os::unix::fs::PermissionsExt;
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

#[test]
fn a_run_reads_back_as_it_was_written() {
    let place = place();
    let mut run = under_way(&place.state);
    let record = run.record().clone();
    let store = reader(&place.state);
    assert_eq!(store.zones().unwrap(), [zone()]);
    assert_eq!(store.records(None).unwrap(), [record.clone()]);
    assert_eq!(store.plan(&record.run).unwrap(), r#"{"schema":1}"#);
    let view = store.load(&record).unwrap();
    assert_eq!(
        (view.state, view.tasks.len(), view.epoch),
        (RunState::Running, 4, 1)
    );
    let before = store.verify(&record.run).unwrap();
    let head = run.append(&[run_ended(RunState::Interrupted)]).unwrap();
    let after = store.verify(&record.run).unwrap();
    assert_eq!((before.seq, after.seq, after.hash), (3, 4, head));
}

#[test]
fn an_append_is_all_or_nothing_and_says_where_the_chain_ends() {
    let place = place();
    let mut run = under_way(&place.state);
    let head = run.append(&[]).unwrap();
    let store = reader(&place.state);
    let name = run.record().run.clone();
    assert_eq!(
        store.verify(&name).unwrap(),
        Head {
            seq: 3,
            hash: head.clone()
        }
    );
    tamper(
        &place.state,
        "INSERT INTO journal SELECT run, 4, time, previous, hash, event FROM journal WHERE seq = 3",
    );
    let refused = run
        .append(&[Event::StopRequested, Event::StopRequested])
        .unwrap_err();
    let said = refused.to_string().replace(place.state.as_str(), ".ddt");
    insta::assert_snapshot!(said, @"");
    let rows: i64 = raw(&place.state)
        .query_row("SELECT count(*) FROM journal", [], |row| row.get(0))
        .unwrap();
    assert_eq!(rows, 4);
}

#[test]
fn receipts_of_a_lost_end_are_noticed() {
    let place = place();
    let mut run = under_way(&place.state);
    let head = run.append(&[Event::StopRequested]).unwrap();
    let name = run.record().run.clone();
    let store = reader(&place.state);
    assert!(store.knows_head(&name, &head).unwrap());
    tamper(&place.state, "DELETE FROM journal WHERE seq = 4");
    assert_eq!(store.verify(&name).unwrap().seq, 3);
    assert!(!store.knows_head(&name, &head).unwrap());
}

#[test]
fn the_journal_and_the_record_cannot_be_changed() {
    let place = place();
    let run = under_way(&place.state);
    let connection = raw(&place.state);
    let refused = [
        "UPDATE journal SET event = '{}' WHERE seq = 1",
        "DELETE FROM journal WHERE seq = 3",
        "INSERT INTO journal SELECT run, 7, time, previous, hash, event FROM journal WHERE seq = 3",
        "INSERT OR REPLACE INTO journal SELECT * FROM journal WHERE seq = 2",
        "UPDATE run SET manifest = 'other.hjson'",
        "DELETE FROM run",
        "UPDATE zone SET epoch = 0",
    ];
    let said = refused.map(|sql| connection.execute(sql, []).unwrap_err().to_string());
    insta::assert_snapshot!(said.join("\n"), @r"
    the journal is append-only
    the journal is append-only
    the journal has another end
    the journal has another end
    a run is recorded once
    a run is recorded once
    an epoch only grows
    ");
    assert_eq!(
        reader(&place.state).verify(&run.record().run).unwrap().seq,
        3
    );
}

#[test]
fn a_changed_journal_is_found_at_the_right_event() {
    let changes = [
        (
            "UPDATE journal SET event = replace(event, '7', '8') WHERE seq = 3",
            3,
        ),
        (
            "UPDATE journal SET event = replace(event, 'node-1', 'node-2') WHERE seq = 2",
            2,
        ),
        (
            "UPDATE journal SET time = '2020-01-01T00:00:00Z' WHERE seq = 1",
            1,
        ),
        ("UPDATE journal SET time = 'never' WHERE seq = 2", 2),
        ("UPDATE journal SET hash = previous WHERE seq = 2", 2),
        ("DELETE FROM journal WHERE seq = 2", 2),
        ("DELETE FROM journal WHERE seq = 1", 1),
        ("UPDATE journal SET seq = 9 WHERE seq = 3", 3),
        ("UPDATE run SET manifest = 'other.hjson'", 1),
        (
            "UPDATE run SET plan_digest = 'sha256:' || hex(zeroblob(32))",
            1,
        ),
    ];
    for (change, broken) in changes {
        let place = place();
        let record = under_way(&place.state).record().clone();
        tamper(&place.state, change);
        let store = reader(&place.state);
        let record = store.record(record.run.as_str()).unwrap();
        for found in [
            store.verify(&record.run).unwrap_err(),
            store.load(&record).unwrap_err(),
        ] {
            assert!(found.is_damage(), "{change}: {found}");
            assert!(
                matches!(found, StoreError::BrokenChain { seq, .. } if seq == broken),
                "{change}: {found}"
            );
        }
    }
}

#[test]
fn a_changed_plan_is_refused() {
    let place = place();
    let run = under_way(&place.state).record().run.clone();
    tamper(&place.state, "UPDATE run SET plan = '{}'");
    let error = reader(&place.state).plan(&run).unwrap_err();
    insta::assert_snapshot!(shown(error, &place.state, &run), @r"
    the plan of run RUN is not the one that was stored: it was changed or damaged
    nothing was changed; keep a copy of the state directory, and restore a snapshot or begin with another --state-dir
    ");
}

#[test]
fn what_was_appended_survives_a_kill() {
    if let Ok(state) = std::env::var(CHILD) {
        let _run = under_way(Utf8Path::new(&state));
        // Nothing is closed and no destructor runs.
        let itself = std::process::id().to_string();
        Command::new("kill")
            .args(["-KILL", &itself])
            .status()
            .unwrap();
    }
    let place = place();
    let ended = child(
        "store::tests::what_was_appended_survives_a_kill",
        &place.state,
    )
    .output()
    .unwrap();
    assert!(!ended.status.success());
    let store = reader(&place.state);
    assert_eq!(store.holder(&zone()).unwrap(), None);
    let record = store.records(None).unwrap().remove(0);
    assert_eq!(store.verify(&record.run).unwrap().seq, 3);
    let view = store.load(&record).unwrap();
    assert_eq!((view.state, view.ended), (RunState::Interrupted, None));
    assert_eq!(
        store.summary(record).unwrap().state,
        Some(RunState::Interrupted)
    );
}

#[test]
fn the_next_run_of_a_zone_closes_the_one_that_died() {
    let place = place();
    let dead = under_way(&place.state).record().clone();
    let unborn = begin(&place.state).record().clone();
    let next = begin(&place.state);
    let store = reader(&place.state);
    for record in [&dead, &unborn] {
        let view = store.load(record).unwrap();
        assert_eq!(view.state, RunState::Interrupted);
        assert!(view.ended.is_some());
    }
    assert_eq!(store.load(next.record()).unwrap().state, RunState::Running);
    assert_eq!([dead.epoch, unborn.epoch, next.record().epoch], [1, 2, 3]);
    let order = [next.record().run.clone(), unborn.run, dead.run];
    let runs = store
        .records(Some(&zone()))
        .unwrap()
        .into_iter()
        .map(|record| record.run);
    assert!(runs.eq(order));
}

#[test]
fn a_broken_journal_is_not_continued_and_does_not_stop_the_zone() {
    let place = place();
    let dead = under_way(&place.state).record().clone();
    tamper(
        &place.state,
        "UPDATE journal SET event = replace(event, '7', '8') WHERE seq = 3",
    );
    let next = begin(&place.state);
    let store = reader(&place.state);
    let error = store.load(&dead).unwrap_err();
    insta::assert_snapshot!(shown(error, &place.state, &dead.run), @r"
    the journal of run RUN is broken at event 3: it was changed or damaged there
    nothing was changed; keep a copy of the state directory, and restore a snapshot or begin with another --state-dir
    ");
    assert_eq!(store.summary(dead).unwrap().state, None);
    assert_eq!(store.load(next.record()).unwrap().state, RunState::Running);
}

#[test]
fn a_zone_is_held_by_one_run_and_everybody_knows_by_which() {
    let place = place();
    let run = under_way(&place.state);
    let store = reader(&place.state);
    let holder = store.holder(&zone()).unwrap().unwrap();
    assert_eq!(
        (&holder.run, holder.pid),
        (&run.record().run, std::process::id())
    );
    let error = Store::open(&place.state)
        .unwrap()
        .lock(&zone(), RunKind::DryRun)
        .err()
        .unwrap();
    let failure = Failure::from(error);
    assert_eq!(failure.kind, FailureKind::Locked);
    let text = [failure.message, failure.help.unwrap()].join("\n");
    let text = text
        .replace(holder.run.as_str(), "RUN")
        .replace(&holder.host, "HOST");
    let text = text.replace(&holder.pid.to_string(), "PID");
    let since = holder.since.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    insta::assert_snapshot!(text.replace(&since, "TIME"), @r"
    zone mzone7204 is locked by run RUN (deploy, process PID on HOST, since TIME)
    watch it with `ddt status --zone mzone7204`, and try again when it has ended
    ");
    let other = Store::open(&place.state)
        .unwrap()
        .lock(&name("mzone1"), RunKind::Deploy);
    assert!(other.is_ok());
    drop(run);
    assert_eq!(store.holder(&zone()).unwrap(), None);
    begin(&place.state);
}

#[test]
fn another_process_is_kept_out_until_this_one_is_done() {
    if let Ok(state) = std::env::var(CHILD) {
        let taken = Store::open(Utf8Path::new(&state))
            .unwrap()
            .lock(&zone(), RunKind::Deploy);
        let text = taken.map_or_else(|error| error.to_string(), |_| "taken".to_owned());
        std::fs::write(Utf8Path::new(&state).join("said"), text).unwrap();
        return;
    }
    let place = place();
    let run = under_way(&place.state);
    let mut child = child(
        "store::tests::another_process_is_kept_out_until_this_one_is_done",
        &place.state,
    );
    let mut said = || {
        assert!(child.status().unwrap().success());
        std::fs::read_to_string(place.state.join("said")).unwrap()
    };
    let refusal = said();
    assert!(refusal.contains(run.record().run.as_str()), "{refusal}");
    drop(run);
    assert_eq!(said(), "taken");
}

#[test]
fn looking_never_keeps_anybody_out() {
    let place = place();
    drop(begin(&place.state));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let store = reader(&place.state);
                for _ in 0..200 {
                    store.holder(&zone()).unwrap();
                }
            });
        }
        let store = Store::open(&place.state).unwrap();
        for _ in 0..20 {
            drop(store.lock(&zone(), RunKind::Deploy).unwrap());
        }
    });
}

#[test]
fn many_processes_may_make_the_same_state_at_once() {
    let place = place();
    std::thread::scope(|scope| {
        for number in 0..8 {
            let state = &place.state;
            scope.spawn(move || {
                let zone = name(&format!("zone-{number}"));
                let lock = Store::open(state)
                    .unwrap()
                    .lock(&zone, RunKind::Deploy)
                    .unwrap();
                lock.begin(request()).unwrap();
            });
        }
    });
    assert_eq!(reader(&place.state).zones().unwrap().len(), 8);
}

#[test]
fn the_epoch_is_above_all_that_nodes_have_seen() {
    let place = place();
    let epoch = |epoch_seen| {
        let lock = Store::open(&place.state)
            .unwrap()
            .lock(&zone(), RunKind::Deploy)
            .unwrap();
        let begun = lock.begin(RunRequest {
            epoch_seen,
            ..request()
        });
        begun
            .map(|run| run.record().epoch)
            .map_err(|error| error.to_string())
    };
    assert_eq!([epoch(0), epoch(41), epoch(7)], [Ok(1), Ok(42), Ok(43)]);
    insta::assert_snapshot!(epoch(u64::MAX).unwrap_err(), @"a node has seen epoch 18446744073709551615, and no run can have a higher one");
    assert_eq!(epoch(0), Ok(44));
}

#[test]
fn a_plan_that_is_no_json_is_not_recorded() {
    let place = place();
    let lock = Store::open(&place.state)
        .unwrap()
        .lock(&zone(), RunKind::Deploy)
        .unwrap();
    assert!(
        lock.begin(RunRequest {
            plan: "{".to_owned(),
            ..request()
        })
        .is_err()
    );
    assert_eq!(reader(&place.state).records(None).unwrap(), []);
}

#[test]
fn runs_have_names_that_sort_by_time_and_differ() {
    let at = |second| run::new_name(Timestamp::from_second(second).unwrap()).unwrap();
    let mut names: Vec<_> = (0..200).map(|second| at(second / 2)).collect();
    assert!(at(1_800_000_000).as_str().starts_with("20270115T080000Z-"));
    assert!(names.windows(2).step_by(2).all(|pair| pair[0] != pair[1]));
    let before = names.clone();
    names.sort();
    let second = |name: &Name| name.as_str()[..16].to_owned();
    assert!(names.iter().map(second).eq(before.iter().map(second)));
}

#[test]
fn where_nothing_is_recorded_nothing_is_made() {
    let place = place();
    let store = reader(&place.state);
    assert_eq!(store.records(None).unwrap(), []);
    assert_eq!(store.holder(&zone()).unwrap(), None);
    let run = name("20261121T003334Z-4f2a9c");
    insta::assert_snapshot!(shown(store.verify(&run).unwrap_err(), &place.state, &run), @r"
    there is no run `RUN`
    `ddt history` lists the runs
    ");
    assert!(!place.state.exists());
}

#[test]
fn reads_while_another_connection_writes() {
    let place = place();
    let run = under_way(&place.state);
    let mut writer = raw(&place.state);
    let change = writer
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .unwrap();
    change.execute("UPDATE zone SET epoch = 9", []).unwrap();
    let store = reader(&place.state);
    assert_eq!(store.load(run.record()).unwrap().tasks.len(), 4);
    assert!(
        store
            .query(|connection| connection.execute("UPDATE zone SET epoch = 10", []))
            .is_err()
    );
}

#[test]
fn a_newer_state_is_refused() {
    let place = place();
    let run = under_way(&place.state).record().run.clone();
    raw(&place.state)
        .pragma_update(None, "user_version", 7)
        .unwrap();
    for error in [
        Store::open(&place.state).err().unwrap(),
        Store::open_to_read(&place.state).err().unwrap(),
    ] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(shown(error, &place.state, &run), @r"
            .ddt/state.db was written by a newer ddt (schema 7, this one knows 1)
            use that ddt, or another --state-dir
            ");
        }
    }
}

#[test]
fn a_damaged_state_is_refused_and_left_alone() {
    let place = place();
    files::private_directory(&place.state).unwrap();
    let path = place.state.join(DATABASE);
    let garbage = "this is not a database\n".repeat(500);
    std::fs::write(&path, &garbage).unwrap();
    for error in [
        Store::open(&place.state).err().unwrap(),
        Store::open_to_read(&place.state).err().unwrap(),
    ] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(shown(error, &place.state, &zone()), @r"
            .ddt/state.db is not a sound state database
            file is not a database
            Error code 26: file is not a database
            nothing was changed; keep a copy of the state directory, and restore a snapshot or begin with another --state-dir
            ");
        }
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), garbage);
}

#[test]
fn a_state_directory_that_cannot_be_made_is_named() {
    let place = place();
    let parent = place.state.parent().unwrap();
    std::fs::write(parent, "a file").unwrap();
    let error = Store::open(&place.state).err().unwrap();
    insta::assert_snapshot!(shown(error, &place.state, &zone()), @r"
    cannot use .ddt
    Not a directory (os error 20)
    ");
}

#[test]
fn only_the_owner_can_read_under_any_umask() {
    if let Ok(state) = std::env::var(CHILD) {
        under_way(Utf8Path::new(&state));
        return;
    }
    for umask in ["000", "077", "777"] {
        let place = place();
        let test = child("store::tests::only_the_owner_can_read_under_any_umask", &place.state);
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("umask {umask} && exec \"$0\" \"$@\"")]);
        shell.arg(test.get_program()).args(test.get_args()).env(CHILD, &place.state);
        assert!(shell.status().unwrap().success(), "umask {umask}");
        for (path, expected) in [
            ("", 0o700),
            ("locks", 0o700),
            ("locks/gate", 0o600),
            ("locks/mzone7204.lock", 0o600),
            ("state.db", 0o600),
        ] {
            let mode = std::fs::metadata(place.state.join(path))
                .unwrap()
                .permissions()
                .mode()
                & 0o777;
            assert_eq!(mode, expected, "{path} under umask {umask}: {mode:o}");
        }
    }
}

#[test]
fn the_files_that_the_database_adds_are_the_owners_too() {
    let place = place();
    let _run = under_way(&place.state);
    for file in ["state.db-wal", "state.db-shm"] {
        let mode = std::fs::metadata(place.state.join(file))
            .unwrap()
            .permissions()
            .mode()
            & 0o777;
        assert_eq!(mode, 0o600, "{file}: {mode:o}");
    }
}

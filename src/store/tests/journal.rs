//! What is written, and what is found when it was changed.

use super::*;

fn stop() -> Event {
    let after = crate::engine::event::StopAfter::Task;
    Event::StopRequested { after }
}

#[test]
fn a_run_reads_back_as_it_was_written() {
    let place = place();
    let mut run = under_way(&place.state);
    let record = run.record().clone();
    let store = reader(&place.state);
    assert_eq!(store.zones().unwrap(), [zone()]);
    assert_eq!(store.records(None).unwrap(), std::slice::from_ref(&record));
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
    let refused = run.append(&[stop(), stop()]).unwrap_err();
    let said = refused.to_string().replace(place.state.as_str(), ".ddt");
    insta::assert_snapshot!(said, @"cannot write the journal: cannot use the state database .ddt/state.db: the journal has another end");
    let rows: i64 = raw(&place.state)
        .query_row("SELECT count(*) FROM journal", [], |row| row.get(0))
        .unwrap();
    assert_eq!(rows, 4);
}

#[test]
fn receipts_of_a_lost_end_are_noticed() {
    let place = place();
    let mut run = under_way(&place.state);
    let head = run.append(&[stop()]).unwrap();
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
        "store::tests::journal::what_was_appended_survives_a_kill",
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

#![expect(clippy::unwrap_used, reason = "a test ends where a value is missing")]

use rusqlite::Connection;

use super::*;
use crate::cli::testbed::{Testbed, typed};
use crate::engine::event::{Event, RunKind, RunStart, RunState, TaskStart};
use crate::engine::journal::Journal;
use crate::store::DATABASE;
use crate::store::sample::{
    FIRST_SECOND, attempt, begin, eventful, failed, id, name, planned, run_ended, run_start,
    succeeded, under_way,
};

/// What the verb says a minute after the first moment.
fn said(place: &Testbed, words: &[&str]) -> String {
    let now = Timestamp::from_second(FIRST_SECOND + 60).unwrap();
    place.said(|out| typed::<StatusArgs>(words).show(&place.state_dir(), now, out))
}

#[test]
fn before_the_first_run_it_says_how_to_start_one() {
    let place = Testbed::new();
    insta::assert_snapshot!(said(&place, &[]), @r"
    there is no run yet; `ddt deploy MANIFEST` starts one
    exit code 0
    ");
    insta::assert_snapshot!(said(&place, &["--json"]), @r#"
    {
      "schema": 1,
      "zones": []
    }
    exit code 0
    "#);
}

#[test]
fn shows_a_failed_run_and_what_to_type_next() {
    let place = Testbed::new();
    under_way(&place.state_dir(), "mzone7204", 19);
    insta::assert_snapshot!(said(&place, &[]), @r"
    mzone7204: failed
      zone       error
      run        20261121T003334Z-000000 (deploy of zones/mzone7204.hjson)
      began      2026-11-21T00:33:35Z, took 19s
      tasks      1 failed, 1 skipped, 1 stopped, 1 succeeded
      nodes      1 error, 1 ready, 1 skipped, 1 stopped

        NODE    STATE    REASON
        node-1  stopped  -
        node-2  error    deploy ended with code 3
        node-3  skipped  another major

      next       ddt logs 20261121T003334Z-000000 --node node-2 --package boot
      then       ddt deploy zones/mzone7204.hjson
    exit code 0
    ");
}

#[test]
fn shows_a_run_that_goes_on() {
    let place = Testbed::new();
    let _run = under_way(&place.state_dir(), "mzone7204", 11);
    insta::assert_snapshot!(said(&place, &[]), @r"
    mzone7204: running, stopping
      zone       deploying
      run        20261121T003334Z-000000 (deploy of zones/mzone7204.hjson)
      began      2026-11-21T00:33:35Z, 59s ago
      tasks      2 pending, 2 running
      nodes      2 deploying, 1 ready, 1 skipped

        NODE    PACKAGE  DOING             FOR
        node-1  boot     between two acts  55s
        node-2  boot     attempt 1         54s

        NODE    STATE    REASON
        node-3  skipped  another major
    exit code 0
    ");
}

#[test]
fn shows_a_run_whose_process_died() {
    let place = Testbed::new();
    under_way(&place.state_dir(), "mzone7204", 4);
    insta::assert_snapshot!(said(&place, &[]), @r"
    mzone7204: interrupted
      zone       error
      run        20261121T003334Z-000000 (deploy of zones/mzone7204.hjson)
      began      2026-11-21T00:33:35Z, 59s ago
      tasks      1 in-doubt, 3 stopped
      nodes      1 in-doubt, 1 ready, 1 skipped, 1 stopped

        NODE    STATE     REASON
        node-1  in-doubt  the run's process died during it
        node-2  stopped   the run's process died
        node-3  skipped   another major

      next       ddt resume 20261121T003334Z-000000
      then       ddt deploy zones/mzone7204.hjson
    exit code 0
    ");
}

#[test]
fn shows_a_zone_that_is_being_prepared() {
    let place = Testbed::new();
    let state_dir = place.state_dir();
    under_way(&state_dir, "mzone7204", 19);
    let store = Store::open(&state_dir).unwrap();
    let lock = store.lock(&name("mzone7204"), RunKind::DryRun).unwrap();
    let shown = said(&place, &[]);
    let preparing = shown
        .lines()
        .find(|line| line.contains("preparing"))
        .unwrap();
    assert!(preparing.contains(lock.run().as_str()), "{shown}");
    let _first = store.lock(&name("mzone1"), RunKind::Deploy).unwrap();
    assert!(
        said(&place, &["--zone", "mzone1"]).starts_with("mzone1: no run yet\n  preparing  run ")
    );
}

#[test]
fn shows_every_zone_or_the_one_that_is_asked_for() {
    let place = Testbed::new();
    let mut run = begin(&place.state_dir(), "zone-b", RunKind::DryRun);
    let record = run.record().clone();
    let nothing = Event::RunStarted(RunStart {
        tasks: Vec::new(),
        ..run_start(&record)
    });
    run.append(&[nothing, run_ended(RunState::Succeeded)])
        .unwrap();
    under_way(&place.state_dir(), "zone-a", 1);
    insta::assert_snapshot!(said(&place, &[]), @r"
    zone-a: interrupted
      zone       partially-deployed
      run        20261121T003338Z-000001 (deploy of zones/mzone7204.hjson)
      began      2026-11-21T00:33:39Z, 55s ago
      tasks      4 stopped
      nodes      1 ready, 1 skipped, 2 stopped

        NODE    STATE    REASON
        node-1  stopped  the run's process died
        node-2  stopped  the run's process died
        node-3  skipped  another major

      next       ddt resume 20261121T003338Z-000001
      then       ddt deploy zones/mzone7204.hjson

    zone-b: succeeded
      zone       new
      run        20261121T003334Z-000000 (dry-run of zones/mzone7204.hjson)
      began      2026-11-21T00:33:35Z, took 2s
      tasks      none
      nodes      1 ready, 1 skipped

        NODE    STATE    REASON
        node-3  skipped  another major
    exit code 0
    ");
    insta::assert_snapshot!(said(&place, &["--zone", "zone-b"]), @r"
    zone-b: succeeded
      zone       new
      run        20261121T003334Z-000000 (dry-run of zones/mzone7204.hjson)
      began      2026-11-21T00:33:35Z, took 2s
      tasks      none
      nodes      1 ready, 1 skipped

        NODE    STATE    REASON
        node-3  skipped  another major
    exit code 0
    ");
    insta::assert_snapshot!(said(&place, &["--zone", "zone-c"]), @r"
    error: zone zone-c has no run
    help: did you mean `zone-a`?
    exit code 3
    ");
}

#[test]
fn many_nodes_are_counted() {
    let place = Testbed::new();
    let mut run = begin(&place.state_dir(), "mzone7204", RunKind::Deploy);
    let nodes: Vec<String> = (0..100).map(|number| format!("node-{number:02}")).collect();
    let tasks: Vec<TaskStart> = nodes.iter().map(|node| planned("boot", node)).collect();
    let ended = nodes.iter().enumerate().flat_map(|(number, node)| {
        let task = id("boot", node);
        let end = if number % 4 == 0 {
            succeeded(&task)
        } else {
            failed(&task)
        };
        [attempt(&task, 1), end]
    });
    let start = Event::RunStarted(RunStart {
        tasks,
        ..run_start(run.record())
    });
    let events: Vec<Event> = [start].into_iter().chain(ended).collect();
    run.append(&events).unwrap();
    let shown = said(&place, &[]);
    assert_eq!(shown.matches("error  ").count(), 20);
    assert!(shown.contains("... and 56 more nodes"), "{shown}");
}

#[test]
fn what_a_node_says_cannot_act_on_the_terminal() {
    let place = Testbed::new();
    let mut run = begin(&place.state_dir(), "mzone7204", RunKind::Deploy);
    let mut events = eventful(&run.record().clone());
    for event in &mut events {
        if let Event::NodeEnded { reason, .. } = event {
            *reason = Some("\x1b[2Jgone\r\nfine".to_owned());
        }
    }
    run.append(&events).unwrap();
    let shown = said(&place, &[]);
    assert!(
        shown
            .chars()
            .all(|character| character == '\n' || !character.is_control()),
        "{shown:?}"
    );
    assert!(shown.contains("gone"));
}

#[test]
fn damaged_records_are_shown_as_such() {
    let place = Testbed::new();
    under_way(&place.state_dir(), "mzone7204", 19);
    let connection = Connection::open(place.state_dir().join(DATABASE)).unwrap();
    connection
        .execute_batch(
            "DROP TRIGGER journal_is_not_updated; UPDATE journal SET event = '{}' WHERE seq = 7",
        )
        .unwrap();
    insta::assert_snapshot!(said(&place, &[]), @r"
    mzone7204: records are damaged
      the journal of run 20261121T003334Z-000000 is broken at event 7: it was changed or damaged there
    exit code 1
    ");
    insta::assert_snapshot!(said(&place, &["--json"]), @r#"
    {
      "schema": 1,
      "zones": [
        {
          "mzone": "mzone7204",
          "state": null,
          "run": null,
          "preparing": null,
          "problem": "the journal of run 20261121T003334Z-000000 is broken at event 7: it was changed or damaged there"
        }
      ]
    }
    exit code 1
    "#);
}

#[test]
fn prints_one_json_document() {
    let place = Testbed::new();
    let _run = under_way(&place.state_dir(), "mzone7204", 11);
    insta::assert_snapshot!(said(&place, &["--json"]));
}

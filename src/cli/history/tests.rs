#![expect(clippy::unwrap_used, reason = "a test ends where a value is missing")]

use rusqlite::Connection;

use super::*;
use crate::cli::testbed::{Testbed, typed};
use crate::engine::event::{Event, RunKind, RunStart, RunState};
use crate::engine::journal::Journal;
use crate::store::DATABASE;
use crate::store::sample::{begin, run_ended, run_start, under_way};

fn said(place: &Testbed, words: &[&str]) -> String {
    place.said(|out| typed::<HistoryArgs>(words).show(&place.state_dir(), out))
}

/// A failed run, one that died before its first event, a good dry run in another zone.
fn three_runs() -> Testbed {
    let place = Testbed::new();
    under_way(&place.state_dir(), "mzone7204", 19);
    begin(&place.state_dir(), "mzone7204", RunKind::Deploy);
    let mut good = begin(&place.state_dir(), "zone-b", RunKind::DryRun);
    let nothing = RunStart {
        tasks: Vec::new(),
        ..run_start(good.record())
    };
    good.append(&[Event::RunStarted(nothing), run_ended(RunState::Succeeded)])
        .unwrap();
    place
}

/// The name of the failed run.
fn failed_run(place: &Testbed) -> String {
    let store = Store::open_to_read(&place.state_dir()).unwrap();
    store.records(None).unwrap().pop().unwrap().run.to_string()
}

#[test]
fn before_the_first_run_it_says_how_to_start_one() {
    let place = Testbed::new();
    insta::assert_snapshot!(said(&place, &[]), @r"
    there is no run yet; `ddt deploy MANIFEST` starts one
    exit code 0
    ");
    insta::assert_snapshot!(said(&place, &["--zone", "mzone7204"]), @r"
    zone mzone7204 has no run
    exit code 0
    ");
    insta::assert_snapshot!(said(&place, &["--json"]), @r#"
    {
      "schema": 1,
      "runs": []
    }
    exit code 0
    "#);
    insta::assert_snapshot!(said(&place, &["latest"]), @r"
    error: there is no run yet
    help: `ddt deploy MANIFEST` starts one
    exit code 3
    ");
}

#[test]
fn lists_the_runs_newest_first() {
    let place = three_runs();
    insta::assert_snapshot!(said(&place, &[]), @r"
    RUN                      ZONE       KIND     STATE        TOOK  MANIFEST
    20261121T003357Z-000002  zone-b     dry-run  succeeded    2s    zones/mzone7204.hjson
    20261121T003355Z-000001  mzone7204  deploy   interrupted  -     zones/mzone7204.hjson
    20261121T003334Z-000000  mzone7204  deploy   failed       19s   zones/mzone7204.hjson
    exit code 0
    ");
    insta::assert_snapshot!(said(&place, &["--last", "1"]), @r"
    RUN                      ZONE    KIND     STATE      TOOK  MANIFEST
    20261121T003357Z-000002  zone-b  dry-run  succeeded  2s    zones/mzone7204.hjson
    exit code 0
    ");
}

#[test]
fn lists_the_runs_that_are_asked_for() {
    let place = three_runs();
    insta::assert_snapshot!(said(&place, &["--zone", "zone-b"]), @r"
    RUN                      ZONE    KIND     STATE      TOOK  MANIFEST
    20261121T003357Z-000002  zone-b  dry-run  succeeded  2s    zones/mzone7204.hjson
    exit code 0
    ");
    insta::assert_snapshot!(said(&place, &["--status", "interrupted"]), @r"
    RUN                      ZONE       KIND    STATE        TOOK  MANIFEST
    20261121T003355Z-000001  mzone7204  deploy  interrupted  -     zones/mzone7204.hjson
    exit code 0
    ");
    insta::assert_snapshot!(said(&place, &["--node", "node-2", "--package", "base"]), @r"
    RUN                      ZONE       KIND    STATE   TOOK  MANIFEST
    20261121T003334Z-000000  mzone7204  deploy  failed  19s   zones/mzone7204.hjson
    exit code 0
    ");
    insta::assert_snapshot!(said(&place, &["--node", "node-9"]), @r"
    error: no run matches
    help: `ddt history` lists them all
    exit code 3
    ");
    insta::assert_snapshot!(said(&place, &["--status", "fialed"]), @r"
    error: `fialed` is no state of a run
    help: did you mean `failed`?
    exit code 2
    ");
    insta::assert_snapshot!(said(&place, &["--status", "broken"]), @r"
    error: `broken` is no state of a run
    help: the states are running, succeeded, partial, failed, stopped, in-doubt, interrupted, rolled-back, rollback-failed
    exit code 2
    ");
}

#[test]
fn shows_one_row_for_each_task() {
    let place = three_runs();
    insta::assert_snapshot!(said(&place, &[&failed_run(&place)]), @r"
    20261121T003334Z-000000: failed
    deploy of zones/mzone7204.hjson to mzone7204, began 2026-11-21T00:33:35Z, took 19s

    NODE    PACKAGE  STATE      ATTEMPTS  BEGAN                 TOOK  REASON
    node-1  boot     succeeded  1         2026-11-21T00:33:39Z  7s    -
    node-2  boot     failed     2         2026-11-21T00:33:40Z  9s    deploy ended with code 3
    node-1  base     stopped    0         -                     -     the operator stopped the run
    node-2  base     skipped    0         -                     -     boot failed on this node
    exit code 0
    ");
    insta::assert_snapshot!(said(&place, &["latest"]), @r"
    20261121T003357Z-000002: succeeded
    dry-run of zones/mzone7204.hjson to zone-b, began 2026-11-21T00:33:58Z, took 2s

    it has no tasks
    exit code 0
    ");
}

#[test]
fn shows_the_tasks_that_are_asked_for() {
    let place = three_runs();
    let run = failed_run(&place);
    insta::assert_snapshot!(said(&place, &[&run, "--node", "node-2", "--status", "failed"]), @r"
    20261121T003334Z-000000: failed
    deploy of zones/mzone7204.hjson to mzone7204, began 2026-11-21T00:33:35Z, took 19s

    NODE    PACKAGE  STATE   ATTEMPTS  BEGAN                 TOOK  REASON
    node-2  boot     failed  2         2026-11-21T00:33:40Z  9s    deploy ended with code 3
    exit code 0
    ");
    insta::assert_snapshot!(said(&place, &[&run, "--package", "base", "--status", "stopped"]), @r"
    20261121T003334Z-000000: failed
    deploy of zones/mzone7204.hjson to mzone7204, began 2026-11-21T00:33:35Z, took 19s

    NODE    PACKAGE  STATE    ATTEMPTS  BEGAN  TOOK  REASON
    node-1  base     stopped  0         -      -     the operator stopped the run
    exit code 0
    ");
}

#[test]
fn says_why_there_is_nothing_to_show() {
    let place = three_runs();
    let run = failed_run(&place);
    insta::assert_snapshot!(said(&place, &[&run, "--node", "node-3"]), @r"
    error: no task of run 20261121T003334Z-000000 matches
    help: node node-3 is skipped: another major
    exit code 3
    ");
    insta::assert_snapshot!(said(&place, &[&run, "--status", "in-doubt"]), @r"
    error: no task of run 20261121T003334Z-000000 matches
    help: `ddt history 20261121T003334Z-000000` shows them all
    exit code 3
    ");
    insta::assert_snapshot!(said(&place, &[&run, "--node", "nod-1"]), @r"
    error: run 20261121T003334Z-000000 has no node nod-1
    help: did you mean `node-1`?
    exit code 2
    ");
    insta::assert_snapshot!(said(&place, &[&run, "--package", "kernel"]), @r"
    error: run 20261121T003334Z-000000 has no package kernel
    help: `ddt history 20261121T003334Z-000000` shows all that it has
    exit code 2
    ");
    insta::assert_snapshot!(said(&place, &[&run, "--status", "done"]), @r"
    error: `done` is no state of a task
    help: the states are pending, running, succeeded, failed, skipped, stopped, in-doubt, undone, undo-failed
    exit code 2
    ");
    let slip = said(&place, &[&run[..run.len() - 1]]);
    assert!(
        slip.contains("did you mean `20261121T003334Z-000000`?"),
        "{slip}"
    );
    insta::assert_snapshot!(said(&place, &["never"]), @r"
    error: there is no run `never`
    help: `ddt history` lists the runs
    exit code 2
    ");
}

#[test]
fn a_broken_run_is_not_shown_and_not_hidden() {
    let place = three_runs();
    let run = failed_run(&place);
    let connection = Connection::open(place.state_dir().join(DATABASE)).unwrap();
    let change =
        "DROP TRIGGER journal_is_not_updated; UPDATE journal SET time = 'x' WHERE seq = 19";
    connection.execute_batch(change).unwrap();
    insta::assert_snapshot!(said(&place, &["--node", "node-1"]), @r"
    RUN                      ZONE       KIND    STATE   TOOK  MANIFEST
    20261121T003334Z-000000  mzone7204  deploy  broken  -     zones/mzone7204.hjson
    exit code 0
    ");
    insta::assert_snapshot!(said(&place, &[&run]), @r"
    error: the journal of run 20261121T003334Z-000000 is broken at event 19: it was changed or damaged there
    help: nothing was changed; keep a copy of the state directory, and restore a snapshot or begin with another --state-dir
    exit code 1
    ");
}

#[test]
fn prints_one_json_document() {
    let place = three_runs();
    insta::assert_snapshot!("runs", said(&place, &["--json", "--last", "2"]));
    insta::assert_snapshot!(
        "tasks",
        said(&place, &[&failed_run(&place), "--json", "--node", "node-2"])
    );
}

#[test]
fn a_terminal_of_eighty_columns_holds_every_row() {
    let place = three_runs();
    let run = failed_run(&place);
    let text = place.said(|out| {
        let mut arguments = typed::<HistoryArgs>(&[run.as_str()]);
        arguments.columns = Some(80);
        arguments.show(&place.state_dir(), out)
    });
    assert!(
        text.lines().all(|line| line.chars().count() <= 80),
        "{text}"
    );
    assert_eq!(text.matches("node-").count(), 4, "{text}");
    insta::assert_snapshot!(text, @r"
    20261121T003334Z-000000: failed
    deploy of zones/mzone7204.hjson to mzone7204,
    began 2026-11-21T00:33:35Z, took 19s

    NODE    PACKAGE  STATE      ATTEMPTS  BEGAN             TOOK  REASON
    node-1  boot     succeeded  1         2026-11-21T00:33  7s    -
                                          :39Z
    node-2  boot     failed     2         2026-11-21T00:33  9s    deploy ended
                                          :40Z                    with code 3
    node-1  base     stopped    0         -                 -     the operator
                                                                  stopped the run
    node-2  base     skipped    0         -                 -     boot failed on
                                                                  this node
    exit code 0
    ");
}

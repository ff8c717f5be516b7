#![expect(clippy::unwrap_used, reason = "a test ends where a value is missing")]

use rusqlite::Connection;

use super::*;
use crate::cli::testbed::{Testbed, typed};
use crate::engine::event::{Event, RunKind, RunStart, RunState};
use crate::engine::journal::Journal;
use crate::store::DATABASE;
use crate::store::sample::{begin, run_ended, run_start, under_way};

fn said(place: &Testbed, words: &[&str]) -> String {
    place.said(|out| typed::<HistoryArgs>(words).run(&place.state_dir(), out))
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
    insta::assert_snapshot!(said(&place, &[]), @"");
    insta::assert_snapshot!(said(&place, &["--zone", "mzone7204"]), @"");
    insta::assert_snapshot!(said(&place, &["--json"]), @"");
    insta::assert_snapshot!(said(&place, &["latest"]), @"");
}

#[test]
fn lists_the_runs_newest_first() {
    let place = three_runs();
    insta::assert_snapshot!(said(&place, &[]), @"");
    insta::assert_snapshot!(said(&place, &["--limit", "1"]), @"");
}

#[test]
fn lists_the_runs_that_are_asked_for() {
    let place = three_runs();
    insta::assert_snapshot!(said(&place, &["--zone", "zone-b"]), @"");
    insta::assert_snapshot!(said(&place, &["--status", "interrupted"]), @"");
    insta::assert_snapshot!(said(&place, &["--node", "node-2", "--package", "base"]), @"");
    insta::assert_snapshot!(said(&place, &["--node", "node-9"]), @"");
    insta::assert_snapshot!(said(&place, &["--status", "fialed"]), @"");
    insta::assert_snapshot!(said(&place, &["--status", "broken"]), @"");
}

#[test]
fn shows_one_row_for_each_task() {
    let place = three_runs();
    insta::assert_snapshot!(said(&place, &[&failed_run(&place)]), @"");
    insta::assert_snapshot!(said(&place, &["latest"]), @"");
}

#[test]
fn shows_the_tasks_that_are_asked_for() {
    let place = three_runs();
    let run = failed_run(&place);
    insta::assert_snapshot!(said(&place, &[&run, "--node", "node-2", "--status", "failed"]), @"");
    insta::assert_snapshot!(said(&place, &[&run, "--package", "base", "--status", "stopped"]), @"");
}

#[test]
fn says_why_there_is_nothing_to_show() {
    let place = three_runs();
    let run = failed_run(&place);
    insta::assert_snapshot!(said(&place, &[&run, "--node", "node-3"]), @"");
    insta::assert_snapshot!(said(&place, &[&run, "--status", "in-doubt"]), @"");
    insta::assert_snapshot!(said(&place, &[&run, "--node", "nod-1"]), @"");
    insta::assert_snapshot!(said(&place, &[&run, "--package", "kernel"]), @"");
    insta::assert_snapshot!(said(&place, &[&run, "--status", "done"]), @"");
    insta::assert_snapshot!(said(&place, &[&run[..run.len() - 1]]), @"");
    insta::assert_snapshot!(said(&place, &["never"]), @"");
}

#[test]
fn a_broken_run_is_not_shown_and_not_hidden() {
    let place = three_runs();
    let run = failed_run(&place);
    let connection = Connection::open(place.state_dir().join(DATABASE)).unwrap();
    let change =
        "DROP TRIGGER journal_is_not_updated; UPDATE journal SET time = 'x' WHERE seq = 19";
    connection.execute_batch(change).unwrap();
    insta::assert_snapshot!(said(&place, &["--node", "node-1"]), @"");
    insta::assert_snapshot!(said(&place, &[&run]), @"");
}

#[test]
fn prints_one_json_document() {
    let place = three_runs();
    insta::assert_snapshot!("runs", said(&place, &["--json", "--limit", "2"]));
    insta::assert_snapshot!(
        "tasks",
        said(&place, &[&failed_run(&place), "--json", "--node", "node-2"])
    );
}

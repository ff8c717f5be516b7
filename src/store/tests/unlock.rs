//! A lock that is broken while its holder lives.

use super::*;
use crate::engine::event::StopAfter;

fn lock(state: &Utf8Path) -> Result<ZoneLock, StoreError> {
    Store::open(state).unwrap().lock(&zone(), RunKind::Deploy)
}

fn unlock(state: &Utf8Path) -> Option<Holder> {
    Store::open(state).unwrap().unlock(&zone()).unwrap()
}

/// What the operator of the run that was shut out sees.
fn said(error: impl ToString, state: &Utf8Path) -> String {
    let unlocking: (String, String, u32) = raw(state)
        .query_row("SELECT time, host, pid FROM unlocking", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .unwrap();
    let (time, host, pid) = unlocking;
    let time = time.parse::<Timestamp>().unwrap();
    let text = error.to_string();
    let text = text.replace(&time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(), "TIME");
    text.replace(&pid.to_string(), "PID").replace(&host, "HOST")
}

#[test]
fn shuts_a_run_out_that_is_alive() {
    let place = place();
    let mut old = under_way(&place.state);
    let broken = unlock(&place.state).unwrap();
    assert_eq!(broken.run, old.record().run);
    assert_eq!(reader(&place.state).holder(&zone()).unwrap(), None);
    let refused = old
        .append(&[Event::StopRequested {
            after: StopAfter::Task,
        }])
        .unwrap_err();
    insta::assert_snapshot!(said(refused, &place.state), @"cannot write the journal: zone mzone7204 was unlocked at TIME by process PID on HOST: this run has no part in it any more");
    let new = under_way(&place.state);
    assert!(new.record().epoch > old.record().epoch);
    assert!(
        old.append(&[Event::StopRequested {
            after: StopAfter::Task
        }])
        .is_err()
    );
    let store = reader(&place.state);
    let view = store.load(old.record()).unwrap();
    assert_eq!(view.state, RunState::Interrupted);
    assert!(!view.stop_requested);
    assert_eq!(
        store.holder(&zone()).unwrap().unwrap().run,
        new.record().run
    );
    drop(old);
    assert_eq!(
        store.holder(&zone()).unwrap().unwrap().run,
        new.record().run
    );
    assert!(matches!(lock(&place.state), Err(StoreError::Locked { .. })));
}

#[test]
fn shuts_a_run_out_that_has_not_begun() {
    let place = place();
    let old = lock(&place.state).unwrap();
    unlock(&place.state).unwrap();
    let new = begin(&place.state);
    let refused = old.begin(request()).err().unwrap();
    insta::assert_snapshot!(said(&refused, &place.state), @"zone mzone7204 was unlocked at TIME by process PID on HOST: this run has no part in it any more");
    let failure = Failure::from(refused);
    assert_eq!(failure.kind, FailureKind::Locked);
    insta::assert_snapshot!(failure.help.unwrap(), @"what it began on the nodes goes on there; look at `ddt status --zone mzone7204`");
    let records = reader(&place.state).records(None).unwrap();
    assert_eq!(records, std::slice::from_ref(new.record()));
}

#[test]
fn changes_nothing_where_nobody_holds_the_zone() {
    let place = place();
    assert_eq!(unlock(&place.state), None);
    drop(begin(&place.state));
    assert_eq!(unlock(&place.state), None);
    let rows: i64 = raw(&place.state)
        .query_row("SELECT count(*) FROM unlocking", [], |row| row.get(0))
        .unwrap();
    assert_eq!(rows, 0);
}

#[test]
fn is_on_record_for_good() {
    let place = place();
    let run = begin(&place.state);
    unlock(&place.state).unwrap();
    let recorded = reader(&place.state).unlocking(&run.record().run).unwrap();
    assert_eq!(recorded.unwrap().pid, std::process::id());
    let refused = ["UPDATE unlocking SET pid = 1", "DELETE FROM unlocking"];
    let said = refused.map(|sql| raw(&place.state).execute(sql, []).unwrap_err().to_string());
    insta::assert_snapshot!(said.join("\n"), @r"
    an unlocking is recorded once
    an unlocking is recorded once
    ");
}

//! The journal loses its end, at every event.

use super::end::End;
use super::lamps::{deploy_with, lamps, renew};
use crate::support::zone::Zone;
use rusqlite::{Connection, params};

/// The database of a zone, without the triggers that keep its journal whole.
fn unprotected(zone: &Zone) -> Connection {
    let database = Connection::open(zone.path(".ddt/state.db")).expect("a database");
    let drop = "DROP TRIGGER journal_is_not_deleted";
    database.execute_batch(drop).expect("a trigger");
    database
}

fn count_events(zone: &Zone) -> u64 {
    let database = Connection::open(zone.path(".ddt/state.db")).expect("a database");
    let count = database.query_row("SELECT count(*) FROM journal", [], |row| row.get(0));
    count.expect("a count")
}

/// Deploys to new lamps until ddt dies at a place; then the journal loses all but its first events.
fn die_and_cut(zone: &Zone, place: &str, kept: u64) {
    renew(zone);
    let _ = deploy_with(zone, "DDT_CRASH_AT", place);
    let cut = unprotected(zone);
    let cut = cut.execute("DELETE FROM journal WHERE seq > ?1", params![kept]);
    cut.expect("deleted");
}

/// Cuts at every event of a run that comes to its end, or dies at a place.
#[track_caller]
fn comes_to_the_same_end(place: &str) {
    let zone = lamps();
    zone.run(&["deploy", "manifest.hjson"]).exits(0);
    let undisturbed = End::of(&zone, "an undisturbed run");
    let mut kept = 0;
    loop {
        die_and_cut(&zone, place, kept);
        let is_cut = count_events(&zone) == kept;
        zone.run(&["deploy", "manifest.hjson"]).exits(0);
        let after = format!("{place}, cut to {kept} events");
        assert_eq!(End::of(&zone, &after), undisturbed, "{after}");
        if !is_cut {
            break;
        }
        kept += 1;
    }
    assert!(kept > 10, "the journal was cut {kept} times only");
}

#[test]
fn of_a_run_that_came_to_its_end() {
    comes_to_the_same_end("never");
}

#[test]
fn of_a_run_that_died_in_its_middle() {
    comes_to_the_same_end("worker.order-done:8");
}

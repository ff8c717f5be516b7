//! `ddt verify`: what was lost or changed behind ddt's back is found, and nothing else.

use crate::support::lamps::lamps;
use crate::support::process::Ended;
use crate::support::snapshot::assert_said;
use crate::support::zone::Zone;
use rusqlite::Connection;
use serde_json::Value;
use sha2::{Digest, Sha256};
use snapbox::str;
use std::fs;
use std::path::PathBuf;

/// Two lamps, one of which has a light that failed.
fn deployed() -> Zone {
    let mut zone = lamps(&["lamp-1", "lamp-2"]);
    let fails = "[ $DDT_NODE != lamp-2 ] || exit 3";
    zone.release("lamp-light").step("deploy", fails);
    zone.deploy(&[]).exits(4);
    zone
}

/// Changes the database behind ddt's back.
fn tamper(zone: &Zone, sql: &str) {
    let database = database(zone);
    for trigger in ["journal_is_not_deleted", "journal_is_not_updated"] {
        let drop = format!("DROP TRIGGER IF EXISTS {trigger}");
        database.execute_batch(&drop).expect("a trigger");
    }
    assert!(database.execute(sql, []).expect("changed") > 0, "{sql}");
}

fn database(zone: &Zone) -> Connection {
    Connection::open(zone.path(".ddt/state.db")).expect("a database")
}

/// A receipt of the zone's only run.
fn receipt(zone: &Zone, node: &str, package: &str) -> PathBuf {
    let runs = zone.node(node).root().join("var/lib/ddt/receipts");
    let run = fs::read_dir(runs).expect("runs").flatten().next();
    let run = run.expect("a run").path();
    run.join(format!("lamps,{package},1.receipt"))
}

/// What was said, without the run's name and durations.
fn said(zone: &Zone, ended: &Ended) -> String {
    let runs = zone.run(&["history", "--json"]).exits(0).json();
    let mut text = ended.stdout.clone();
    for run in runs["runs"].as_array().expect("runs") {
        text = text.replace(run["run"].as_str().expect("a name"), "RUN");
    }
    for seconds in 0..9 {
        text = text.replace(&format!("succeeded in {seconds} s"), "succeeded in N s");
    }
    text
}

#[test]
fn untouched_records_are_sound() {
    let zone = deployed();
    let verified = zone.run(&["verify"]).exits(0);
    assert_said(
        &said(&zone, &verified),
        str![[r#"
RUN of zone-1: sound, 24 events
1 run verified, compared with the receipts on the nodes

"#]],
    );
    zone.run(&["verify", "latest"]).exits(0);
    zone.run(&["verify", "zone-1", "--offline"])
        .exits(0)
        .says("the nodes were not asked");
    let json = zone.run(&["verify", "--json"]).exits(0).json();
    assert_eq!(json["schema"], 1);
    assert_eq!(json["runs"][0]["discrepancies"], Value::Array(vec![]));
    assert_eq!(json["runs"][0]["problem"], Value::Null);
}

#[test]
fn verifying_changes_nothing() {
    let zone = deployed();
    let before = zone.nodes_tree();
    zone.run(&["verify"]).exits(0);
    before.assert_same(&zone.nodes_tree());
}

#[test]
fn a_flipped_byte_breaks_the_chain() {
    let zone = deployed();
    tamper(
        &zone,
        "UPDATE journal SET event = replace(event, 'exited with 3', 'exited with 4') WHERE event LIKE '%exited with 3%'",
    );
    let verified = zone.run(&["verify"]).exits(1);
    let text = said(&zone, &verified);
    assert!(
        text.contains("RUN of zone-1: BROKEN\n  the journal of run RUN is broken at event "),
        "{text}"
    );
}

#[test]
fn a_journal_that_lost_its_end_is_shorter_than_the_receipts() {
    let zone = deployed();
    tamper(&zone, "DELETE FROM journal WHERE seq > 3");
    let verified = zone.run(&["verify"]).exits(1);
    assert_said(
        &said(&zone, &verified),
        str![[r#"
RUN of zone-1: DIFFERS, 3 events
  lamp-firmware on lamp-1 (attempt 1): its receipt names a head that the journal does not have
  lamp-firmware on lamp-1 (attempt 1): the node began it, and the journal knows nothing of it
  lamp-light on lamp-1 (attempt 1): its receipt names a head that the journal does not have
  lamp-light on lamp-1 (attempt 1): the node began it, and the journal knows nothing of it
  lamp-firmware on lamp-2 (attempt 1): its receipt names a head that the journal does not have
  lamp-firmware on lamp-2 (attempt 1): the node began it, and the journal knows nothing of it
  lamp-light on lamp-2 (attempt 1): its receipt names a head that the journal does not have
  lamp-light on lamp-2 (attempt 1): the node began it, and the journal knows nothing of it
records of 1 of 1 run were lost or changed, compared with the receipts on the nodes
keep a copy of the state directory; what is on the nodes is told by them, not by the journal

"#]],
    );
    // A deployment says so, too, and goes on from what the nodes say.
    zone.run(&["deploy", "manifest.hjson"])
        .exits(4)
        .says("is shorter than what the nodes remember of it; `ddt verify ");
    zone.run(&["verify"]).exits(1).says("DIFFERS, 4 events");
}

#[test]
fn a_whole_journal_that_is_gone_is_missed() {
    let zone = deployed();
    tamper(&zone, "DELETE FROM journal");
    zone.run(&["verify"])
        .exits(1)
        .says("the journal knows nothing of it");
}

#[test]
fn a_receipt_that_is_gone_is_missed() {
    let zone = deployed();
    fs::remove_file(receipt(&zone, "lamp-1", "lamp-firmware")).expect("removed");
    // Nor may what led to it stand in for it.
    fs::remove_file(receipt(&zone, "lamp-1", "lamp-firmware").with_extension("outcome"))
        .expect("removed");
    fs::remove_file(receipt(&zone, "lamp-1", "lamp-firmware").with_extension("awaiting"))
        .expect("removed");
    let verified = zone.run(&["verify"]).exits(1);
    let text = said(&zone, &verified);
    let expected = "  lamp-firmware on lamp-1 (attempt 1): the journal says how it ended, and the node has no receipt\n";
    assert!(text.contains(expected), "{text}");
    fs::remove_dir_all(zone.node("lamp-2").root().join("var/lib/ddt")).expect("removed");
    zone.run(&["verify"])
        .exits(1)
        .says("lamp-light on lamp-2 (attempt 1): the journal says");
}

/// Somebody who can write the database can make every chain anew; what the nodes remember is not theirs.
#[test]
fn a_forged_outcome_is_found_although_its_chain_is_sound() {
    let zone = deployed();
    forge(&zone, "exited with 3", "exited with 4");
    zone.run(&["verify", "--offline"]).exits(0);
    let verified = zone.run(&["verify"]).exits(1);
    let text = said(&zone, &verified);
    let expected = "  lamp-light on lamp-2 (attempt 1): the journal says failed (deploy exited with 4), \
                    the receipt failed (deploy exited with 3)\n";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn a_forged_receipt_is_found() {
    let zone = deployed();
    let receipt = receipt(&zone, "lamp-2", "lamp-light");
    let text = fs::read_to_string(&receipt).expect("a receipt");
    fs::write(&receipt, text.replace("exited deploy 3", "succeeded")).expect("written");
    zone.run(&["verify"])
        .exits(1)
        .says("the journal says failed (deploy exited with 3), the receipt succeeded");
}

#[test]
fn a_node_that_cannot_be_asked_is_no_witness() {
    let zone = deployed();
    let inventory = fs::read_to_string(zone.path("inventory.hjson")).expect("an inventory");
    let without = inventory.replace("lamp-2", "lamp-3");
    zone.write("inventory.hjson", without);
    zone.run(&["verify"])
        .exits(1)
        .says("lamp-2 could not be asked: it is not in the inventory any more")
        .says("nothing is known of their receipts");
}

#[test]
fn what_does_not_exist_is_not_verified() {
    let zone = lamps(&["lamp-1"]);
    zone.run(&["verify"]).exits(0).says("there is no run yet");
    zone.run(&["verify", "latest"])
        .exits(3)
        .says("there is no run yet");
    zone.deploy(&[]).exits(0);
    zone.run(&["verify", "zone-2"])
        .exits(3)
        .says("there is no run and no zone `zone-2`")
        .says("did you mean `zone-1`?");
}

/// Changes a text of the journal, and makes all hashes after it fit.
fn forge(zone: &Zone, from: &str, to: &str) {
    let sql = format!(
        "UPDATE journal SET event = replace(event, '{from}', '{to}') WHERE event LIKE '%{from}%'"
    );
    tamper(zone, &sql);
    let database = database(zone);
    let mut rows = database
        .prepare("SELECT run, seq, time, previous, event FROM journal ORDER BY seq")
        .expect("a query");
    let rows = rows.query_map([], |row| {
        let texts = (
            row.get::<_, String>(0)?,
            row.get::<_, u64>(1)?,
            row.get::<_, String>(2)?,
        );
        Ok((texts, row.get::<_, String>(3)?, row.get::<_, String>(4)?))
    });
    let rows: Vec<_> = rows
        .expect("rows")
        .collect::<Result<_, _>>()
        .expect("a row");
    let mut previous = rows[0].1.clone();
    for ((run, seq, time), _, event) in rows {
        let hash = hash(&[&previous, &run, &seq.to_string(), &time, &event]);
        let set = "UPDATE journal SET previous = ?1, hash = ?2 WHERE seq = ?3";
        database
            .execute(set, rusqlite::params![previous, hash, seq])
            .expect("changed");
        previous = hash;
    }
}

/// As `store/chain.rs` computes it.
fn hash(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hasher
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

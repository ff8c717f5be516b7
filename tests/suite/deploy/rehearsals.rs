//! `ddt rehearse`: a plan is tried in memory; no node is changed, and none is read with `--fresh`.

use super::deployed;
use crate::support::zone::Zone;
use serde_json::Value;

fn rehearse(zone: &Zone, arguments: &[&str]) -> Value {
    let command = [&["rehearse", "manifest.hjson", "--json"], arguments].concat();
    serde_json::from_str(&zone.run(&command).exits(0).stdout).expect("JSON")
}

#[test]
fn a_rehearsal_changes_nothing_and_keeps_every_promise() {
    let zone = Zone::hostos(&["node-1", "node-2"]);
    zone.write_documents();
    let told = rehearse(&zone, &["--runs", "20", "--fresh"]);
    assert_eq!(told["kept"], true);
    assert_eq!(told["tasks"], 14);
    assert_eq!(told["rehearsals"].as_array().map(Vec::len), Some(20));
    assert!(!zone.path("nodes").exists(), "a node was touched");
    assert!(!zone.path("deploy_logs").exists(), "logs were begun");
}

#[test]
fn a_seed_tells_the_same_story_again() {
    let zone = Zone::hostos(&["node-1"]);
    zone.write_documents();
    let many = rehearse(&zone, &["--runs", "5", "--seed", "3"]);
    let one = rehearse(&zone, &["--runs", "1", "--seed", "7"]);
    assert_eq!(many["rehearsals"][4], one["rehearsals"][0]);
}

#[test]
fn only_the_faults_that_are_named_strike() {
    let zone = Zone::hostos(&["node-1", "node-2"]);
    zone.write_documents();
    let told = rehearse(&zone, &["--runs", "20", "--faults", "drop,delay"]);
    let rehearsals = told["rehearsals"].as_array().expect("a list");
    let struck = rehearsals
        .iter()
        .filter_map(|row| row["faults"].as_object());
    let words: std::collections::BTreeSet<&String> =
        struck.flat_map(|faults| faults.keys()).collect();
    assert_eq!(words.into_iter().collect::<Vec<_>>(), ["delay", "drop"]);
}

#[test]
fn what_is_up_to_date_needs_no_rehearsal() {
    let zone = deployed(&["node-1"]);
    let told = zone.run(&["rehearse", "manifest.hjson"]).exits(0).stdout;
    assert_eq!(
        told,
        "zone-1: nothing to rehearse, there is nothing to do\n"
    );
    let fresh = rehearse(&zone, &["--fresh", "--runs", "1"]);
    assert_eq!(fresh["tasks"], 7);
}

#[test]
fn a_rehearsal_goes_through_the_zone_as_a_deployment_does() {
    let zone = Zone::hostos(&["node-1", "node-2", "node-3"]);
    zone.write_documents();
    let slowly = ["--batches", "1", "--pause-between", "10h"];
    let harmless = ["--fresh", "--runs", "1", "--faults", "duplicate"];
    let told = rehearse(&zone, &[&harmless[..], &slowly].concat());
    let seconds = told["rehearsals"][0]["seconds"].as_u64();
    assert!(seconds > Some(2 * 10 * 3_600), "{told}");
}

#[test]
fn a_rehearsal_goes_on_beyond_failures_as_a_deployment_does() {
    let zone = Zone::hostos(&["node-1", "node-2", "node-3", "node-4"]);
    zone.write_documents();
    let failing = ["--fresh", "--runs", "40", "--faults", "step"];
    let told = rehearse(&zone, &[&failing[..], &["--max-failures", "2"]].concat());
    let told = told["rehearsals"].to_string();
    assert!(told.contains("\"partial\""), "no run went on: {told}");
}

#[test]
fn an_unknown_fault_is_refused() {
    let zone = Zone::hostos(&["node-1"]);
    let refused = zone
        .run(&["rehearse", "manifest.hjson", "--faults", "rain"])
        .exits(2);
    let known = "\"rain\" is no fault; faults are drop, delay, duplicate, crash, takeover, death, boot, step, stop, kill, health";
    assert!(refused.stderr.contains(known), "{}", refused.stderr);
}

//! What `ddt` prints for machines is what its schemas say.

use super::{assert_takes, schema};
use crate::support::zone::{HOSTOS, Zone};
use ddt::schemas::SchemaKind;
use serde_json::Value;
use std::collections::BTreeSet;

/// Checks every line of a run's events, and returns the names of the events.
#[track_caller]
fn events(text: &str) -> BTreeSet<String> {
    let schema = schema(SchemaKind::Events);
    let mut names = BTreeSet::new();
    for line in text.lines() {
        let event: Value = serde_json::from_str(line).expect("a line of JSON");
        assert_takes(&schema, &event, "a line");
        names.extend(
            event
                .get("event")
                .and_then(Value::as_str)
                .map(str::to_owned),
        );
    }
    names
}

#[test]
fn the_events_of_a_run_that_succeeds_and_one_that_fails() {
    let mut zone = Zone::hostos(&["node-1", "node-2"]);
    zone.release("hostos-base-os-sw-release")
        .step("deploy", "exit 3");
    let failed = events(&zone.deploy(&["--json"]).exits(4).stdout);
    for name in [
        "run-started",
        "intended",
        "ended",
        "task-skipped",
        "run-ended",
    ] {
        assert!(failed.contains(name), "no {name} in {failed:?}");
    }
    zone.release("hostos-base-os-sw-release").step("deploy", "");
    let ended = events(&zone.deploy(&["--json"]).exits(0).stdout);
    assert!(ended.contains("node-ended"), "{ended:?}");
    events(&zone.deploy(&["--json", "--dry-run"]).exits(0).stdout);
}

#[test]
fn the_events_that_are_kept_are_those_that_are_printed() {
    let zone = Zone::hostos(&["node-1"]);
    zone.deploy(&[]).exits(0);
    let kept = std::fs::read_to_string(zone.path("deploy_logs/latest/events.jsonl"));
    assert!(events(&kept.expect("the run's events")).contains("run-ended"));
}

#[test]
fn something_else_is_no_event() {
    let schema = schema(SchemaKind::Events);
    for text in [
        r#"{"schema":2,"ddt":"1","kind":"run-events"}"#,
        r#"{"seq":1,"time":"2026-01-01T00:00:00Z","event":"run-began"}"#,
        r#"{"seq":1,"event":"stop-requested"}"#,
        r#"{"seq":0,"time":"2026-01-01T00:00:00Z","event":"stop-requested"}"#,
        r#"{"seq":1,"time":"2026-01-01T00:00:00Z","event":"run-ended","state":"fine"}"#,
    ] {
        let value = serde_json::from_str(text).expect("JSON");
        assert!(!schema.is_valid(&value), "{text}");
    }
}

#[test]
fn plans_of_every_mode() {
    let schema = schema(SchemaKind::Plan);
    let mut zone = Zone::hostos(&["node-1"]);
    zone.write_documents();
    let plan = |zone: &Zone| {
        zone.run(&["plan", "manifest.hjson", "--json"])
            .exits(0)
            .json()
    };
    assert_takes(&schema, &plan(&zone), "fresh");
    zone.deploy(&[]).exits(0);
    assert_takes(&schema, &plan(&zone), "up to date");
    zone.release("hostos-kernel-patch-release")
        .tag("3.1.11-20220722T070711Z_1412be3");
    zone.write_documents();
    assert_takes(&schema, &plan(&zone), "upgrade");
    for (package, tag) in HOSTOS {
        zone.release(package).tag(&tag.replacen("3.", "4.", 1));
    }
    zone.write_documents();
    let skipped = zone.run(&["plan", "manifest.hjson", "--json"]).json();
    assert_takes(&schema, &skipped, "another major");
    let mut unknown = skipped;
    unknown["extra"] = Value::Bool(true);
    assert!(!schema.is_valid(&unknown), "an unknown key is taken");
}

#[test]
fn rehearsals_of_a_plan_and_of_none() {
    let schema = schema(SchemaKind::Rehearsals);
    let zone = Zone::hostos(&["node-1", "node-2"]);
    zone.write_documents();
    let rehearse = |arguments: &[&str]| {
        let command = ["rehearse", "manifest.hjson", "--fresh", "--json"];
        zone.run(&[&command, arguments].concat()).exits(0).json()
    };
    let told = rehearse(&["--runs", "10", "--canaries", "1", "--max-in-flight", "1"]);
    assert_takes(&schema, &told, "ten rehearsals");
    assert_takes(&schema, &rehearse(&["--runs", "0"]), "none");
    let mut unknown = told;
    unknown["faults"][0] = Value::from("rain");
    assert!(!schema.is_valid(&unknown), "an unknown fault is taken");
}

#[test]
fn a_lint_report_with_findings_and_one_without() {
    let schema = schema(SchemaKind::LintJson);
    let zone = Zone::hostos(&["node-1"]);
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/lint");
    let found = zone
        .run(&["lint", fixtures, "--output", "json"])
        .exits(1)
        .json();
    assert!(
        found["findings"]
            .as_array()
            .is_some_and(|all| all.len() > 40)
    );
    assert_takes(&schema, &found, "findings");
    zone.write_documents();
    let clean = zone
        .run(&["lint", "inventory.hjson", "--output", "json"])
        .exits(0);
    assert_takes(&schema, &clean.json(), "no findings");
}

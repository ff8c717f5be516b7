//! `deploy --dry-run`: every check of every bundle on every node, and nothing else.

use super::{deployed, packages};
use crate::support::zone::Zone;

const NODES: [&str; 2] = ["node-1", "node-2"];

fn checks(zone: &Zone, node: &str) -> Vec<String> {
    let steps = zone.node(node).steps().into_iter();
    steps
        .map(|step| step.split(' ').take(2).collect::<Vec<_>>().join(" "))
        .collect()
}

fn every_check() -> Vec<String> {
    packages()
        .iter()
        .map(|package| format!("check {package}"))
        .collect()
}

#[test]
fn checks_every_bundle_on_nodes_that_have_nothing() {
    let zone = Zone::hostos(&NODES);
    zone.deploy(&["--dry-run"]).exits(0);
    for name in NODES {
        assert_eq!(checks(&zone, name), every_check(), "{name}");
    }
    assert!(!zone.path("nodes").exists(), "a node was touched");
}

#[test]
fn checks_every_bundle_on_nodes_that_have_everything() {
    let zone = deployed(&NODES);
    let before = zone.nodes_tree();
    let ran = zone.node("node-1").steps().len();
    zone.deploy(&["--dry-run"]).exits(0);
    before.assert_same(&zone.nodes_tree());
    for name in NODES {
        assert_eq!(checks(&zone, name)[ran..], every_check(), "{name}");
    }
}

#[test]
fn tells_its_checks_that_it_is_one() {
    let mut zone = Zone::hostos(&["node-1"]);
    zone.release("hostos-boot-release")
        .step("check", r#"[ -n "$DDT_DRY_RUN" ]"#);
    zone.deploy(&["--dry-run"]).exits(0);
    zone.deploy(&[]).exits(4);
}

#[test]
fn fails_when_a_check_fails_and_still_makes_the_others() {
    let mut zone = Zone::hostos(&NODES);
    zone.release("hostos-config-release").step(
        "check",
        r#"[ "$DDT_NODE" = node-1 ] || { echo "no nameserver answers" >&2; exit 3; }"#,
    );
    zone.deploy(&["--dry-run"])
        .exits(4)
        .says("no nameserver answers")
        .says("check exited with 3");
    for name in NODES {
        assert_eq!(checks(&zone, name), every_check(), "{name}");
    }
    assert!(!zone.path("nodes").exists(), "a node was touched");
}

#[test]
fn leaves_nothing_behind_on_this_machine() {
    let zone = Zone::hostos(&NODES);
    let scratch = zone.write("scratch/.keep", "");
    let scratch = scratch.parent().expect("a directory");
    zone.write_documents();
    let mut command = zone.ddt(&["deploy", "manifest.hjson", "--dry-run"]);
    let output = command.env("TMPDIR", scratch).output().expect("ddt starts");
    assert!(output.status.success(), "{output:?}");
    let left: Vec<_> = std::fs::read_dir(scratch)
        .expect("a directory")
        .flatten()
        .collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

//! `ddt bundle prune --nodes`: what the nodes need to go back stays, the rest is sent again.

use std::fs;

use super::deployed;
use super::rollback::GOES_BACK;
use crate::support::zone::Zone;

const BASE: &str = "hostos-base-os-sw-release";
const OLD: &str = "3.4.83-20220708T144532Z_1b241f2";
const NEW: &str = "3.4.84-20230708T144532Z_2c241f2";
const PRUNE: [&str; 4] = ["bundle", "prune", "--nodes", "inventory.hjson"];

/// Two nodes, one package of which was upgraded: the old release is needed no more.
fn upgraded() -> Zone {
    let mut zone = deployed(&["node-1", "node-2"]);
    zone.release(BASE).tag(NEW).step("rollback", GOES_BACK);
    zone.deploy(&[]).exits(0);
    zone
}

/// How many bundles a node has unpacked.
fn cached(zone: &Zone, node: &str) -> usize {
    let cache = zone.node(node).root().join("var/lib/ddt/bundles/sha256");
    fs::read_dir(cache).expect("a cache").count()
}

#[test]
fn a_rollback_works_after_a_prune() {
    let zone = upgraded();
    let before = cached(&zone, "node-1");
    let pruned = zone.run(&PRUNE).exits(0);
    let lines: Vec<&str> = pruned.stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    for (line, node) in lines.iter().zip(["node-1", "node-2"]) {
        assert!(line.starts_with(node), "{line}");
        assert!(line.contains("removed 1 bundle of "), "{line}");
        assert!(line.ends_with(&format!(", {} left", before - 1)), "{line}");
        assert_eq!(cached(&zone, node), before - 1);
    }
    zone.run(&["rollback", "zone-1"]).exits(0).says("undone");
    let record = zone.node("node-1").releases();
    assert_eq!(record.last(), Some(&format!("{BASE} {OLD} rolled-back")));
    // What was undone can be done again.
    zone.run(&PRUNE).exits(0).says("removed nothing");
    zone.run(&["rollback", "zone-1"]).exits(0);
    let record = zone.node("node-1").releases();
    assert_eq!(record.last(), Some(&format!("{BASE} {NEW} deployed")));
}

#[test]
fn what_was_pruned_is_sent_again() {
    let mut zone = upgraded();
    zone.run(&[&PRUNE[..], &["--limit", "node-1"]].concat())
        .exits(0)
        .says("node-1")
        .does_not_say("node-2");
    let pruned = cached(&zone, "node-1");
    assert_eq!(cached(&zone, "node-2"), pruned + 1);
    zone.release(BASE).tag(OLD);
    zone.deploy(&["--allow-downgrade", BASE]).exits(0);
    assert_eq!(cached(&zone, "node-1"), pruned + 1);
    let record = zone.node("node-1").releases();
    assert_eq!(record.last(), Some(&format!("{BASE} {OLD} deployed")));
}

#[test]
fn nothing_is_pruned_while_a_run_goes_on() {
    let mut zone = upgraded();
    let before = cached(&zone, "node-1");
    let gate = zone.gate("deploy");
    let newer = "3.4.85-20240708T144532Z_3d241f2";
    zone.release(BASE)
        .tag(newer)
        .step("deploy", &gate.wait_here());
    let ddt = zone.start_deploy(&[]);
    gate.reached_by("node-1");
    zone.run(&PRUNE).exits(7).says("zone-1 is locked by run");
    assert_eq!(cached(&zone, "node-1"), before + 1);
    gate.open();
    ddt.end().exits(0);
    zone.run(&PRUNE).exits(0).says("removed 2 bundles of ");
}

#[test]
fn a_node_that_cannot_be_reached_is_named_and_the_others_are_pruned() {
    let zone = upgraded();
    zone.write(
        "inventory.hjson",
        "{
  mzone: zone-1
  nodes: {
    node-1: {
      transport: local
      root: nodes/node-1
    }
    node-9: {
      address: 127.0.0.1
      port: 1
    }
  }
}
",
    );
    zone.run(&PRUNE)
        .exits(4)
        .says("removed 1 bundle of ")
        .says("node-9                   not pruned: it cannot be reached");
}

#[test]
fn refuses_what_does_not_fit() {
    let zone = upgraded();
    zone.run(&[&PRUNE[..], &["--keep", "1G"]].concat())
        .exits(2)
        .says("--keep");
    zone.run(&["bundle", "prune", "--limit", "node-1"])
        .exits(2)
        .says("--nodes");
    zone.run(&[&PRUNE[..], &["--limit", "node-7"]].concat())
        .exits(3);
}

//! A controller that is paused, loses its zone to another one, and wakes.

use super::{NODES, in_mid_run};
use crate::support::gate::Gate;
use crate::support::lamps::{PACKAGES, lamps};
use crate::support::process::{Running, Signal};
use crate::support::zone::Zone;
use std::process::Command;

const SHUT_OUT: &str = "zone zone-1 was unlocked at ";

#[track_caller]
fn all_ran_once(zone: &Zone) {
    for name in NODES {
        assert_eq!(zone.node(name).deployed(), PACKAGES, "{name}");
        let record = zone
            .node(name)
            .read("/etc/lamps/releases")
            .expect("a record");
        assert_eq!(record.lines().count(), 3, "{name}: {record}");
    }
}

/// Pauses a deployment, breaks its lock, and deploys in its place to the end.
fn taken_over(zone: &Zone, gate: &Gate, paused: &Running) {
    paused.signal(Signal::Pause);
    zone.run(&["unlock", "zone-1", "--force"]).exits(0);
    gate.open();
    zone.run(&["deploy", "manifest.hjson"]).exits(0);
    all_ran_once(zone);
}

#[test]
fn it_ends_and_has_changed_nothing() {
    let (zone, gate, paused) = in_mid_run();
    taken_over(&zone, &gate, &paused);
    let before = zone.nodes_tree();
    paused.signal(Signal::Continue);
    paused
        .end()
        .exits(1)
        .says(SHUT_OUT)
        .says("look at `ddt status`");
    before.assert_same(&zone.nodes_tree());
    all_ran_once(&zone);
    zone.run(&["status"]).exits(0).says("zone-1: succeeded");
    zone.run(&["history"]).exits(0).says("interrupted");
}

/// It has committed to start a task and has not told the node yet, which refuses it then.
#[cfg(debug_assertions)]
#[test]
fn the_node_refuses_what_it_still_sends() {
    let zone = lamps(&["lamp-1"]);
    zone.write_documents();
    let pipe = zone.path("pipe");
    let made = Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo starts").success());
    let mut command = zone.ddt(&["deploy", "manifest.hjson"]);
    command.env("DDT_HOLD_BY", &pipe);
    // Its second order to the node is the first task.
    command.env("DDT_HOLD_AT", "worker.order-taken:2");
    let held = zone.start_command(command);
    let hold = std::fs::OpenOptions::new()
        .write(true)
        .open(&pipe)
        .expect("it waits");
    zone.run(&["unlock", "--force"]).exits(0);
    zone.run(&["deploy", "manifest.hjson"]).exits(0);
    let before = zone.nodes_tree();
    drop(hold);
    held.end().exits(1).says(SHUT_OUT);
    before.assert_same(&zone.nodes_tree());
    assert_eq!(zone.node("lamp-1").deployed(), PACKAGES);
}

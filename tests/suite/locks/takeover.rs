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

/// What the worker of the only node does for its orders: the first one prepares it.
#[cfg(debug_assertions)]
const FIRST_TASK: &str = "worker.order-taken:2";

#[cfg(debug_assertions)]
const FIRST_REBOOT: &str = "worker.order-taken:3";

/// Its order is in the journal, the node has not heard of it yet; it is sent when another run has been there.
#[cfg(debug_assertions)]
#[track_caller]
fn is_refused_by_the_node(zone: &Zone, order: &str) {
    zone.write_documents();
    let pipe = zone.path("pipe");
    let made = Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo starts").success());
    let mut command = zone.ddt(&["deploy", "manifest.hjson"]);
    command.env("DDT_HOLD_AT", order).env("DDT_HOLD_BY", &pipe);
    let held = zone.start_command(command);
    let mut hold = std::fs::OpenOptions::new();
    let hold = hold.write(true).open(&pipe).expect("it waits");
    zone.run(&["unlock", "--force"]).exits(0);
    zone.run(&["deploy", "manifest.hjson"]).exits(0);
    let before = zone.nodes_tree();
    drop(hold);
    held.end().exits(1).says(SHUT_OUT);
    before.assert_same(&zone.nodes_tree());
}

#[cfg(debug_assertions)]
#[test]
fn the_node_refuses_a_task_that_it_still_sends() {
    let zone = lamps(&["lamp-1"]);
    is_refused_by_the_node(&zone, FIRST_TASK);
    assert_eq!(zone.node("lamp-1").deployed(), PACKAGES);
}

#[cfg(debug_assertions)]
#[test]
fn the_node_refuses_a_reboot_that_it_still_sends() {
    let mut zone = lamps(&["lamp-1"]);
    // The other run starts no attempt: it only reboots and finishes.
    zone.keep("lamp-firmware");
    is_refused_by_the_node(&zone, FIRST_REBOOT);
    assert_eq!(zone.node("lamp-1").deployed(), PACKAGES[..1]);
}

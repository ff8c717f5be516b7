//! Ctrl-C, twice, SIGTERM, SIGHUP; and a second ddt while one is at work.

use super::packages;
use crate::support::gate::Gate;
use crate::support::process::{Running, Signal};
use crate::support::zone::Zone;

const BASE: &str = "hostos-base-os-sw-release";
const NODES: [&str; 2] = ["node-1", "node-2"];

/// A deployment that waits in the third of seven tasks, on both nodes.
fn in_mid_run() -> (Zone, Gate, Running) {
    let mut zone = Zone::hostos(&NODES);
    let gate = zone.gate("base");
    zone.release(BASE).step("deploy", &gate.wait_here());
    let ddt = zone.start_deploy(&[]);
    NODES.iter().for_each(|name| gate.reached_by(name));
    (zone, gate, ddt)
}

#[track_caller]
fn stops_in_order(signal: Signal) {
    let (zone, gate, ddt) = in_mid_run();
    ddt.signal(signal);
    zone.until_stopping();
    gate.open();
    ddt.end().exits(5);
    zone.run(&["status"]).exits(0).says("zone-1: stopped");
    for name in NODES {
        assert_eq!(zone.node(name).deployed(), packages()[..3], "{name}");
        assert_eq!(zone.node(name).releases().len(), 3, "{name}");
    }
    zone.deploy(&[]).exits(0);
    for name in NODES {
        assert_eq!(zone.node(name).deployed(), packages(), "{name}");
    }
}

#[test]
fn ctrl_c_ends_what_runs_and_starts_nothing_more() {
    stops_in_order(Signal::Interrupt);
}

#[test]
fn sigterm_does_as_ctrl_c() {
    stops_in_order(Signal::Terminate);
}

#[test]
fn sighup_does_as_ctrl_c() {
    stops_in_order(Signal::HangUp);
}

#[test]
fn the_second_ctrl_c_leaves_the_steps_to_the_nodes() {
    let (zone, gate, ddt) = in_mid_run();
    ddt.signal(Signal::Interrupt);
    zone.until_stopping();
    ddt.signal(Signal::Interrupt);
    ddt.end()
        .exits(130)
        .says(&format!("in doubt, still running on node-1: {BASE}"))
        .says(&format!("in doubt, still running on node-2: {BASE}"));
    gate.open();
    zone.deploy(&[]).exits(0);
    for name in NODES {
        assert_eq!(zone.node(name).deployed(), packages(), "{name}");
    }
}

#[test]
fn a_second_deployment_of_the_zone_is_refused_and_told_who_holds_it() {
    let (zone, gate, ddt) = in_mid_run();
    let held = zone.run(&["deploy", "manifest.hjson"]).exits(7);
    let holder = format!("process {} on ", ddt.id());
    held.says(&holder);
    zone.run(&["deploy", "manifest.hjson", "--dry-run"])
        .exits(7)
        .says(&holder);
    gate.open();
    ddt.end().exits(0);
    zone.run(&["deploy", "manifest.hjson"])
        .exits(0)
        .says("nothing to do");
}

#[test]
fn what_only_reads_does_not_wait_for_a_deployment() {
    let (zone, gate, ddt) = in_mid_run();
    zone.run(&["status"])
        .exits(0)
        .says("zone-1: running")
        .says(BASE);
    zone.run(&["history"]).exits(0).says("running");
    zone.run(&["history", "latest"]).exits(0).says("running");
    zone.run(&["plan", "manifest.hjson"]).exits(0);
    gate.open();
    ddt.end().exits(0);
}

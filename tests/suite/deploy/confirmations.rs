//! `confirm_within`: a node goes back by itself from what nobody confirms.

use super::deployed;
use super::rollback::GOES_BACK;
use crate::support::gate::Gate;
use crate::support::wait::until;
use crate::support::zone::Zone;

const BASE: &str = "hostos-base-os-sw-release";
const OLD: &str = "3.4.83-20220708T144532Z_1b241f2";
const NEW: &str = "3.4.84-20230708T144532Z_2c241f2";

/// A node on which a package is to be upgraded, and watched for so long.
fn upgrade(within: &str) -> Zone {
    let mut zone = deployed(&["node-1"]);
    zone.release(BASE)
        .tag(NEW)
        .descriptor(&format!("confirm_within: {within}"))
        .step("rollback", GOES_BACK);
    zone
}

fn last_release(zone: &Zone) -> Option<String> {
    zone.node("node-1").releases().pop()
}

fn rollbacks(zone: &Zone) -> usize {
    let steps = zone.node("node-1").steps();
    steps
        .iter()
        .filter(|step| step.starts_with("rollback "))
        .count()
}

/// Begins the upgrade, and loses ddt in the middle of its deploy step.
fn lost_in_mid_step(zone: &mut Zone) -> Gate {
    let gate = zone.gate("deploy");
    zone.release(BASE).step("deploy", &gate.wait_here());
    let ddt = zone.start_deploy(&[]);
    gate.reached_by("node-1");
    ddt.kill();
    gate
}

#[test]
fn what_ddt_confirms_stays() {
    let zone = upgrade("1h");
    zone.write_documents();
    zone.run(&["plan", "manifest.hjson"])
        .exits(0)
        .says("undone if not confirmed in 3600 s");
    zone.deploy(&[]).exits(0);
    assert_eq!(last_release(&zone), Some(format!("{BASE} {NEW} deployed")));
    assert_eq!(rollbacks(&zone), 0);
}

#[test]
fn a_node_whose_controller_died_goes_back_once_and_tells_the_next_one() {
    let mut zone = upgrade("1s");
    lost_in_mid_step(&mut zone).open();
    let back = format!("{BASE} {OLD} rolled-back");
    until("the node has gone back", || {
        last_release(&zone).as_ref() == Some(&back)
    });
    let installed = zone.node("node-1").read(&format!("/opt/{BASE}"));
    assert_eq!(installed, Some(format!("{OLD}\n")));
    zone.run(&["status"]).exits(0).says("in-doubt");
    zone.run(&["verify"])
        .says("it was undone by its node after its run had died");
    zone.run(&["plan", "manifest.hjson"])
        .exits(0)
        .says("nobody confirmed it in run");
    zone.deploy(&[]).exits(0);
    assert_eq!(last_release(&zone), Some(format!("{BASE} {NEW} deployed")));
    assert_eq!(rollbacks(&zone), 1);
}

#[test]
fn whoever_comes_in_time_confirms() {
    for verb in ["deploy", "resume"] {
        let mut zone = upgrade("1h");
        let gate = lost_in_mid_step(&mut zone);
        gate.open();
        match verb {
            "resume" => zone.run(&["resume", "zone-1"]).exits(0),
            _ => zone.deploy(&[]).exits(0),
        };
        assert_eq!(last_release(&zone), Some(format!("{BASE} {NEW} deployed")));
        assert_eq!(rollbacks(&zone), 0);
    }
}

#[test]
fn resuming_after_the_deadline_runs_the_package_again() {
    let mut zone = upgrade("1s");
    lost_in_mid_step(&mut zone).open();
    let back = format!("{BASE} {OLD} rolled-back");
    until("the node has gone back", || {
        last_release(&zone).as_ref() == Some(&back)
    });
    zone.run(&["resume", "zone-1"]).exits(0);
    assert_eq!(last_release(&zone), Some(format!("{BASE} {NEW} deployed")));
    assert_eq!(rollbacks(&zone), 1);
}

#[test]
fn a_first_deployment_is_not_watched_and_the_plan_says_so() {
    let mut zone = Zone::hostos(&["node-1"]);
    zone.release(BASE)
        .descriptor("confirm_within: 1s")
        .step("rollback", GOES_BACK);
    zone.write_documents();
    zone.run(&["plan", "manifest.hjson"])
        .exits(0)
        .says("CANNOT be undone: no release was")
        .does_not_say("not confirmed");
    zone.deploy(&[]).exits(0);
}

#[test]
fn a_bundle_without_a_way_back_is_refused() {
    let mut zone = deployed(&["node-1"]);
    zone.release(BASE).tag(NEW).descriptor("confirm_within: 1s");
    zone.deploy(&[])
        .exits(2)
        .says("has `confirm_within`, but no `rollback` step");
}

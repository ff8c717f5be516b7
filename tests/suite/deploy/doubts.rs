//! A node on which everything died in mid-step: nobody knows what the step did, and nobody pretends to.

use super::packages;
use crate::support::zone::Zone;

const BASE: &str = "hostos-base-os-sw-release";

/// The third of seven tasks takes its runner down with it, the first time.
fn in_doubt(idempotent: bool) -> Zone {
    let mut zone = Zone::hostos(&["node-1"]);
    let mark = zone.path("died").display().to_string();
    let dies = format!("[ -e '{mark}' ] || {{ : >'{mark}'; kill -KILL $PPID; }}");
    zone.release(BASE).step("deploy", &dies);
    if idempotent {
        zone.release(BASE).descriptor("idempotent: yes");
    }
    zone.deploy(&[]).exits(9);
    zone
}

#[test]
fn is_said_and_nothing_is_run_behind_it() {
    let zone = in_doubt(false);
    zone.run(&["status"])
        .exits(0)
        .says("zone-1: in-doubt")
        .says(BASE);
    assert_eq!(zone.node("node-1").deployed(), packages()[..3]);
    assert_eq!(zone.node("node-1").releases().len(), 2);
}

#[test]
fn is_not_run_again_unless_the_operator_says_that_it_failed() {
    let zone = in_doubt(false);
    let before = zone.nodes_tree();
    zone.deploy(&[])
        .exits(9)
        .says("is in doubt")
        .says("--assume failed");
    before.assert_same(&zone.nodes_tree());
    zone.deploy(&["--assume", "failed"]).exits(0);
    let expected = [&packages()[..3], &packages()[2..]].concat();
    assert_eq!(zone.node("node-1").deployed(), expected);
}

#[test]
fn is_run_again_where_the_bundle_says_that_it_may() {
    let zone = in_doubt(true);
    zone.deploy(&[]).exits(0);
    let expected = [&packages()[..3], &packages()[2..]].concat();
    assert_eq!(zone.node("node-1").deployed(), expected);
}

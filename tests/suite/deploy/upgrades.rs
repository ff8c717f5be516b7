//! Ready nodes and another release: what is newer is run, what is older is refused, another major is not this node's.

use super::deployed;
use crate::support::zone::{HOSTOS, Zone};

const PATCH: &str = "hostos-kernel-patch-release";
const NODES: [&str; 2] = ["node-1", "node-2"];

/// Nodes that have this release of the kernel patch; the manifest names nothing else.
fn with_patch(tag: &str) -> Zone {
    let mut zone = Zone::hostos(&NODES);
    zone.release(PATCH).tag(tag);
    zone.deploy(&[]).exits(0);
    zone.keep(PATCH);
    zone
}

#[track_caller]
fn takes(zone: &mut Zone, tag: &str) {
    zone.release(PATCH).tag(tag);
    zone.deploy(&[]).exits(0);
    for name in NODES {
        let last = zone.node(name).releases().pop();
        assert_eq!(last, Some(format!("{PATCH} {tag} deployed")), "{name}");
    }
}

/// The whole deployment is refused, names both tags and the reason, and leaves every node as it was.
#[track_caller]
fn refuses(zone: &mut Zone, installed: &str, wanted: &str, reason: &str) {
    zone.release(PATCH).tag(wanted);
    let before = zone.nodes_tree();
    zone.deploy(&[])
        .exits(2)
        .says(installed)
        .says(wanted)
        .says(reason)
        .says("node-1, node-2");
    before.assert_same(&zone.nodes_tree());
}

#[test]
fn one_newer_package_is_one_task_on_each_node() {
    let mut zone = deployed(&NODES);
    let before = NODES.map(|name| zone.node(name).steps());
    zone.release(PATCH).tag("3.1.11-20220801T000000Z_1412be3");
    zone.deploy(&[]).exits(0).says("2 tasks on 2 nodes: 2 done");
    for (name, before) in NODES.iter().zip(before) {
        let steps = zone.node(name).steps();
        let tag = "hostos-kernel-patch-release 3.1.11-20220801T000000Z_1412be3";
        let expected = ["check", "deploy", "verify"].map(|step| format!("{step} {tag}"));
        assert_eq!(steps[before.len()..], expected, "{name}");
    }
}

#[test]
fn any_subset_in_any_order_is_run_in_definition_order() {
    let mut zone = deployed(&["node-1"]);
    for (package, tag) in HOSTOS {
        zone.release(package).tag(&tag.replace("-2022", "-2023"));
    }
    zone.remove("hostos-boot-release");
    zone.remove("hostos-base-os-sw-release");
    zone.reverse();
    zone.deploy(&[]).exits(0);
    let expected = [
        "hostos-config-release",
        "hostos-base-net-sw-release",
        "hostos-nextgen-os-sw-release",
        "hostos-post-config-release",
        "hostos-kernel-patch-release",
    ];
    assert_eq!(zone.node("node-1").deployed()[7..], expected);
}

#[test]
fn the_boot_release_is_not_part_of_an_upgrade() {
    let mut zone = deployed(&["node-1"]);
    zone.release("hostos-boot-release")
        .tag("3.0.7-20230602T124916Z_887ca13");
    zone.deploy(&[]).exits(0).says("forcereboot");
    assert_eq!(zone.node("node-1").deployed().len(), 7);
}

#[test]
fn an_older_release_is_refused_before_any_node_is_touched() {
    let (newer, older) = (
        "3.1.10-20220622T070711Z_1412be2",
        "3.1.9-20220622T070711Z_1412be2",
    );
    refuses(&mut with_patch(newer), newer, older, "older");
}

#[test]
fn one_node_that_is_newer_refuses_the_whole_deployment() {
    let mut zone = deployed(&NODES);
    zone.keep(PATCH);
    zone.release(PATCH).tag("3.1.12-20220801T000000Z_1412be3");
    zone.deploy(&["--limit", "node-2"]).exits(0);
    zone.release(PATCH).tag("3.1.11-20220801T000000Z_1412be3");
    let before = zone.nodes_tree();
    zone.deploy(&[]).exits(2).says("on: node-2\n");
    before.assert_same(&zone.nodes_tree());
}

#[test]
fn allow_downgrade_goes_back_and_is_recorded() {
    let (newer, older) = (
        "3.1.10-20220622T070711Z_1412be2",
        "3.1.9-20220622T070711Z_1412be2",
    );
    let mut zone = with_patch(newer);
    zone.release(PATCH).tag(older);
    zone.deploy(&["--allow-downgrade", PATCH])
        .exits(0)
        .says("older than installed, allowed by the");
    let last = zone.node("node-1").releases().pop();
    assert_eq!(last, Some(format!("{PATCH} {older} deployed")));
}

#[test]
fn versions_are_compared_as_numbers() {
    let (nine, ten) = (
        "3.9.0-20220622T070711Z_1412be2",
        "3.10.0-20220622T070711Z_1412be2",
    );
    let mut zone = with_patch(nine);
    takes(&mut zone, ten);
    refuses(&mut zone, ten, nine, "older");
}

#[test]
fn the_build_time_decides_between_equal_versions() {
    let (early, late) = (
        "3.1.10-20220622T070711Z_9999999",
        "3.1.10-20220622T070712Z_1111111",
    );
    let mut zone = with_patch(early);
    takes(&mut zone, late);
    refuses(&mut zone, late, early, "older");
}

#[test]
fn another_commit_of_the_same_version_and_time_is_refused() {
    let (one, other) = (
        "3.1.10-20220622T070711Z_1111111",
        "3.1.10-20220622T070711Z_2222222",
    );
    refuses(&mut with_patch(one), one, other, "from another commit");
}

#[test]
fn a_node_of_another_major_is_skipped_and_the_others_go_on() {
    let mut zone = Zone::hostos(&["node-1", "node-2", "node-3"]);
    zone.deploy(&["--limit", "node-2"]).exits(0);
    for (package, tag) in HOSTOS {
        zone.release(package).tag(&tag.replacen("3.", "5.", 1));
    }
    zone.deploy(&["--limit", "!node-2"]).exits(0);
    zone.keep(PATCH);
    zone.release(PATCH).tag("5.1.11-20220801T000000Z_1412be3");
    let before = zone.node("node-2").tree();
    zone.deploy(&[])
        .exits(8)
        .says("a 3.x node takes 3.x releases only, not 5.x");
    before.assert_same(&zone.node("node-2").tree());
    for name in ["node-1", "node-3"] {
        assert_eq!(zone.node(name).deployed().len(), 8, "{name}");
    }
}

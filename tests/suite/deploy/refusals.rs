//! What a rule refuses: exit 2, every problem at once, and no node is touched.

use super::deployed;
use crate::support::zone::Zone;

#[test]
fn a_fresh_deployment_without_a_required_package() {
    let mut zone = Zone::hostos(&["node-1", "node-2"]);
    zone.remove("hostos-base-net-sw-release");
    zone.deploy(&[]).exits(2).says("hostos-base-net-sw-release");
    assert!(!zone.path("nodes").exists(), "a node was touched");
}

#[test]
fn config_and_post_config_of_different_releases() {
    let mut zone = Zone::hostos(&["node-1"]);
    zone.release("hostos-post-config-release")
        .tag("3.5.80-20220716T084253Z_0ffa961");
    zone.deploy(&[])
        .exits(2)
        .says("3.5.79-20220716T084253Z_0ffa960")
        .says("3.5.80-20220716T084253Z_0ffa961");
    assert!(!zone.path("nodes").exists(), "a node was touched");
    assert!(!zone.path(".ddt").exists(), "a run was begun");
}

#[test]
fn a_record_that_is_not_what_ddt_wrote_is_shown_and_kept() {
    let zone = deployed(&["node-1", "node-2"]);
    let path = "/etc/genesis/release-bundles";
    zone.node("node-2").write(path, "installed by hand\n");
    let before = zone.nodes_tree();
    zone.deploy(&[])
        .exits(2)
        .says(path)
        .says("installed by hand")
        .says("on: node-2\n");
    before.assert_same(&zone.nodes_tree());
}

#[test]
fn every_problem_of_every_node_at_once() {
    let zone = deployed(&["node-1", "node-2", "node-3"]);
    zone.node("node-1")
        .write("/etc/genesis/deploy_stage", "half-way\n");
    zone.node("node-2")
        .write("/etc/genesis/release-bundles", "by hand\n");
    zone.deploy(&[])
        .exits(2)
        .says("half-way")
        .says("by hand")
        .says("2 problems on 2 nodes");
}

#[test]
fn personalities_that_are_not_the_inventorys() {
    let zone = Zone::hostos(&["node-1"]);
    zone.write(
        "inventory.hjson",
        "mzone: zone-1\nnodes: {\n  node-1: {\n    transport: local\n    root: nodes/node-1\n    \
         personalities: [\n      compute\n    ]\n  }\n}\n",
    );
    zone.node("node-1")
        .write("/etc/genesis/network.conf", "NODE_TYPES=\"master\"\n");
    let before = zone.nodes_tree();
    zone.deploy(&[])
        .exits(2)
        .says("its personalities are master, the inventory says compute");
    before.assert_same(&zone.nodes_tree());
}

#[test]
fn a_bundle_for_another_architecture() {
    let mut zone = Zone::hostos(&["node-1"]);
    zone.release("hostos-boot-release")
        .descriptor("arch: [\n  pdp11\n]");
    zone.deploy(&[])
        .exits(2)
        .says("the bundle of hostos-boot-release supports pdp11");
    assert!(!zone.path("nodes").exists(), "a node was touched");
}

#[test]
fn a_selection_of_no_node() {
    let zone = Zone::hostos(&["node-1"]);
    zone.deploy(&["--limit", "nod-1"]).exits(3).says("node-1");
    assert!(!zone.path("nodes").exists(), "a node was touched");
}

#[test]
fn a_protected_zone_without_a_terminal_and_without_yes() {
    let zone = Zone::hostos(&["node-1"]);
    let inventory = std::fs::read_to_string(zone.path("inventory.hjson")).expect("an inventory");
    zone.write(
        "inventory.hjson",
        inventory.replacen("mzone: zone-1", "mzone: zone-1\n  protected: yes", 1),
    );
    zone.deploy(&[])
        .exits(2)
        .says("zone-1 is protected")
        .says("--yes");
    assert!(!zone.path("nodes").exists(), "a node was touched");
    zone.deploy(&["--yes"]).exits(0);
}

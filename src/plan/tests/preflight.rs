//! Rule 8: what must be so on a node before the first task runs anywhere.

use super::facts::{Change, blank, ready};
use super::zone::{ORDER, Zone, name};
use crate::node::NodeError;
use crate::node::facts::UnknownContent;

#[test]
fn all_problems_of_all_nodes_are_told_at_once() {
    let mut facts = ready().has("base-os-sw", "3.99.0-20230101T000000Z_1b241f2");
    facts.privileged = false;
    facts.free_kib = 0;
    facts.arch = "s390x".to_owned();
    facts.hostos().personalities = Some(["compute".to_owned()].into());
    let zone = Zone::sample()
        .lost_node(
            "node-1",
            NodeError::Unreachable("no route to host".to_owned()),
        )
        .lost_node("node-2", NodeError::HostKey("SHA256:abc".to_owned()))
        .node("node-3", facts)
        .with(|zone| {
            zone.settings("node-3").arch = Some(name("x86_64"));
            zone.settings("node-3").personalities = [name("master")].into();
            zone.bundle("kernel-patch").arch = vec!["amd64".to_owned(), "arm64".to_owned()];
        });
    insta::assert_snapshot!(zone.told(), @r"
    node-1: cannot be reached: no route to host
      check the node and the network, then deploy again
    node-2: has a host key that is not known: SHA256:abc
      if the machine was reinstalled, learn its key with `ddt inventory check --accept-new-host-keys`
    node-3: the login may not write the node's files
      log in as root, or set `become: sudo` for the node
    node-3: its personalities are compute, the inventory says master
      make NODE_TYPES on the node and `personalities` in the inventory the same
    node-3: it is s390x, the inventory says x86_64
      correct `arch` in the inventory
    node-3: it is s390x; the bundle of hostos-kernel-patch-release supports amd64, arm64
      use a bundle built for this architecture, or leave the node out with --limit
    node-3: hostos-base-os-sw-release 3.99.0-20230101T000000Z_1b241f2 is installed, the manifest wants the older 3.4.83-20220708T144532Z_1b241f2
      set its tag to 3.99.0-20230101T000000Z_1b241f2 or newer, or go back on purpose with --allow-downgrade hostos-base-os-sw-release
    node-3: it has 0 KiB free, the bundles need 192 KiB
      free some space under /var/lib/ddt on the node, for instance with `ddt bundle prune --nodes INVENTORY`
    ");
}

#[test]
fn content_that_ddt_did_not_write_is_shown_and_refused() {
    let mut facts = blank();
    facts.hostos().unknown.push(UnknownContent {
        path: "/etc/genesis/deploy_stage".to_owned(),
        reason: "it has two lines".to_owned(),
        excerpt: "pre-config\n\u{1b}[31mboo".to_owned(),
    });
    insta::assert_snapshot!(Zone::sample().node("node-1", facts).told(), @r#"
    node-1: /etc/genesis/deploy_stage is not what ddt wrote: it has two lines
      it says "pre-config\n\u{1b}[31mboo"; move the file away or correct it, ddt does not overwrite it
    "#);
}

#[test]
fn personalities_are_equal_as_sets_where_both_sides_name_them() {
    let refused = |node: Option<&[&str]>, inventory: &[&str]| {
        let mut facts = ready();
        let words = |words: &[&str]| words.iter().map(ToString::to_string).collect();
        facts.hostos().personalities = node.map(words);
        let zone = Zone::sample().node("node-1", facts).with(|zone| {
            zone.settings("node-1").personalities = inventory.iter().copied().map(name).collect();
        });
        zone.plan().is_err()
    };
    assert!(!refused(
        Some(&["master", "compute"]),
        &["compute", "master"]
    ));
    assert!(!refused(None, &["master"]));
    assert!(!refused(Some(&["master"]), &[]));
    assert!(refused(Some(&["master", "compute"]), &["master"]));
    assert!(refused(Some(&[]), &["master"]));
}

#[test]
fn architectures_have_two_names() {
    let refused = |node: &str, inventory: &str, bundle: &str| {
        let mut facts = ready();
        facts.arch = node.to_owned();
        let zone = Zone::sample().node("node-1", facts).with(|zone| {
            zone.settings("node-1").arch = Some(name(inventory));
            zone.bundle("config").arch = vec![bundle.to_owned()];
        });
        zone.plan().is_err()
    };
    assert!(!refused("x86_64", "amd64", "amd64"));
    assert!(!refused("aarch64", "arm64", "aarch64"));
    assert!(!refused("s390x", "s390x", "s390x"));
    assert!(refused("x86_64", "aarch64", "amd64"));
    assert!(refused("x86_64", "amd64", "arm64"));
}

#[test]
fn room_is_needed_for_the_payloads_the_node_lacks() {
    let mut facts = blank();
    // seven payloads of 64 KiB, packed and unpacked
    facts.free_kib = 7 * 64 * 3;
    let zone = Zone::sample();
    assert!(zone.clone().node("node-1", facts.clone()).plan().is_ok());
    facts.free_kib -= 1;
    insta::assert_snapshot!(zone.clone().node("node-1", facts.clone()).told(), @r"
    node-1: it has 1343 KiB free, the bundles need 1344 KiB
      free some space under /var/lib/ddt on the node, for instance with `ddt bundle prune --nodes INVENTORY`
    ");
    facts
        .payloads
        .insert(zone.clone().bundle("boot").payload.clone());
    assert!(zone.node("node-1", facts).plan().is_ok());
}

#[test]
fn two_packages_of_one_payload_need_room_once() {
    let mut zone = Zone::sample();
    zone.bundle("post-config").payload = zone.bundle("config").payload.clone();
    let mut facts = blank();
    facts.free_kib = 6 * 64 * 3;
    assert!(zone.node("node-1", facts).plan().is_ok());
}

#[test]
fn no_room_is_needed_for_what_is_not_run() {
    let mut facts = ready();
    facts.free_kib = 0;
    assert!(Zone::sample().node("node-1", facts).plan().is_ok());
}

#[test]
fn sizes_that_no_disk_has_are_no_trouble() {
    let zone = Zone::sample().with(|zone| {
        for short in ORDER {
            zone.bundle(short).payload_bytes = u64::MAX;
        }
    });
    assert!(zone.node("node-1", blank()).plan().is_err());
}

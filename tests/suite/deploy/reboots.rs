//! `forcereboot`: who reboots, when, and how it may be written.

use super::{deployed, packages};
use crate::support::zone::Zone;

const BOOT: &str = "hostos-boot-release";

fn with_forcereboot(word: &str) -> Zone {
    let mut zone = Zone::hostos(&["node-1"]);
    zone.release(BOOT).entry(&format!("forcereboot: {word}"));
    zone
}

#[test]
fn yes_in_any_case_reboots() {
    for word in ["yes", "Yes", "TRUE", "true"] {
        let zone = with_forcereboot(word);
        zone.deploy(&[]).exits(0);
        assert!(
            zone.node("node-1").boot_id().is_some(),
            "forcereboot: {word}"
        );
    }
}

#[test]
fn no_in_any_case_never_reboots() {
    for word in ["no", "No", "FALSE", "false"] {
        let mut zone = with_forcereboot(word);
        zone.deploy(&[]).exits(0);
        zone.release(BOOT).tag("3.0.7-20230602T124916Z_887ca13");
        zone.deploy(&[]).exits(0);
        zone.deploy(&["--reinstall"]).exits(0);
        assert_eq!(zone.node("node-1").boot_id(), None, "forcereboot: {word}");
    }
}

#[test]
fn without_it_nothing_reboots() {
    let zone = deployed(&["node-1"]);
    assert_eq!(zone.node("node-1").boot_id(), None);
}

#[test]
fn only_a_package_that_may_reboot_does() {
    let mut zone = Zone::hostos(&["node-1"]);
    zone.release("hostos-config-release")
        .entry("forcereboot: yes");
    let ended = zone.deploy(&[]);
    assert_eq!(zone.node("node-1").boot_id(), None);
    ended.exits(2).says("DDT404");
}

#[test]
fn the_release_is_verified_and_recorded_after_the_reboot() {
    let mut zone = with_forcereboot("yes");
    zone.release(BOOT).step(
        "verify",
        r#"cat "$DDT_ROOT/proc/sys/kernel/random/boot_id""#,
    );
    zone.deploy(&[]).exits(0);
    let node = zone.node("node-1");
    let log = std::fs::read_to_string(
        zone.path("deploy_logs/latest/hostos/hostos-boot-release/node-1.log"),
    );
    assert!(
        log.expect("a log")
            .ends_with(&node.boot_id().expect("a boot id"))
    );
}

#[test]
fn a_newer_boot_release_starts_a_new_cycle() {
    let mut zone = with_forcereboot("yes");
    zone.deploy(&[]).exits(0);
    let first = zone.node("node-1").boot_id();
    zone.release(BOOT).tag("3.0.7-20230602T124916Z_887ca13");
    zone.deploy(&[]).exits(0);
    let node = zone.node("node-1");
    assert_ne!(node.boot_id(), first);
    assert_eq!(node.deployed()[7..], packages());
    assert_eq!(node.stage().as_deref(), Some("post-config"));
}

#[test]
fn other_words_are_rejected_with_their_place() {
    for word in ["on", "1", "off", "enabled"] {
        let zone = with_forcereboot(word);
        zone.deploy(&[])
            .exits(2)
            .says("DDT204")
            .says("manifest.hjson:9:24")
            .says(&format!("forcereboot: {word}"));
        assert!(!zone.path("nodes").exists(), "a node was touched");
    }
}

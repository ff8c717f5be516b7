//! Hosts that a deployment cuts off: they go back by themselves, and answer again.

use super::{BASE, BOOT};
use crate::support::host::Host;
use crate::support::remote::RemoteZone;

const OLD: &str = "3.4.83-20220708T144532Z_1b241f2";
const NEW: &str = "3.4.84-20230708T144532Z_2c241f2";
const BOOT_OLD: &str = "3.0.6-20220602T124916Z_887ca13";
const BOOT_NEW: &str = "3.0.7-20230602T124916Z_887ca14";

/// Steps that take a host off its network, and bring it back.
const CUTS: &str = "[ \"$DDT_NODE\" != node-1 ] || ip link set eth0 down";
const HEALS: &str = "ip link set eth0 up";

/// Two hosts, and an upgrade that cuts one of them off.
fn cutting() -> Option<RemoteZone> {
    let mut zone = RemoteZone::deployed(2)?;
    zone.release(BASE)
        .tag(NEW)
        .descriptor("confirm_within: 3s")
        .step("deploy", CUTS)
        .step("rollback", HEALS);
    Some(zone)
}

fn last(host: &Host<'_>) -> String {
    host.releases().pop().unwrap_or_default()
}

fn rollbacks(host: &Host<'_>) -> String {
    host.run("grep -c '^rollback ' /var/witnesses/* || :")
        .trim()
        .to_owned()
}

#[test]
fn a_host_that_is_cut_off_goes_back_and_the_run_says_so() {
    let Some(zone) = cutting() else { return };
    let [well, cut] = [zone.host(0), zone.host(1)];
    zone.deploy(&[]).exits(4).says(&format!(
        "node-1 {BASE} failed (unconfirmed): nobody confirmed it in time"
    ));
    assert_eq!(last(&well), format!("{BASE} {NEW} deployed"));
    assert_eq!(last(&cut), format!("{BASE} {OLD} rolled-back"));
    assert_eq!([rollbacks(&well), rollbacks(&cut)], ["0", "1"]);
    zone.run(&["history", "latest", "--status", "undone"])
        .exits(0)
        .says("node-1");
    // What the other host has is undone over SSH; the one that went back has nothing left.
    zone.run(&["rollback", "zone-1"]).exits(0);
    assert_eq!(last(&well), format!("{BASE} {OLD} rolled-back"));
    assert_eq!([rollbacks(&well), rollbacks(&cut)], ["1", "1"]);
}

#[test]
fn a_run_that_goes_back_leaves_the_host_that_has_gone_back_alone() {
    let Some(zone) = cutting() else { return };
    zone.deploy(&["--rollback-on-failure"])
        .exits(6)
        .says("rolled-back");
    for host in zone.hosts() {
        assert_eq!(last(&host), format!("{BASE} {OLD} rolled-back"), "{host:?}");
        assert_eq!(rollbacks(&host), "1", "{host:?}");
    }
}

#[test]
fn a_run_whose_only_change_its_host_has_undone_is_rolled_back() {
    let Some(mut zone) = RemoteZone::deployed(1) else {
        return;
    };
    zone.release(BASE)
        .tag(NEW)
        .descriptor("confirm_within: 3s")
        .step("deploy", "ip link set eth0 down")
        .step("rollback", HEALS);
    zone.deploy(&[]).exits(6).says("rolled-back");
    zone.run(&["status"]).exits(0).says("zone-1: rolled-back");
}

/// Its server is broken by the next boot; the boot that goes back comes after that one.
#[test]
fn a_host_that_does_not_answer_after_its_reboot_goes_back_through_another() {
    let Some(mut zone) = RemoteZone::deployed(1) else {
        return;
    };
    zone.release(BOOT)
        .tag(BOOT_NEW)
        .entry("forcereboot: yes")
        .descriptor("confirm_within: 5s")
        .step(
            "deploy",
            "cp /etc/ssh/sshd_config /var/sshd_config; echo nonsense >>/etc/ssh/sshd_config",
        )
        .step("rollback", "cp /var/sshd_config /etc/ssh/sshd_config");
    let before = zone.fleet().boot_id(0);
    zone.deploy(&[]).exits(6).says("failed (unconfirmed)");
    let host = zone.host(0);
    assert_eq!(last(&host), format!("{BOOT} {BOOT_OLD} rolled-back"));
    assert_eq!(rollbacks(&host), "1");
    assert_ne!(zone.fleet().boot_id(0), before);
    let left = host.run("ls /etc/local.d /var/lib/ddt");
    assert!(!left.contains("watch"), "{left}");
}

#[test]
fn a_host_without_a_way_to_start_the_watch_at_a_boot_is_not_touched() {
    let Some(mut zone) = RemoteZone::deployed(1) else {
        return;
    };
    zone.release(BOOT)
        .tag(BOOT_NEW)
        .entry("forcereboot: yes")
        .descriptor("confirm_within: 5s")
        .step("rollback", "");
    zone.host(0).run("rmdir /etc/local.d");
    zone.deploy(&[])
        .exits(4)
        .says("could not go back by itself: neither systemd nor /etc/local.d");
    assert_eq!(
        last(&zone.host(0)).split(' ').next(),
        Some("hostos-kernel-patch-release")
    );
}

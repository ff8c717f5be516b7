//! Hosts that do not reboot as they should: told, and put right by the next deployment without a second installation.

use super::BOOT;
use crate::support::remote::RemoteZone;
use crate::support::wait::until;

/// What `reboot` does on a host, in shell. Found before the real one.
fn replace_reboot(zone: &RemoteZone, host: usize, body: &str) {
    let write = format!(
        "printf '#!/bin/sh\\n%s\\n' '{body}' >/usr/local/sbin/reboot && chmod 755 /usr/local/sbin/reboot"
    );
    zone.host(host).run(&write);
}

fn restore_reboot(zone: &RemoteZone, host: usize) {
    zone.host(host).run("rm /usr/local/sbin/reboot");
}

fn rebooting(count: usize) -> Option<RemoteZone> {
    let mut zone = RemoteZone::hostos(count)?;
    zone.release(BOOT).entry("forcereboot: yes");
    Some(zone)
}

#[test]
fn a_host_that_stays_away_fails_and_is_finished_when_it_is_back() {
    let Some(zone) = rebooting(2) else { return };
    replace_reboot(&zone, 1, "exec poweroff");
    zone.deploy(&["--reboot-timeout", "15"])
        .exits(4)
        .says(&format!(
            "node-1 {BOOT} failed (reboot): did not come back within 15 seconds of its reboot"
        ))
        .says("14 tasks on 2 nodes: 1 done, 1 failed, 12 skipped");
    zone.fleet().boot(1);
    restore_reboot(&zone, 1);
    let booted = zone.fleet().boot_id(1);
    zone.deploy(&[]).exits(0);
    zone.hosts().for_each(|host| host.has_all_once());
    assert_eq!(
        zone.fleet().boot_id(1),
        booted,
        "a host that had rebooted was rebooted again"
    );
}

#[test]
fn a_host_that_is_cut_off_while_it_reboots_is_not_taken_for_one_that_did_not() {
    let Some(zone) = rebooting(2) else { return };
    replace_reboot(
        &zone,
        1,
        ": >/var/asked; until [ -e /var/down ]; do sleep 0.02; done; exec /usr/sbin/reboot",
    );
    let before = zone.fleet().boot_id(1);
    let ddt = zone.start_deploy(&["--reboot-timeout", "6"]);
    until("the host is told to reboot", || {
        zone.fleet().read(1, "/var/asked").is_some()
    });
    zone.fleet().hole(1);
    zone.fleet().write(1, "/var/down", "");
    ddt.end().exits(4).says(&format!(
        "node-1 {BOOT} failed (reboot): did not come back within 6 seconds"
    ));
    until("the host is back", || {
        zone.fleet()
            .boot_id(1)
            .is_some_and(|id| Some(&id) != before.as_ref())
    });
    zone.fleet().heal(1);
    restore_reboot(&zone, 1);
    zone.deploy(&[]).exits(0);
    zone.hosts().for_each(|host| host.has_all_once());
}

#[test]
fn a_host_that_does_not_go_down_fails_and_is_rebooted_by_the_next_deployment() {
    let Some(zone) = rebooting(1) else { return };
    replace_reboot(&zone, 0, "exit 0");
    let before = zone.fleet().boot_id(0).expect("a boot id");
    zone.deploy(&["--reboot-timeout", "3"])
        .exits(4)
        .says(&format!("still runs boot {before}: it did not reboot"));
    restore_reboot(&zone, 0);
    zone.deploy(&[]).exits(0);
    zone.host(0).has_all_once();
    assert_ne!(zone.fleet().boot_id(0).expect("a boot id"), before);
}

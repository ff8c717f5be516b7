//! Going back over SSH: by the verb, after a failure, where it fails, and back again.

use super::BASE;
use crate::support::remote::RemoteZone;

const NET: &str = "hostos-base-net-sw-release";
const OLD: &str = "3.4.83-20220708T144532Z_1b241f2";
const NEW: &str = "3.4.84-20230708T144532Z_2c241f2";
const OLD_NET: &str = "3.8.16-20220722T190519Z_018cee7";
const NEW_NET: &str = "3.8.17-20230722T190519Z_118cee7";

/// What a rollback step does in these tests.
const GOES_BACK: &str = r#"echo "$DDT_FROM_TAG" >"$DDT_ROOT/opt/$DDT_PACKAGE""#;

/// Two hosts, deployed; a newer release of one package is in the manifest, whose bundle may go back.
fn with_newer(rollback: &str) -> Option<RemoteZone> {
    let mut zone = RemoteZone::deployed(2)?;
    zone.release(BASE).tag(NEW).step("rollback", rollback);
    Some(zone)
}

/// An upgrade of two packages, the second of which fails on the second host.
fn failing(rollback: &str) -> Option<RemoteZone> {
    let mut zone = with_newer(rollback)?;
    zone.release(NET)
        .tag(NEW_NET)
        .step("rollback", GOES_BACK)
        .step(
            "deploy",
            r#"echo broken >"$DDT_ROOT/opt/$DDT_PACKAGE"; [ "$DDT_NODE" = node-0 ]"#,
        );
    Some(zone)
}

/// Asserts what is installed on every host, and what its own record says of that.
#[track_caller]
fn has(zone: &RemoteZone, package: &str, tag: &str, outcome: &str) {
    for (index, host) in zone.hosts().enumerate() {
        let releases = host.releases();
        let last = releases.iter().rfind(|line| line.starts_with(package));
        assert_eq!(
            last,
            Some(&format!("{package} {tag} {outcome}")),
            "host {index}"
        );
        let installed = zone.fleet().read(index, &format!("/opt/{package}"));
        assert_eq!(installed, Some(format!("{tag}\n")), "host {index}");
    }
}

/// How often a step of the newer release ran on a host.
fn runs(zone: &RemoteZone, host: usize, step: &str) -> usize {
    let witness = zone.host(host).run("cat /var/witnesses/*");
    let wanted = format!("{step} {BASE} {NEW}");
    witness.lines().filter(|line| *line == wanted).count()
}

#[test]
fn the_release_before_is_restored_and_so_is_the_one_after() {
    let Some(zone) = with_newer(GOES_BACK) else {
        return;
    };
    zone.deploy(&[]).exits(0);
    has(&zone, BASE, NEW, "deployed");
    zone.run(&["rollback", "zone-1"]).exits(0).says("undone");
    has(&zone, BASE, OLD, "rolled-back");
    assert_eq!(
        [runs(&zone, 0, "rollback"), runs(&zone, 1, "rollback")],
        [1, 1]
    );
    zone.run(&["rollback"]).exits(0);
    has(&zone, BASE, NEW, "deployed");
    zone.run(&["rollback"]).exits(0);
    has(&zone, BASE, OLD, "rolled-back");
    zone.run(&["verify"]).exits(0);
}

#[test]
fn a_run_that_fails_leaves_the_releases_before_it_and_exits_6() {
    let Some(zone) = failing(GOES_BACK) else {
        return;
    };
    zone.deploy(&["--rollback-on-failure"])
        .exits(6)
        .says("kept as evidence")
        .says("rolled-back");
    has(&zone, BASE, OLD, "rolled-back");
    has(&zone, NET, OLD_NET, "rolled-back");
    zone.run(&["status"]).exits(0).says("zone-1: rolled-back");
}

#[test]
fn an_undo_that_fails_is_a_state_of_its_own_and_can_be_tried_again() {
    let Some(zone) = failing(&format!("[ -e /var/mended ] || exit 3; {GOES_BACK}")) else {
        return;
    };
    zone.deploy(&["--rollback-on-failure"])
        .exits(4)
        .says("rollback-failed");
    has(&zone, NET, OLD_NET, "rolled-back");
    zone.run(&["history", "latest", "--status", "undo-failed"])
        .exits(0)
        .says(BASE);
    zone.hosts().for_each(|host| {
        host.run(": >/var/mended");
    });
    zone.run(&["rollback"]).exits(0);
    has(&zone, BASE, OLD, "rolled-back");
    assert_eq!(
        [runs(&zone, 0, "rollback"), runs(&zone, 1, "rollback")],
        [2, 2]
    );
}

#[test]
fn a_rollback_that_lost_its_network_or_its_ddt_undoes_once() {
    let gate = crate::support::host::GATE;
    let Some(zone) = with_newer(&format!("{gate}; {GOES_BACK}")) else {
        return;
    };
    zone.deploy(&[]).exits(0);
    let ddt = zone.start(&["rollback"]);
    zone.hosts().for_each(|host| host.reaches_gate());
    ddt.kill();
    zone.hosts().for_each(|host| host.open_gate());
    zone.hosts().for_each(|host| host.comes_to(BASE, "receipt"));
    zone.run(&["rollback"]).exits(0);
    has(&zone, BASE, OLD, "rolled-back");
    assert_eq!(
        [runs(&zone, 0, "rollback"), runs(&zone, 1, "rollback")],
        [1, 1]
    );
}

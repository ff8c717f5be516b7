//! Whatever happens to ddt, the network or the host in mid-step: the step runs once, and its log is whole.

use super::BASE;
use crate::support::host::GATE;
use crate::support::remote::RemoteZone;
use crate::support::wait::until;
use crate::support::zone::HOSTOS;

/// Hosts whose base release says something before and after it waits.
fn waiting(count: usize) -> Option<RemoteZone> {
    let mut zone = RemoteZone::hostos(count)?;
    zone.release(BASE)
        .step("deploy", &format!("echo before\n{GATE}\necho after"));
    Some(zone)
}

#[track_caller]
fn all_ran_once(zone: &RemoteZone) {
    for (index, host) in zone.hosts().enumerate() {
        host.has_all_once();
        assert_eq!(
            zone.log(BASE, index),
            "before\nafter\n",
            "the log of host {index}"
        );
    }
}

#[test]
fn ddt_is_killed_and_the_step_ends_by_itself() {
    let Some(zone) = waiting(2) else { return };
    let ddt = zone.start_deploy(&[]);
    zone.hosts().for_each(|host| host.reaches_gate());
    ddt.kill();
    zone.hosts().for_each(|host| host.open_gate());
    zone.hosts().for_each(|host| host.comes_to(BASE, "receipt"));
    zone.deploy(&[]).exits(0).says("8 tasks on 2 nodes: 8 done");
    zone.hosts().for_each(|host| host.has_all_once());
}

#[test]
fn ddt_is_killed_and_another_one_takes_the_step_up() {
    let Some(zone) = waiting(2) else { return };
    let ddt = zone.start_deploy(&[]);
    zone.hosts().for_each(|host| host.reaches_gate());
    ddt.kill();
    let ddt = zone.start_deploy(&[]);
    until("the second run waits for the step", || {
        zone.run(&["status"])
            .exits(0)
            .stdout
            .contains("attempt 1 of ")
    });
    zone.hosts().for_each(|host| host.open_gate());
    ddt.end().exits(0);
    all_ran_once(&zone);
}

#[test]
fn the_network_is_cut_or_silent_and_healed() {
    let Some(zone) = waiting(3) else { return };
    let ddt = zone.start_deploy(&[]);
    zone.hosts().for_each(|host| host.reaches_gate());
    zone.fleet().cut(0);
    zone.fleet().hole(1);
    until("two of three connections are lost", || {
        zone.connections().len() == 1
    });
    zone.hosts().for_each(|host| host.open_gate());
    zone.hosts().for_each(|host| host.comes_to(BASE, "receipt"));
    zone.fleet().heal(0);
    zone.fleet().heal(1);
    ddt.end().exits(0);
    all_ran_once(&zone);
}

/// Cuts the power of the first host in mid-step; the others come to the end of theirs.
fn crash_in_mid_step(zone: &RemoteZone) {
    let ddt = zone.start_deploy(&[]);
    zone.hosts().for_each(|host| host.reaches_gate());
    zone.fleet().crash(0);
    zone.fleet().boot(0);
    zone.hosts().for_each(|host| host.open_gate());
    ddt.end().exits(9).says(&format!("node-0 {BASE} in doubt"));
}

/// Asserts that all was done on every host, and what was in doubt was run again.
#[track_caller]
fn ran_again(zone: &RemoteZone) {
    let mut expected = HOSTOS.map(|(package, _)| package).to_vec();
    expected.insert(2, BASE);
    assert_eq!(zone.host(0).deployed(), expected);
    zone.host(1).has_all_once();
}

#[test]
fn the_host_crashes_and_nobody_knows_what_the_step_did() {
    let Some(zone) = waiting(2) else { return };
    crash_in_mid_step(&zone);
    zone.deploy(&[])
        .exits(9)
        .says("it left no receipt")
        .says("--assume failed");
    assert_eq!(
        zone.host(0).deployed().len(),
        3,
        "a step in doubt was run again"
    );
    zone.deploy(&["--assume", "failed"]).exits(0);
    ran_again(&zone);
}

#[test]
fn the_host_crashes_and_the_step_may_run_again() {
    let Some(mut zone) = waiting(2) else { return };
    zone.release(BASE).descriptor("idempotent: yes");
    crash_in_mid_step(&zone);
    zone.deploy(&[]).exits(0);
    ran_again(&zone);
}

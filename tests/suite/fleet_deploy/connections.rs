//! What a run leaves on this machine: connections for the next one, for a minute.

use super::BASE;
use crate::support::host::GATE;
use crate::support::remote::RemoteZone;
use crate::support::wait::until;

/// The ssh processes where the hosts can be reached: they are all ddt's.
fn ssh_processes(zone: &RemoteZone) -> usize {
    let count = "grep -lx ssh /proc/[0-9]*/comm | cut -d/ -f3 | while read -r pid; do
        [ /proc/$pid/ns/net -ef /proc/self/ns/net ] && echo $pid; done | wc -l";
    let output = zone
        .fleet()
        .client_command("sh")
        .args(["-c", count])
        .output()
        .expect("sh starts");
    String::from_utf8_lossy(&output.stdout)
        .trim()
        .parse()
        .expect("a number")
}

#[test]
fn end_by_themselves_after_a_run_and_after_a_killed_one() {
    let (Some(done), Some(mut killed)) = (RemoteZone::deployed(2), RemoteZone::hostos(2)) else {
        return;
    };
    killed.release(BASE).step("deploy", GATE);
    let ddt = killed.start_deploy(&[]);
    killed.hosts().for_each(|host| host.reaches_gate());
    ddt.kill();
    killed.hosts().for_each(|host| host.open_gate());
    for zone in [&done, &killed] {
        assert!(
            zone.connections().len() <= 2,
            "more than one connection to a host"
        );
        until("every connection has ended", || {
            zone.connections().is_empty() && ssh_processes(zone) == 0
        });
    }
}

#[test]
fn are_taken_up_by_the_next_run() {
    let Some(zone) = RemoteZone::deployed(2) else {
        return;
    };
    let logins: Vec<_> = zone.hosts().map(|host| host.logins()).collect();
    zone.deploy(&[]).exits(0).says("nothing to do");
    let after: Vec<_> = zone.hosts().map(|host| host.logins()).collect();
    assert_eq!((logins, after), (vec![1, 1], vec![1, 1]));
}

//! Stops over SSH: nothing begins after one, what runs comes to its end, and the rest is done later.

use super::BASE;
use crate::support::host::GATE;
use crate::support::process::{Running, Signal};
use crate::support::remote::RemoteZone;
use crate::support::zone::HOSTOS;
use serde_json::Value;

/// The hosts that are in mid-task when the operator stops.
const BUSY: std::ops::RangeInclusive<usize> = 1..=3;

/// A deployment that goes freely: the first of four hosts is done, three wait in the third of seven tasks.
fn in_mid_run() -> Option<(RemoteZone, Running)> {
    let mut zone = RemoteZone::hostos(4)?;
    let body = format!("[ $DDT_NODE = node-0 ] && exit 0\necho before\n{GATE}\necho after");
    zone.release(BASE).step("deploy", &body);
    let ddt = zone.start_deploy(&["--strategy", "free"]);
    BUSY.for_each(|host| zone.host(host).reaches_gate());
    zone.host(0)
        .comes_to("hostos-kernel-patch-release", "receipt");
    Some((zone, ddt))
}

/// Asserts that no act was intended once the run was asked to stop.
#[track_caller]
fn nothing_began_after_the_stop(zone: &RemoteZone) {
    let path = zone.zone().path("deploy_logs/latest/events.jsonl");
    let text = std::fs::read_to_string(path).expect("events");
    let events = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let is = |event: &Value, name: &str| event["event"] == name;
    let after: Vec<Value> = events
        .skip_while(|event| !is(event, "stop-requested"))
        .collect();
    assert!(!after.is_empty(), "the stop has no record");
    let begun = after.iter().filter(|event| is(event, "intended"));
    assert_eq!(begun.count(), 0, "{after:?}");
}

#[track_caller]
fn stands(zone: &RemoteZone, host: usize, state: &str) {
    let history = zone.run(&["history", "latest", "--json"]).exits(0).json();
    let node = &history["run"]["nodes"][format!("node-{host}")];
    assert_eq!(node["state"], state, "host {host}");
}

/// Asserts that three of seven packages are on the busy hosts, and all on the other.
#[track_caller]
fn is_partially_deployed(zone: &RemoteZone) {
    zone.host(0).has_all_once();
    stands(zone, 0, "ready");
    let begun = HOSTOS.map(|(package, _)| package);
    for host in BUSY {
        assert_eq!(zone.host(host).deployed(), begun[..3], "host {host}");
        assert_eq!(zone.host(host).releases().len(), 3, "host {host}");
        assert_eq!(zone.log(BASE, host), "before\nafter\n", "host {host}");
        stands(zone, host, "stopped");
    }
    zone.run(&["status"])
        .exits(0)
        .says("zone-1: stopped")
        .says("partially-deployed");
}

#[test]
fn a_stop_waits_for_three_hosts_and_resume_does_exactly_the_rest() {
    let Some((zone, ddt)) = in_mid_run() else {
        return;
    };
    let stop = zone.start(&["stop", "zone-1"]);
    zone.until_stopping();
    zone.hosts().for_each(|host| host.open_gate());
    stop.end().exits(5).says("has ended: stopped");
    ddt.end().exits(5);
    nothing_began_after_the_stop(&zone);
    is_partially_deployed(&zone);
    let done = zone.host(0).disk();
    zone.run(&["resume"]).exits(0).says("12 tasks on 3 nodes");
    done.assert_same(&zone.host(0).disk());
    zone.hosts().for_each(|host| host.has_all_once());
    BUSY.for_each(|host| stands(&zone, host, "ready"));
    zone.run(&["status"]).exits(0).says("operational");
}

#[test]
fn a_second_ctrl_c_leaves_the_steps_to_the_hosts_and_lists_them() {
    let Some((zone, ddt)) = in_mid_run() else {
        return;
    };
    ddt.signal(Signal::Interrupt);
    zone.until_stopping();
    ddt.signal(Signal::Interrupt);
    let mut ended = ddt.end().exits(130);
    for host in BUSY {
        ended = ended.says(&format!("in doubt, still running on node-{host}: {BASE}"));
    }
    ended.does_not_say("still running on node-0");
    zone.run(&["status"]).exits(0).says("zone-1: interrupted");
    zone.hosts().for_each(|host| host.open_gate());
    zone.run(&["resume"]).exits(0);
    zone.hosts().for_each(|host| host.has_all_once());
}

#[test]
fn a_lost_terminal_stops_the_run() {
    let Some((zone, ddt)) = in_mid_run() else {
        return;
    };
    ddt.signal(Signal::HangUp);
    zone.until_stopping();
    zone.hosts().for_each(|host| host.open_gate());
    ddt.end().exits(5);
    nothing_began_after_the_stop(&zone);
    is_partially_deployed(&zone);
}

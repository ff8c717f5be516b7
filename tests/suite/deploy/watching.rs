//! `ddt attach` and `ddt logs -f`: a run that another process drives is watched, never disturbed.

use super::packages;
use crate::support::gate::Gate;
use crate::support::process::{Running, Signal};
use crate::support::wait::until;
use crate::support::zone::Zone;

const BASE: &str = "hostos-base-os-sw-release";
const NODES: [&str; 2] = ["node-1", "node-2"];

/// A deployment that waits in the third of seven tasks, on both nodes.
fn in_mid_run() -> (Zone, Gate, Running) {
    let mut zone = Zone::hostos(&NODES);
    let gate = zone.gate("base");
    let body = format!("echo before\n{}\necho after", gate.wait_here());
    zone.release(BASE).step("deploy", &body);
    let ddt = zone.start_deploy(&[]);
    NODES.iter().for_each(|name| gate.reached_by(name));
    (zone, gate, ddt)
}

/// Starts to watch, and waits until the watcher shows the step that waits.
fn attached(zone: &Zone) -> Running {
    let watcher = zone.start_telling(&["attach"], "told");
    until("the watcher shows the run", || {
        let told = std::fs::read_to_string(zone.path("told")).unwrap_or_default();
        told.contains(&format!("node-2 {BASE} started"))
    });
    watcher
}

#[test]
fn a_watcher_sees_the_run_to_its_end() {
    let (zone, gate, ddt) = in_mid_run();
    let watcher = attached(&zone);
    gate.open();
    watcher.end().exits(0).says("14 tasks on 2 nodes: 14 done");
    ddt.end().exits(0);
    let told = std::fs::read_to_string(zone.path("told")).expect("what was told");
    assert!(told.contains("run succeeded"), "{told}");
}

#[test]
fn ctrl_c_detaches_and_the_run_goes_on() {
    let (zone, gate, ddt) = in_mid_run();
    let watcher = attached(&zone);
    watcher.signal(Signal::Interrupt);
    watcher.end().exits(0);
    let told = std::fs::read_to_string(zone.path("told")).expect("what was told");
    assert!(told.contains("detached; run "), "{told}");
    gate.open();
    ddt.end().exits(0);
    for name in NODES {
        assert_eq!(zone.node(name).deployed(), packages(), "{name}");
    }
}

#[test]
fn a_run_whose_process_died_is_said_to_be_so_and_can_be_adopted() {
    let (zone, gate, ddt) = in_mid_run();
    ddt.kill();
    zone.run(&["attach"])
        .exits(1)
        .says("died; what it ran goes on on the nodes")
        .says("`ddt resume ");
    gate.open();
    zone.run(&["attach", "--adopt"])
        .exits(0)
        .says("going on with it");
    for name in NODES {
        assert_eq!(zone.node(name).deployed(), packages(), "{name}");
    }
}

#[test]
fn machines_watch_the_same_events() {
    let zone = Zone::hostos(&NODES);
    let driven = zone.deploy(&["--json"]).exits(0);
    let watched = zone.run(&["attach", "--json"]).exits(0);
    let events = |text: &str| -> Vec<serde_json::Value> {
        let lines = text.lines().skip(1);
        let lines = lines.map(|line| serde_json::from_str(line).expect("JSON"));
        lines
            .map(|mut event: serde_json::Value| {
                // The watcher's own clock.
                event.as_object_mut().map(|event| event.remove("time"));
                event
            })
            .collect()
    };
    assert_eq!(events(&watched.stdout), events(&driven.stdout));
}

#[test]
fn events_of_the_past_have_the_time_at_which_they_happened() {
    let zone = Zone::hostos(&NODES);
    zone.deploy(&[]).exits(0);
    let history = zone.run(&["history", "latest", "--json"]).exits(0).json();
    let watched = zone.run(&["attach", "--json"]).exits(0);
    let lines = watched.stdout.lines().map(serde_json::from_str);
    let events: Vec<serde_json::Value> = lines.collect::<Result<_, _>>().expect("JSON");
    let task = &history["run"]["tasks"][0];
    let begun = events.iter().find(|event| {
        event["event"] == "intended"
            && event["task"]["node"] == task["node"]
            && event["task"]["package"] == task["package"]
    });
    assert_eq!(begun.expect("it began")["time"], task["started"]);
    let last = events.last().expect("an end");
    assert_eq!(last["time"], history["run"]["ended"]);
    zone.run(&["attach"]).exits(0).says("succeeded after ");
}

#[test]
fn logs_are_followed_until_the_run_ends() {
    let (zone, gate, ddt) = in_mid_run();
    let follower = zone.start(&["logs", "--follow", "--package", BASE, "--node", "node-1"]);
    gate.open();
    ddt.end().exits(0);
    let said = follower.end().exits(0).stdout;
    assert_eq!(
        said,
        format!("==> hostos/{BASE} on node-1 <==\nbefore\nafter\n")
    );
}

//! `ddt stop` from another terminal: nothing begins after its record, and it waits for the end.

use super::packages;
use crate::support::gate::Gate;
use crate::support::process::Running;
use crate::support::wait::until;
use crate::support::zone::Zone;
use serde_json::Value;

const BASE: &str = "hostos-base-os-sw-release";
const NODES: [&str; 3] = ["node-1", "node-2", "node-3"];

/// A deployment that waits in the third of seven tasks, on every node.
fn in_mid_run() -> (Zone, Gate, Running) {
    let mut zone = Zone::hostos(&NODES);
    let gate = zone.gate("base");
    zone.release(BASE).step("deploy", &gate.wait_here());
    let ddt = zone.start_deploy(&[]);
    NODES.iter().for_each(|name| gate.reached_by(name));
    (zone, gate, ddt)
}

/// The events of the last run, in the order of its journal.
fn events(zone: &Zone) -> Vec<Value> {
    let text = std::fs::read_to_string(zone.path("deploy_logs/latest/events.jsonl"));
    let text = text.expect("events");
    let lines = text.lines().map(serde_json::from_str);
    lines.collect::<Result<_, _>>().expect("every line is JSON")
}

/// The acts that were intended after the run was asked to stop.
fn begun_after_the_stop(events: &[Value]) -> Vec<&Value> {
    let is = |name: &'static str| move |event: &&Value| event["event"] == name;
    let after = events
        .iter()
        .skip_while(|event| !is("stop-requested")(event));
    after.filter(is("intended")).collect()
}

#[test]
fn nothing_begins_after_its_record_and_it_waits_for_the_end() {
    let (zone, gate, ddt) = in_mid_run();
    let stop = zone.start_telling(&["stop"], "told");
    until("ddt stop says what it waits for", || {
        let told = std::fs::read_to_string(zone.path("told")).unwrap_or_default();
        NODES
            .iter()
            .all(|name| told.contains(&format!("still running on {name}: {BASE}")))
    });
    gate.open();
    stop.end()
        .exits(5)
        .says("has ended: stopped")
        .says("`ddt resume ");
    ddt.end().exits(5);
    let events = events(&zone);
    assert!(begun_after_the_stop(&events).is_empty(), "{events:?}");
    for name in NODES {
        assert_eq!(zone.node(name).deployed(), packages()[..3], "{name}");
    }
    zone.run(&["status"])
        .exits(0)
        .says("zone-1: stopped")
        .says("partially-deployed");
}

#[test]
fn a_zone_or_a_run_is_stopped_by_its_name() {
    let (zone, gate, ddt) = in_mid_run();
    zone.run(&["stop", "zone-2"])
        .exits(2)
        .says("there is no run or zone `zone-2`")
        .says("did you mean `zone-1`?");
    let stop = zone.start(&["stop", "zone-1"]);
    zone.until_stopping();
    let status = zone.run(&["status", "--json"]).exits(0).json();
    let run = status["zones"][0]["run"]["run"].as_str().expect("a run");
    let again = zone.start(&["stop", run]);
    gate.open();
    stop.end().exits(5);
    again.end();
    ddt.end().exits(5);
}

#[test]
fn a_stop_where_nothing_goes_on_is_harmless_and_says_so() {
    let zone = Zone::hostos(&NODES);
    zone.write_documents();
    zone.run(&["stop"])
        .exits(0)
        .says("nothing to stop: there is no run yet");
    zone.deploy(&[]).exits(0);
    let before = zone.nodes_tree();
    for _ in 0..2 {
        zone.run(&["stop"])
            .exits(0)
            .says("nothing to stop: run ")
            .says("has ended: succeeded");
    }
    before.assert_same(&zone.nodes_tree());
}

#[test]
fn a_run_that_is_already_stopping_is_awaited_by_everybody_who_stops_it() {
    let (zone, gate, ddt) = in_mid_run();
    let first = zone.start(&["stop"]);
    zone.until_stopping();
    let second = zone.start(&["stop"]);
    gate.open();
    first.end().exits(5);
    // Where the run has ended before it looked, there was nothing to stop.
    second.end().says("has ended: stopped");
    ddt.end().exits(5);
    let events = events(&zone);
    let stops = events
        .iter()
        .filter(|event| event["event"] == "stop-requested");
    assert_eq!(stops.count(), 1);
}

#[test]
fn after_package_finishes_what_has_begun_on_every_node_and_after_task_does_not() {
    for (after, done) in [("package", [3, 3, 3]), ("task", [3, 2, 2])] {
        let mut zone = Zone::hostos(&NODES);
        let gate = zone.gate("base");
        zone.release(BASE).step("deploy", &gate.wait_here());
        let ddt = zone.start_deploy(&["--max-in-flight", "1"]);
        gate.reached_by("node-1");
        let stop = zone.start(&["stop", "--after", after]);
        zone.until_stopping();
        gate.open();
        stop.end().exits(5);
        ddt.end().exits(5);
        let deployed = NODES.map(|name| zone.node(name).deployed().len());
        assert_eq!(deployed, done, "after {after}");
        zone.run(&["resume"]).exits(0);
        for name in NODES {
            assert_eq!(zone.node(name).deployed(), packages(), "{name}");
        }
    }
}

#[test]
fn after_node_finishes_the_nodes_that_have_begun() {
    let (zone, gate, ddt) = in_mid_run();
    let stop = zone.start(&["stop", "--after", "node"]);
    zone.until_stopping();
    gate.open();
    stop.end().exits(0).says("nothing was left to be stopped");
    ddt.end().exits(0);
    for name in NODES {
        assert_eq!(zone.node(name).deployed(), packages(), "{name}");
    }
}

#[test]
fn kill_ends_the_process_trees_before_ddt_ends() {
    let mut zone = Zone::hostos(&NODES);
    let gate = zone.gate("base");
    let tree = "sleep 1000 & echo $! >\"$DDT_ROOT/child\"\n";
    let body = tree.to_owned() + &gate.wait_here();
    zone.release(BASE).step("deploy", &body);
    let ddt = zone.start_deploy(&[]);
    NODES.iter().for_each(|name| gate.reached_by(name));
    let children = NODES.map(|name| zone.node(name).read("/child").expect("a process id"));
    zone.run(&["stop", "--timeout", "1s", "--kill"])
        .exits(5)
        .says("still running on node-2")
        .says("the time is up: what runs is ended on the nodes");
    ddt.end().exits(5).says("deploy was ended by the operator");
    for child in children {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.trim()));
        let stat = stat.unwrap_or_default();
        let remains = stat
            .rsplit_once(") ")
            .is_none_or(|(_, rest)| rest.starts_with('Z'));
        assert!(remains, "a process outlives the stop: {stat}");
    }
    let history = zone.run(&["history", "latest", "--json"]).exits(0).json();
    for name in NODES {
        let node = &history["run"]["nodes"][name];
        assert_eq!(node["state"], "error", "{name}");
        assert_eq!(zone.node(name).releases().len(), 2, "{name}");
    }
    let tasks = history["run"]["tasks"].as_array().expect("tasks");
    let ended = tasks
        .iter()
        .filter(|task| task["failure"]["class"] == "stopped");
    assert_eq!(ended.count(), NODES.len());
    zone.run(&["status"]).exits(0).says("partially-deployed");
    gate.open();
    zone.deploy(&[]).exits(0);
    for name in NODES {
        let again = [&packages()[..3], &packages()[2..]].concat();
        assert_eq!(zone.node(name).deployed(), again, "{name}");
    }
}

#[test]
fn the_checks_of_a_dry_run_are_not_ended() {
    let mut zone = Zone::hostos(&NODES);
    let gate = zone.gate("base");
    zone.release(BASE).step("check", &gate.wait_here());
    let ddt = zone.start_deploy(&["--dry-run"]);
    NODES.iter().for_each(|name| gate.reached_by(name));
    zone.run(&["stop", "--kill"])
        .exits(2)
        .says("the checks of a dry run cannot be ended");
    let stop = zone.start(&["stop"]);
    zone.until_stopping();
    gate.open();
    stop.end().exits(5);
    ddt.end().exits(5);
}

//! A task that fails: what is skipped, what is said, what is kept, and where the next deployment begins.

use super::packages;
use crate::support::zone::Zone;

const NODES: [&str; 3] = ["node-1", "node-2", "node-3"];
const BASE: &str = "hostos-base-os-sw-release";

/// Three nodes, on the second of which the third of seven tasks fails.
fn failing() -> Zone {
    let mut zone = Zone::hostos(&NODES);
    zone.release(BASE).step(
        "deploy",
        r#"[ "$DDT_NODE" != node-2 ] || { echo "the archive is damaged" >&2; exit 7; }"#,
    );
    zone
}

#[test]
fn skips_everything_behind_it_and_keeps_the_stage() {
    let zone = failing();
    zone.deploy(&[]).exits(4);
    for name in NODES {
        let node = zone.node(name);
        assert_eq!(node.deployed(), packages()[..3], "{name}");
        assert_eq!(node.stage().as_deref(), Some("pre-install"), "{name}");
    }
    assert_eq!(zone.node("node-2").releases().len(), 2);
    let states = task_states(&zone);
    assert_eq!(
        states.iter().filter(|state| *state == "succeeded").count(),
        8
    );
    assert_eq!(states.iter().filter(|state| *state == "failed").count(), 1);
    assert_eq!(
        states.iter().filter(|state| *state == "skipped").count(),
        12
    );
}

#[test]
fn shows_the_last_lines_the_log_and_what_to_type() {
    let zone = failing();
    let ended = zone.deploy(&[]).exits(4);
    let log = ended
        .stderr
        .lines()
        .chain(ended.stdout.lines())
        .find(|line| {
            line.contains("deploy_logs/")
                && line.contains("hostos/hostos-base-os-sw-release/node-2.log")
        });
    let log = log
        .expect("the path of the log")
        .split_whitespace()
        .last()
        .expect("a path");
    let log = std::fs::read_to_string(zone.path(&log.replace("[DIR]/", ""))).expect("the log");
    assert!(log.contains("the archive is damaged"));
    ended
        .says("the archive is damaged")
        .says("deploy exited with 7")
        .says("ddt deploy manifest.hjson");
}

#[test]
fn goes_on_where_it_failed_once_it_is_fixed() {
    let mut zone = failing();
    zone.deploy(&[]).exits(4);
    zone.release(BASE).step("deploy", "");
    zone.deploy(&[]).exits(0);
    assert_eq!(zone.node("node-1").deployed(), packages());
    let expected = [&packages()[..3], &packages()[2..]].concat();
    assert_eq!(zone.node("node-2").deployed(), expected);
    for name in NODES {
        assert_eq!(
            zone.node(name).stage().as_deref(),
            Some("post-config"),
            "{name}"
        );
        assert_eq!(zone.node(name).releases().len(), 7, "{name}");
    }
}

#[test]
fn a_check_that_fails_is_not_followed_by_its_deploy() {
    let mut zone = Zone::hostos(&["node-1"]);
    zone.release(BASE).step("check", "exit 1");
    zone.deploy(&[]).exits(4).says("check exited with 1");
    assert_eq!(zone.node("node-1").deployed(), packages()[..2]);
}

#[test]
fn a_release_that_does_not_verify_is_not_recorded() {
    let mut zone = Zone::hostos(&["node-1"]);
    zone.release(BASE).step("verify", "exit 1");
    zone.deploy(&[]).exits(4).says("verify exited with 1");
    assert_eq!(zone.node("node-1").releases().len(), 2);
}

#[test]
fn a_step_that_takes_too_long_is_ended_with_its_children() {
    let mut zone = Zone::hostos(&["node-1"]);
    let gate = zone.gate("never");
    let body = format!(
        "( {} ; echo survived >>'{}' ) & wait",
        gate.wait_here(),
        zone.path("late").display()
    );
    zone.release(BASE)
        .descriptor("timeout: 1s")
        .step("deploy", &body);
    zone.deploy(&[])
        .exits(4)
        .says("deploy took too long and was ended");
    gate.open();
    zone.release(BASE).step("deploy", "");
    zone.deploy(&[]).exits(0);
    assert!(!zone.path("late").exists(), "a child of the step went on");
}

#[test]
fn a_step_that_is_killed_is_told_from_one_that_fails() {
    let mut zone = Zone::hostos(&["node-1"]);
    zone.release(BASE).step("deploy", "kill -KILL $$");
    zone.deploy(&[])
        .exits(4)
        .says("deploy was ended by signal 9");
}

fn task_states(zone: &Zone) -> Vec<String> {
    let history = zone.run(&["history", "latest", "--json"]).exits(0).json();
    let tasks = history["run"]["tasks"].as_array().expect("a list of tasks");
    let states = tasks
        .iter()
        .map(|task| task["state"].as_str().expect("a state").to_owned());
    states.collect()
}

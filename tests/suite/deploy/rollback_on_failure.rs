//! `--rollback-on-failure`: a run that fails leaves the nodes as it found them.

use super::deployed;
use super::rollback::GOES_BACK;
use crate::support::zone::Zone;

const BASE: &str = "hostos-base-os-sw-release";
const NET: &str = "hostos-base-net-sw-release";
const OLD: &str = "3.4.83-20220708T144532Z_1b241f2";
const OLD_NET: &str = "3.8.16-20220722T190519Z_018cee7";
const NODES: [&str; 2] = ["node-1", "node-2"];

/// An upgrade of two packages, the second of which fails on the second node.
fn failing(rollback: &str) -> Zone {
    let mut zone = deployed(&NODES);
    zone.release(BASE)
        .tag("3.4.84-20230708T144532Z_2c241f2")
        .step("rollback", rollback);
    zone.release(NET)
        .tag("3.8.17-20230722T190519Z_118cee7")
        .step("rollback", GOES_BACK)
        .step(
            "deploy",
            r#"echo broken >"$DDT_ROOT/opt/$DDT_PACKAGE"; [ "$DDT_NODE" = node-1 ]"#,
        );
    zone
}

fn undone(zone: &Zone, node: &str) -> Vec<String> {
    let steps = zone.node(node).steps();
    let undone = steps
        .iter()
        .filter_map(|step| step.strip_prefix("rollback "));
    undone
        .map(|step| step.split(' ').next().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn a_failed_run_undoes_what_it_changed_and_exits_6() {
    let zone = failing(GOES_BACK);
    zone.deploy(&["--rollback-on-failure"])
        .exits(6)
        .says("kept as evidence")
        .says("rolled-back");
    for name in NODES {
        let node = zone.node(name);
        assert_eq!(undone(&zone, name), [NET, BASE], "{name}");
        assert_eq!(node.read(&format!("/opt/{BASE}")), Some(format!("{OLD}\n")));
        assert_eq!(
            node.read(&format!("/opt/{NET}")),
            Some(format!("{OLD_NET}\n"))
        );
        let last = format!("{BASE} {OLD} rolled-back");
        assert_eq!(node.releases().last(), Some(&last), "{name}");
    }
    zone.run(&["status"]).exits(0).says("zone-1: rolled-back");
    let history = zone.run(&["history", "latest", "--json"]).exits(0).json();
    let tasks = history["run"]["tasks"].as_array().expect("tasks");
    assert!(
        tasks.iter().all(|task| task["state"] == "undone"),
        "{tasks:?}"
    );
}

#[test]
fn an_undo_that_fails_is_no_rollback() {
    let zone = failing("exit 3");
    zone.deploy(&["--rollback-on-failure"])
        .exits(4)
        .says("rollback-failed");
    zone.run(&["history", "latest", "--status", "undo-failed"])
        .exits(0);
}

#[test]
fn the_plan_says_beforehand_what_cannot_be_undone() {
    let mut zone = deployed(&["node-1"]);
    zone.release(BASE).tag("3.4.84-20230708T144532Z_2c241f2");
    zone.write_documents();
    zone.run(&["plan", "manifest.hjson", "--rollback-on-failure"])
        .exits(0)
        .says("CANNOT be undone: its bundle has no");
    zone.run(&["plan", "manifest.hjson"])
        .exits(0)
        .does_not_say("CANNOT");
}

#[test]
fn without_the_flag_a_failure_leaves_things_as_they_are() {
    let zone = failing(GOES_BACK);
    zone.deploy(&[]).exits(4);
    assert!(undone(&zone, "node-1").is_empty());
}

//! `ddt resume`: exactly what is left of the stored plan, by a new process, each step once.

use super::packages;
use crate::support::gate::Gate;
use crate::support::process::{Running, Signal};
use crate::support::wait::until;
use crate::support::zone::Zone;

const BASE: &str = "hostos-base-os-sw-release";
const NET: &str = "hostos-base-net-sw-release";
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

/// A deployment that was stopped in the third of seven tasks, on every node.
fn stopped() -> Zone {
    let (zone, gate, ddt) = in_mid_run();
    let stop = zone.start(&["stop"]);
    zone.until_stopping();
    gate.open();
    stop.end().exits(5);
    ddt.end().exits(5);
    zone
}

#[track_caller]
fn each_step_ran_once(zone: &Zone) {
    for name in NODES {
        let node = zone.node(name);
        assert_eq!(node.deployed(), packages(), "{name}");
        assert_eq!(node.releases().len(), 7, "{name}");
        assert_eq!(node.stage().as_deref(), Some("post-config"), "{name}");
    }
}

/// The name of the last run.
fn last_run(zone: &Zone) -> String {
    let status = zone.run(&["status", "--json"]).exits(0).json();
    let run = status["zones"][0]["run"]["run"].as_str();
    run.expect("a run").to_owned()
}

#[test]
fn a_stopped_run_goes_on_with_exactly_the_rest() {
    let zone = stopped();
    let first = last_run(&zone);
    // The stored plan counts, not what the manifest has become.
    zone.write("manifest.hjson", "not a manifest");
    zone.run(&["resume"])
        .exits(0)
        .says(&format!("done by run {first}"))
        .says("12 tasks on 3 nodes: 12 done");
    each_step_ran_once(&zone);
    assert_ne!(last_run(&zone), first);
    zone.run(&["status"])
        .exits(0)
        .says("zone       operational")
        .says("3 ready");
    zone.run(&["resume"])
        .exits(0)
        .says("nothing to resume: run ")
        .says("has ended: succeeded");
}

#[test]
fn a_step_that_still_runs_is_taken_up_after_the_process_died() {
    let (zone, gate, ddt) = in_mid_run();
    ddt.kill();
    let ddt = zone.start(&["resume", "zone-1"]);
    until("the second run waits for the step", || {
        let status = zone.run(&["status"]).exits(0);
        status.stdout.contains("attempt 1 of ")
    });
    gate.open();
    ddt.end().exits(0);
    each_step_ran_once(&zone);
}

#[test]
fn a_step_that_has_ended_since_is_found_by_its_receipt() {
    let (zone, gate, ddt) = in_mid_run();
    ddt.signal(Signal::Interrupt);
    zone.until_stopping();
    ddt.signal(Signal::Interrupt);
    ddt.end()
        .exits(130)
        .says("in doubt, still running on node-3: hostos-base-os-sw-release")
        .says("`ddt resume` takes up");
    gate.open();
    for name in NODES {
        let record = || zone.node(name).read("/var/log/deployment_history.log");
        until("the step has ended", || {
            record().is_some_and(|text| text.contains(BASE))
        });
    }
    zone.run(&["resume"]).exits(0);
    each_step_ran_once(&zone);
}

#[test]
fn a_deployment_after_a_stop_may_bring_another_manifest() {
    const NEWER: &str = "3.8.17-20230722T190519Z_118cee7";
    let mut zone = stopped();
    zone.release(NET).tag(NEWER);
    zone.deploy(&[])
        .exits(0)
        .says("12 tasks on 3 nodes: 12 done");
    each_step_ran_once(&zone);
    for name in NODES {
        let releases = zone.node(name).releases();
        assert!(
            releases.contains(&format!("{NET} {NEWER} deployed")),
            "{releases:?}"
        );
    }
}

#[test]
fn a_failed_run_goes_on_where_it_failed() {
    let mut zone = Zone::hostos(&NODES);
    let mark = zone.path("mended").display().to_string();
    zone.release(BASE)
        .step("deploy", &format!("[ -e '{mark}' ]"));
    zone.deploy(&[]).exits(4);
    zone.run(&["resume"]).exits(4);
    zone.write("mended", "");
    zone.run(&["resume"]).exits(0);
    for name in NODES {
        let deployed = zone.node(name).deployed();
        let times = |package: &str| deployed.iter().filter(|one| *one == package).count();
        assert_eq!(times("hostos-boot-release"), 1, "{name}");
        assert_eq!(times(NET), 1, "{name}");
        assert_eq!(zone.node(name).releases().len(), 7, "{name}");
    }
}

/// The third of seven tasks takes its runner down with it, the first time.
fn in_doubt() -> Zone {
    let mut zone = Zone::hostos(&["node-1"]);
    let mark = zone.path("died").display().to_string();
    let dies = format!("[ -e '{mark}' ] || {{ : >'{mark}'; kill -KILL $PPID; }}");
    zone.release(BASE).step("deploy", &dies);
    zone.deploy(&[]).exits(9);
    zone
}

#[test]
fn a_task_in_doubt_is_asked_about() {
    let zone = in_doubt();
    let before = zone.nodes_tree();
    zone.run(&["resume"]).exits(9).says("is in doubt");
    before.assert_same(&zone.nodes_tree());
    zone.run(&["resume", "--assume", "failed", &format!("node-1/{NET}")])
        .exits(2)
        .says("is no task in doubt of run");
    zone.run(&["resume", "--assume", "lost", &format!("node-1/{BASE}")])
        .exits(2)
        .says("--assume lost: not an outcome");
    zone.run(&["resume", "--assume", "failed", &format!("node-1/{BASE}")])
        .exits(0);
    let again = [&packages()[..3], &packages()[2..]].concat();
    assert_eq!(zone.node("node-1").deployed(), again);
}

#[test]
fn a_task_that_is_said_to_have_succeeded_is_only_recorded() {
    let zone = in_doubt();
    zone.run(&["resume", "--assume", "succeeded", &format!("node-1/{BASE}")])
        .exits(0)
        .says("the operator says that it succeeded");
    let node = zone.node("node-1");
    assert_eq!(node.deployed(), packages());
    assert_eq!(node.releases().len(), 7);
    let history = zone.run(&["history", "latest", "--json"]).exits(0).json();
    let planned = history["run"]["tasks"][0]["planned"].as_str();
    assert!(planned.expect("a reason").contains("only recorded"));
}

#[test]
fn a_node_that_was_changed_since_is_refused() {
    let zone = stopped();
    let node = zone.node("node-2");
    let stage = node.stage().expect("a stage");
    node.write("/etc/genesis/deploy_stage", "post-install\n");
    let before = zone.nodes_tree();
    zone.run(&["resume"])
        .exits(2)
        .says("the stage of hostos: the plan left it at pre-install, now it is post-install")
        .says("on: node-2")
        .says("`ddt deploy MANIFEST` plans anew");
    before.assert_same(&zone.nodes_tree());
    node.write("/etc/genesis/deploy_stage", &format!("{stage}\n"));
    zone.deploy(&["--resume"]).exits(0);
    each_step_ran_once(&zone);
}

#[test]
fn only_the_last_run_that_changes_something_goes_on() {
    let zone = stopped();
    let first = last_run(&zone);
    zone.run(&["deploy", "manifest.hjson", "--dry-run"])
        .exits(0);
    let dry = last_run(&zone);
    zone.run(&["resume", &dry]).exits(2).says("is a dry run");
    zone.run(&["resume", &first]).exits(0);
    zone.run(&["resume", &first])
        .exits(2)
        .says("is not the last one of zone-1");
}

#[test]
fn a_run_that_goes_on_is_not_resumed() {
    let (zone, gate, ddt) = in_mid_run();
    zone.run(&["resume"]).exits(7).says("is locked by run");
    gate.open();
    ddt.end().exits(0);
    each_step_ran_once(&zone);
}

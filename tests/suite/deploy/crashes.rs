//! `kill -9` of ddt at the worst moments: what runs on a node goes on, and is never done twice.

use super::packages;
use crate::support::gate::Gate;
use crate::support::process::send;
use crate::support::wait::until;
use crate::support::zone::Zone;

const BASE: &str = "hostos-base-os-sw-release";
const BOOT: &str = "hostos-boot-release";
const NODES: [&str; 2] = ["node-1", "node-2"];

/// Whether the node's own record says that an attempt came so far: `receipt`, or `awaiting` its reboot.
fn has_come_to(zone: &Zone, node: &str, package: &str, mark: &str) -> bool {
    let receipts = zone.node(node).root().join("var/lib/ddt/receipts");
    let runs = std::fs::read_dir(receipts).into_iter().flatten().flatten();
    let file = format!("hostos,{package},1.{mark}");
    let mut texts = runs.filter_map(|run| std::fs::read_to_string(run.path().join(&file)).ok());
    texts.any(|text| text.ends_with("end\n"))
}

#[track_caller]
fn is_complete(zone: &Zone) {
    for name in NODES {
        let node = zone.node(name);
        assert_eq!(node.deployed(), packages(), "{name}");
        assert_eq!(node.releases().len(), 7, "{name}");
        assert_eq!(node.stage().as_deref(), Some("post-config"), "{name}");
    }
}

#[test]
fn during_a_step_that_ends_by_itself() {
    let mut zone = Zone::hostos(&NODES);
    let gate = zone.gate("base");
    zone.release(BASE).step("deploy", &gate.wait_here());
    let ddt = zone.start_deploy(&[]);
    NODES.iter().for_each(|name| gate.reached_by(name));
    ddt.kill();
    zone.run(&["status"]).exits(0).says("zone-1: interrupted");
    gate.open();
    for name in NODES {
        until("the step has ended", || {
            has_come_to(&zone, name, BASE, "receipt")
        });
        assert_eq!(zone.node(name).releases().len(), 3, "{name}");
    }
    zone.run(&["status"]).exits(0).says("zone-1: interrupted");
    zone.deploy(&[]).exits(0);
    is_complete(&zone);
    zone.run(&["status"]).exits(0).does_not_say("interrupted");
}

#[test]
fn during_a_step_that_still_runs_when_ddt_comes_back() {
    let mut zone = Zone::hostos(&NODES);
    let gate = zone.gate("base");
    zone.release(BASE).step(
        "deploy",
        &format!("echo before\n{}\necho after", gate.wait_here()),
    );
    let ddt = zone.start_deploy(&[]);
    NODES.iter().for_each(|name| gate.reached_by(name));
    ddt.kill();
    let ddt = zone.start_deploy(&[]);
    until("the second run waits for the step", || {
        zone.run(&["status"])
            .exits(0)
            .stdout
            .contains("attempt 1 of ")
    });
    gate.open();
    ddt.end().exits(0);
    is_complete(&zone);
    let log = zone.path(&format!("deploy_logs/latest/hostos/{BASE}/node-1.log"));
    let log = std::fs::read_to_string(log).expect("a log");
    assert!(
        log.contains("before\nafter\n"),
        "the log is not whole: {log}"
    );
}

#[test]
fn before_the_reboot() {
    let mut zone = Zone::hostos(&NODES);
    let gate = zone.gate("boot");
    zone.release(BOOT)
        .entry("forcereboot: yes")
        .step("deploy", &gate.wait_here());
    let ddt = zone.start_deploy(&[]);
    NODES.iter().for_each(|name| gate.reached_by(name));
    ddt.kill();
    gate.open();
    for name in NODES {
        until("the step has ended", || {
            has_come_to(&zone, name, BOOT, "awaiting")
        });
        assert_eq!(zone.node(name).boot_id(), None, "{name} rebooted by itself");
    }
    zone.deploy(&[]).exits(0);
    is_complete(&zone);
    assert!(zone.node("node-1").boot_id().is_some());
}

#[test]
fn while_the_node_reboots() {
    let mut zone = Zone::hostos(&["node-1"]);
    // Its boot id cannot be read for as long as the node is down: a pipe that nobody writes to.
    let goes_down = r#"echo $PPID >"$DDT_ROOT/runner"
        mkdir -p "$DDT_ROOT/proc/sys/kernel/random"
        mkfifo "$DDT_ROOT/proc/sys/kernel/random/boot_id""#;
    zone.release(BOOT)
        .entry("forcereboot: yes")
        .step("deploy", goes_down);
    let ddt = zone.start_deploy(&[]);
    until("the node reboots", || {
        zone.run(&["status"]).stdout.contains("reboot")
    });
    ddt.kill();
    let node = zone.node("node-1");
    // What ran on it does not outlive the boot.
    send("KILL", node.read("/runner").expect("a process id").trim());
    let boot_id = node.root().join("proc/sys/kernel/random/boot_id");
    std::fs::remove_file(&boot_id).expect("the pipe");
    std::fs::write(&boot_id, "the-boot-after\n").expect("a boot id");
    zone.deploy(&[]).exits(0);
    assert_eq!(node.deployed(), packages());
    assert_eq!(
        node.boot_id().as_deref(),
        Some("the-boot-after\n"),
        "it was rebooted again"
    );
}

#[test]
fn after_the_reboot_while_the_release_is_verified() {
    let mut zone = Zone::hostos(&NODES);
    let gate = zone.gate("verify");
    zone.release(BOOT)
        .entry("forcereboot: yes")
        .step("verify", &gate.wait_here());
    let ddt = zone.start_deploy(&[]);
    NODES.iter().for_each(|name| gate.reached_by(name));
    ddt.kill();
    let boot_ids = NODES.map(|name| zone.node(name).boot_id());
    gate.open();
    zone.deploy(&[]).exits(0);
    is_complete(&zone);
    assert_eq!(
        NODES.map(|name| zone.node(name).boot_id()),
        boot_ids,
        "a node was rebooted again"
    );
}

/// A deployment to one node whose ddt was killed in the third of seven tasks.
fn killed_in_mid_run() -> (Zone, Gate) {
    let mut zone = Zone::hostos(&["node-1"]);
    let gate = zone.gate("base");
    zone.release(BASE).step("deploy", &gate.wait_here());
    let ddt = zone.start_deploy(&[]);
    gate.reached_by("node-1");
    ddt.kill();
    (zone, gate)
}

#[test]
fn another_release_has_recorded_first_what_the_node_knows() {
    let (mut zone, gate) = killed_in_mid_run();
    gate.open();
    until("the step has ended", || {
        has_come_to(&zone, "node-1", BASE, "receipt")
    });
    lose_power_before_the_records(&zone);
    zone.release(BASE).tag("3.4.84-20220808T144532Z_1b241f3");
    zone.write_documents();
    let before = zone.nodes_tree();
    zone.run(&["plan", "manifest.hjson"])
        .exits(2)
        .says("has ended there, which is not recorded yet")
        .says("`ddt deploy MANIFEST` has it recorded before it plans");
    before.assert_same(&zone.nodes_tree());
    zone.deploy(&[]).exits(0);
    let node = zone.node("node-1");
    let tags = [
        "3.4.83-20220708T144532Z_1b241f2",
        "3.4.84-20220808T144532Z_1b241f3",
    ];
    let releases = node.releases();
    let steps = node.steps();
    for tag in tags {
        assert!(
            releases.contains(&format!("{BASE} {tag} deployed")),
            "{releases:?}"
        );
        let deployed = format!("deploy {BASE} {tag}");
        let times = steps.iter().filter(|step| **step == deployed).count();
        assert_eq!(times, 1, "{steps:?}");
    }
}

/// What is on the node's disk where its power fails between the outcome of the last attempt and its records.
#[track_caller]
fn lose_power_before_the_records(zone: &Zone) {
    let node = zone.node("node-1");
    let receipts = node.root().join("var/lib/ddt/receipts");
    let run = std::fs::read_dir(receipts).expect("receipts").next();
    let run = run.expect("a run").expect("readable").path();
    let attempt = |mark: &str| run.join(format!("hostos,{BASE},1.{mark}"));
    std::fs::rename(attempt("receipt"), attempt("outcome")).expect("renamed");
    let records = node.root().join("etc/genesis/release-bundles");
    std::fs::copy(attempt("releases"), records).expect("copied");
}

#[test]
fn another_release_waits_for_the_step_that_runs() {
    let (mut zone, gate) = killed_in_mid_run();
    zone.release(BASE).tag("3.4.84-20220808T144532Z_1b241f3");
    zone.deploy(&[])
        .exits(2)
        .says("is still running hostos-base-os-sw-release 3.4.83-");
    gate.open();
    until("the step has ended", || {
        has_come_to(&zone, "node-1", BASE, "receipt")
    });
    zone.deploy(&[]).exits(0);
    let installed = zone.node("node-1").releases();
    assert!(installed.contains(&format!("{BASE} 3.4.84-20220808T144532Z_1b241f3 deployed")));
}

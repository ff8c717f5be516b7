//! `ddt rollback`: what a run changed is undone on the nodes, counted there.

use super::deployed;
use crate::support::zone::Zone;

const BASE: &str = "hostos-base-os-sw-release";
const NET: &str = "hostos-base-net-sw-release";
const NEW_NET: &str = "3.8.17-20230722T190519Z_118cee7";
const OLD: &str = "3.4.83-20220708T144532Z_1b241f2";
const NEW: &str = "3.4.84-20230708T144532Z_2c241f2";
const NODES: [&str; 2] = ["node-1", "node-2"];

/// What a rollback step does in these tests.
pub(super) const GOES_BACK: &str = r#"echo "$DDT_FROM_TAG" >"$DDT_ROOT/opt/$DDT_PACKAGE""#;

/// Two nodes, deployed, then one package upgraded, whose bundle may go back.
fn upgraded(rollback: &str) -> Zone {
    let mut zone = deployed(&NODES);
    zone.release(BASE).tag(NEW).step("rollback", rollback);
    zone.deploy(&[]).exits(0);
    zone
}

fn runs_of_step(zone: &Zone, node: &str, step: &str, tag: &str) -> usize {
    let wanted = format!("{step} {BASE} {tag}");
    let steps = zone.node(node).steps();
    steps.iter().filter(|step| **step == wanted).count()
}

#[track_caller]
fn has(zone: &Zone, tag: &str, outcome: &str) {
    for name in NODES {
        let node = zone.node(name);
        let line = format!("{BASE} {tag} {outcome}");
        assert_eq!(node.releases().last(), Some(&line), "{name}");
        let installed = node.read(&format!("/opt/{BASE}"));
        assert_eq!(installed, Some(format!("{tag}\n")), "{name}");
        assert_eq!(node.stage().as_deref(), Some("post-config"), "{name}");
    }
}

#[test]
fn a_run_that_changed_nothing_says_where_to_look() {
    let zone = upgraded(GOES_BACK);
    zone.deploy(&[]).exits(0).says("nothing to do");
    zone.run(&["rollback"])
        .exits(0)
        .says("changed nothing there\n`ddt history` lists the runs, `ddt rollback RUN` undoes an earlier one");
    let json = zone.run(&["rollback", "--json"]).exits(0);
    assert_eq!(json.stdout, "");
    assert!(json.stderr.contains("nothing to undo"), "{}", json.stderr);
    has(&zone, NEW, "deployed");
}

#[test]
fn goes_back_to_the_release_before_by_the_nodes_own_record() {
    let zone = upgraded(GOES_BACK);
    has(&zone, NEW, "deployed");
    zone.run(&["rollback", "zone-1"]).exits(0).says("undone");
    has(&zone, OLD, "rolled-back");
    for name in NODES {
        assert_eq!(runs_of_step(&zone, name, "rollback", NEW), 1, "{name}");
        let record = zone.node(name).read("/etc/genesis/release-bundles");
        let record = record.expect("a record");
        let digest = |line: &str| line.split(' ').nth(3).map(str::to_owned);
        let mut of_package = record.lines().filter(|line| line.contains(BASE));
        let first = of_package.next().and_then(digest);
        assert_eq!(of_package.next_back().and_then(digest), first, "{name}");
    }
    zone.run(&["history"]).exits(0).says("rollback");
    zone.run(&["history", "latest", "--status", "undone"])
        .exits(0);
}

#[test]
fn the_same_run_is_not_undone_twice() {
    let zone = upgraded(GOES_BACK);
    let history = zone.run(&["history", "--json"]).exits(0).json();
    let run = history["runs"][0]["run"]
        .as_str()
        .expect("a run")
        .to_owned();
    zone.run(&["rollback", &run]).exits(0);
    zone.run(&["rollback", &run]).exits(0).says("nothing to do");
    assert_eq!(runs_of_step(&zone, "node-1", "rollback", NEW), 1);
}

#[test]
fn a_rollback_is_undone_by_deploying_again_and_that_by_going_back() {
    let zone = upgraded(GOES_BACK);
    zone.run(&["rollback"]).exits(0);
    zone.run(&["rollback"]).exits(0);
    has(&zone, NEW, "deployed");
    assert_eq!(runs_of_step(&zone, "node-1", "deploy", NEW), 2);
    zone.run(&["rollback"]).exits(0);
    has(&zone, OLD, "rolled-back");
    zone.deploy(&[]).exits(0);
    has(&zone, NEW, "deployed");
}

#[test]
fn a_dry_run_shows_the_plan_and_changes_nothing() {
    let zone = upgraded(GOES_BACK);
    let before = zone.nodes_tree();
    zone.run(&["rollback", "--dry-run"])
        .exits(0)
        .says("undo")
        .says(&format!("back to {OLD}"));
    let plan = zone
        .run(&["rollback", "--dry-run", "--json"])
        .exits(0)
        .json();
    assert_eq!(
        plan["packages"][0]["package"],
        "hostos-kernel-patch-release"
    );
    assert!(before == zone.nodes_tree(), "a node has changed");
    zone.run(&["history"]).exits(0).does_not_say("rollback");
}

#[test]
fn what_cannot_be_undone_is_refused_before_anything_is_touched() {
    let mut zone = deployed(&NODES);
    zone.release(BASE).tag(NEW);
    zone.deploy(&[]).exits(0);
    let before = zone.nodes_tree();
    zone.run(&["rollback"])
        .exits(2)
        .says("its bundle has no `rollback` step")
        .says("--partial");
    assert!(before == zone.nodes_tree(), "a node has changed");
    zone.run(&["rollback", "--partial"]).exits(8);
    has(&zone, NEW, "deployed");
}

#[test]
fn a_first_deployment_has_nothing_to_go_back_to() {
    let zone = deployed(&["node-1"]);
    zone.run(&["rollback"])
        .exits(2)
        .says("no release was there before");
}

#[test]
fn an_undo_that_fails_says_what_is_where_and_can_be_tried_again() {
    let zone = upgraded(&format!(
        r#"[ "$DDT_NODE" != node-2 ] || [ -e "$DDT_ROOT/mended" ] || exit 5; {GOES_BACK}"#
    ));
    zone.run(&["rollback"])
        .exits(4)
        .says("rollback exited with 5");
    zone.run(&["status"])
        .exits(0)
        .says("zone-1: rollback-failed");
    zone.run(&["history", "latest", "--node", "node-2"])
        .exits(0)
        .says("undo-failed");
    zone.node("node-2").write("/mended", "");
    zone.run(&["rollback"]).exits(0);
    has(&zone, OLD, "rolled-back");
    assert_eq!(runs_of_step(&zone, "node-1", "rollback", NEW), 1);
    assert_eq!(runs_of_step(&zone, "node-2", "rollback", NEW), 2);
}

/// A rollback of two packages that was stopped while the first of them was undone.
fn stopped() -> Zone {
    let mut zone = deployed(&NODES);
    let gate = zone.gate("undo");
    let body = format!("{}\n{GOES_BACK}", gate.wait_here());
    zone.release(NET).tag(NEW_NET).step("rollback", &body);
    zone.release(BASE).tag(NEW).step("rollback", GOES_BACK);
    zone.deploy(&[]).exits(0);
    let ddt = zone.start(&["rollback"]);
    NODES.iter().for_each(|name| gate.reached_by(name));
    let stop = zone.start(&["stop"]);
    zone.until_stopping();
    gate.open();
    stop.end().exits(5);
    ddt.end().exits(5);
    zone
}

#[track_caller]
fn each_was_undone_once(zone: &Zone) {
    has(zone, OLD, "rolled-back");
    for name in NODES {
        let steps = zone.node(name).steps();
        let undone = steps.iter().filter(|step| step.starts_with("rollback "));
        let expected = [(NET, NEW_NET), (BASE, NEW)];
        let expected = expected.map(|(package, tag)| format!("rollback {package} {tag}"));
        assert_eq!(undone.collect::<Vec<_>>(), expected.each_ref(), "{name}");
    }
}

#[test]
fn one_that_was_stopped_goes_on_when_it_is_typed_again() {
    let zone = stopped();
    zone.run(&["rollback"]).exits(0);
    each_was_undone_once(&zone);
}

#[test]
fn one_that_was_stopped_is_resumed() {
    let zone = stopped();
    zone.run(&["resume", "--assume", "failed", "node-2/x"])
        .exits(2)
        .says("--assume: nothing is taken for granted of a rollback");
    zone.run(&["resume"]).exits(0);
    each_was_undone_once(&zone);
    zone.run(&["resume"]).exits(0).says("nothing to resume");
}

#[test]
fn one_of_some_nodes_is_resumed_on_those() {
    let mut zone = deployed(&NODES);
    let body = format!(r#"[ -e "$DDT_ROOT/mended" ] || exit 5; {GOES_BACK}"#);
    zone.release(BASE).tag(NEW).step("rollback", &body);
    zone.deploy(&[]).exits(0);
    zone.run(&["rollback", "--limit", "node-2"]).exits(4);
    zone.node("node-2").write("/mended", "");
    zone.run(&["resume"]).exits(0);
    assert_eq!(runs_of_step(&zone, "node-2", "rollback", NEW), 2);
    assert_eq!(runs_of_step(&zone, "node-1", "rollback", NEW), 0);
}

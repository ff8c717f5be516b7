//! The other verbs on a zone of local nodes, and on a project in which nothing was done yet.

use super::deployed;
use crate::support::snapshot::assert_said;
use crate::support::zone::Zone;
use snapbox::str;
use std::fs;

const VERBS: [&[&str]; 14] = [
    &["deploy"],
    &["plan"],
    &["status"],
    &["history"],
    &["logs"],
    &["graph"],
    &["inventory"],
    &["inventory", "show"],
    &["inventory", "check"],
    &["bundle"],
    &["bundle", "new"],
    &["bundle", "build"],
    &["completions"],
    &["man"],
];

fn empty() -> Zone {
    Zone::hostos(&["node-1", "node-2"])
}

#[test]
fn every_verb_has_a_help() {
    let zone = empty();
    let all = zone.run(&["--help"]).exits(0).stdout;
    for verb in VERBS {
        let help = zone.run(&[verb, &["--help"]].concat()).exits(0);
        let usage = format!("Usage: ddt {}", verb.join(" "));
        assert!(help.stdout.contains(&usage), "{verb:?}:\n{}", help.stdout);
        assert_eq!(help.stderr, "", "{verb:?}");
        assert!(
            all.contains(verb[0]),
            "{} is not in the list of verbs",
            verb[0]
        );
    }
}

#[test]
fn help_prints_the_exit_codes() {
    let help = empty().run(&["help", "exit-codes"]).exits(0);
    assert_said(
        &help.stdout.split("\nUsage").next().unwrap_or_default(),
        str![[r#"
exit codes of ddt

    0  done, or nothing to do
    1  findings (`lint`), or an error in ddt or its environment
    2  usage, invalid input, or refused by a rule before any node was touched
    3  no input matched (`lint`, selectors)
    4  failed on at least one node
    5  stopped by the operator, resumable
    6  failed and rolled back
    7  locked by another run
    8  finished, but not everywhere (nodes skipped by rule, unreachable or
    failed within tolerance)
    9  in doubt: an attempt's outcome is unknown
  130  interrupted twice

`ddt plan --detailed-exitcode`: 0 no changes, 1 error, 2 changes

"#]],
    );
}

#[test]
fn a_call_that_is_wrong_is_usage() {
    let zone = empty();
    zone.run(&[]).exits(2).says("Usage: ddt");
    zone.run(&["deploi"]).exits(2).says("'deploy'");
    zone.run(&["deploy"]).exits(2).says("<MANIFEST>");
    zone.run(&["deploy", "manifest.hjson", "--dryrun"])
        .exits(2)
        .says("'--dry-run'");
}

#[test]
fn completions_are_scripts_of_their_shells() {
    let zone = empty();
    for (shell, mark) in [
        ("bash", "_ddt()"),
        ("zsh", "#compdef ddt"),
        ("fish", "complete -c ddt"),
    ] {
        let script = zone.run(&["completions", shell]).exits(0).stdout;
        assert!(
            script.contains(mark) && script.contains("dry-run"),
            "{shell}"
        );
    }
    let script = zone.write("completions", zone.run(&["completions", "bash"]).stdout);
    let parsed = std::process::Command::new("bash")
        .arg("-n")
        .arg(script)
        .status();
    assert!(parsed.expect("bash starts").success());
}

#[test]
fn the_manual_names_every_verb() {
    let manual = empty().run(&["man"]).exits(0).stdout;
    for verb in [
        "deploy",
        "plan",
        "status",
        "history",
        "logs",
        "graph",
        "inventory",
        "bundle",
    ] {
        assert!(manual.contains(verb), "{verb}");
    }
}

#[test]
fn graph_draws_the_order_of_deployment() {
    let mut zone = empty();
    zone.reverse();
    zone.write_documents();
    let dot = zone
        .run(&["graph", "manifest.hjson", "--format", "dot"])
        .exits(0);
    assert_said(&dot.stdout, str![[r#"
digraph ddt {
  rankdir=LR
  node [shape=box]
  p0 [label="hostos-boot-release\n3.0.6-20220602T124916Z_887ca13"]
  p1 [label="hostos-config-release\n3.5.79-20220716T084253Z_0ffa960"]
  p2 [label="hostos-base-os-sw-release\n3.4.83-20220708T144532Z_1b241f2"]
  p3 [label="hostos-base-net-sw-release\n3.8.16-20220722T190519Z_018cee7"]
  p4 [label="hostos-nextgen-os-sw-release\n3.1.96-20220721T153534Z_de4442c"]
  p5 [label="hostos-post-config-release\n3.5.79-20220716T084253Z_0ffa960"]
  p6 [label="hostos-kernel-patch-release\n3.1.10-20220622T070711Z_1412be2"]
  p0 -> p1 [label="pre-config"]
  p1 -> p2 [label="pre-install"]
  p2 -> p3
  p3 -> p4
  p4 -> p5 [label="post-install"]
  p5 -> p6 [label="post-config"]
}

"#]]);
    let mermaid = zone
        .run(&["graph", "manifest.hjson", "--format", "mermaid"])
        .exits(0);
    assert_said(&mermaid.stdout, str![[r#"
flowchart LR
  p0["hostos-boot-release<br>3.0.6-20220602T124916Z_887ca13"]
  p1["hostos-config-release<br>3.5.79-20220716T084253Z_0ffa960"]
  p2["hostos-base-os-sw-release<br>3.4.83-20220708T144532Z_1b241f2"]
  p3["hostos-base-net-sw-release<br>3.8.16-20220722T190519Z_018cee7"]
  p4["hostos-nextgen-os-sw-release<br>3.1.96-20220721T153534Z_de4442c"]
  p5["hostos-post-config-release<br>3.5.79-20220716T084253Z_0ffa960"]
  p6["hostos-kernel-patch-release<br>3.1.10-20220622T070711Z_1412be2"]
  p0 -->|pre-config| p1
  p1 -->|pre-install| p2
  p2 --> p3
  p3 --> p4
  p4 -->|post-install| p5
  p5 -->|post-config| p6

"#]]);
}

#[test]
fn plan_shows_and_touches_nothing() {
    let zone = empty();
    zone.write_documents();
    let plan = zone.run(&["plan", "manifest.hjson"]).exits(0);
    assert_said(&plan.stdout, str![[r#"
zone-1

node-1, node-2: hostos fresh
  run  hostos-boot-release           3.0.6-20220602T124916Z_887ca13
                                     not installed
  run  hostos-config-release         3.5.79-20220716T084253Z_0ffa960
                                     not installed
  run  hostos-base-os-sw-release     3.4.83-20220708T144532Z_1b241f2
                                     not installed
  run  hostos-base-net-sw-release    3.8.16-20220722T190519Z_018cee7
                                     not installed
  run  hostos-nextgen-os-sw-release  3.1.96-20220721T153534Z_de4442c
                                     not installed
  run  hostos-post-config-release    3.5.79-20220716T084253Z_0ffa960
                                     of the bundle hostos-config-release
                                     not installed
  run  hostos-kernel-patch-release   3.1.10-20220622T070711Z_1412be2
                                     not installed

14 tasks on 2 nodes

"#]]);
    assert!(!zone.path("nodes").exists(), "a node was touched");
    assert!(!zone.path("deploy_logs").exists(), "logs were begun");
}

#[test]
fn plan_as_json_is_what_is_written_to_a_file() {
    let zone = empty();
    zone.write_documents();
    let plan = zone
        .run(&["plan", "manifest.hjson", "--json", "-o", "plan.json"])
        .exits(0);
    assert_eq!(
        fs::read_to_string(zone.path("plan.json")).expect("a plan"),
        plan.stdout
    );
    let plan = plan.json();
    assert_eq!(plan["schema"], 1);
    assert_eq!(plan["mzone"], "zone-1");
    assert_eq!(plan["packages"].as_array().map(Vec::len), Some(7));
    assert_eq!(plan["nodes"].as_array().map(Vec::len), Some(2));
}

#[test]
fn plan_tells_by_its_exit_code_whether_there_are_changes() {
    let mut zone = deployed(&["node-1"]);
    let plan = ["plan", "manifest.hjson", "--detailed-exitcode"];
    zone.run(&plan).exits(0);
    zone.release("hostos-kernel-patch-release")
        .tag("3.1.11-20220801T000000Z_1412be3");
    zone.write_documents();
    zone.run(&plan).exits(2);
    zone.run(&plan[..2]).exits(0);
    zone.release("hostos-kernel-patch-release")
        .tag("3.1.9-20220801T000000Z_1412be3");
    zone.write_documents();
    zone.run(&plan).exits(1);
    zone.run(&plan[..2]).exits(2);
}

#[test]
fn inventory_shows_and_checks_the_nodes() {
    let zone = deployed(&["node-1"]);
    let show = zone.run(&["inventory", "show"]).exits(0);
    assert_said(&show.stdout, str![[r#"
zone-1: 1 node
  node-1                   local nodes/node-1

"#]]);
    let json = zone.run(&["inventory", "show", "--json"]).exits(0).json();
    assert_eq!(json["nodes"]["node-1"]["transport"], "local");
    let before = zone.nodes_tree();
    zone.run(&["inventory", "check"])
        .exits(0)
        .says("node-1")
        .says("hostos post-config");
    before.assert_same(&zone.nodes_tree());
}

#[test]
fn a_project_without_a_run_says_so() {
    let zone = empty();
    zone.run(&["status"])
        .exits(0)
        .says("there is no run yet; `ddt deploy MANIFEST` starts one");
    zone.run(&["history"]).exits(0);
    zone.run(&["history", "latest"])
        .exits(3)
        .says("there is no run yet");
    zone.run(&["logs"]).exits(3).says("there are no logs in");
    assert!(!zone.path(".ddt").exists(), "looking left something behind");
}

#[test]
fn logs_shows_what_the_steps_said() {
    let mut zone = empty();
    zone.release("hostos-boot-release")
        .step("deploy", "echo the kernel is in place");
    zone.deploy(&[]).exits(0);
    zone.run(&["logs", "--node", "node-2"])
        .exits(0)
        .says("the kernel is in place");
    zone.run(&["logs", "--node", "node-3"])
        .exits(2)
        .says("did you mean `node-1`?");
}

#[test]
fn deploy_as_json_is_one_event_on_each_line() {
    let zone = empty();
    let ended = zone.deploy(&["--json"]).exits(0);
    let events = ended
        .stdout
        .lines()
        .map(serde_json::from_str::<serde_json::Value>);
    let events: Vec<_> = events
        .collect::<Result<_, _>>()
        .expect("every line is JSON");
    assert_eq!(events[0]["schema"], 1);
    assert_eq!(events.last().expect("events")["state"], "succeeded");
}

//! The other verbs on a zone of local nodes, and on a project in which nothing was done yet.

use super::deployed;
use crate::support::snapshot::assert_said;
use crate::support::zone::Zone;
use snapbox::str;

const VERBS: &[&[&str]] = &[
    &["deploy"],
    &["plan"],
    &["status"],
    &["history"],
    &["logs"],
    &["graph"],
    &["lint"],
    &["explain"],
    &["inventory"],
    &["inventory", "show"],
    &["inventory", "check"],
    &["bundle"],
    &["bundle", "new"],
    &["bundle", "build"],
    &["bundle", "inspect"],
    &["schema"],
    &["schema", "config"],
    &["unlock"],
    &["verify"],
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
        let help = zone.run(&[*verb, &["--help"]].concat()).exits(0);
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
        help.stdout.split("\nUsage").next().unwrap_or_default(),
        str![[r#"
exit codes of ddt

    0  done, or nothing to do
    1  findings (`lint`, `fmt`, `verify`), or an error in ddt or its environment
    2  usage, invalid input, or refused by a rule before any node was touched
    3  no input matched (`lint`, `fmt`, selectors)
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
fn the_manual_has_a_page_for_every_verb() {
    let zone = empty();
    zone.run(&["man", "--dir", "pages"]).exits(0);
    for verb in ["plan", "bundle-build", "inventory-check"] {
        assert!(
            zone.path(&format!("pages/ddt-{verb}.1")).is_file(),
            "{verb}"
        );
    }
    let page = std::fs::read_to_string(zone.path("pages/ddt-deploy.1")).expect("a page");
    assert_eq!(zone.run(&["man", "deploy"]).exits(0).stdout, page);
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
fn inventory_shows_and_checks_the_nodes() {
    let zone = deployed(&["node-1"]);
    let show = zone.run(&["inventory", "show"]).exits(0);
    assert_said(
        &show.stdout,
        str![[r#"
zone-1: 1 node
  node-1                   local nodes/node-1

"#]],
    );
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

//! Defaults of flags in `ddt.hjson`.

use crate::support::snapshot::assert_said;
use crate::support::zone::Zone;
use snapbox::str;

fn with_defaults(defaults: &str) -> Zone {
    let zone = Zone::hostos(&["node-1", "node-2"]);
    zone.write(
        "ddt.hjson",
        format!("{{\n  defaults: {{\n{defaults}  }}\n}}\n"),
    );
    zone.write_documents();
    zone
}

#[test]
fn hold_until_something_else_is_typed() {
    let zone = with_defaults(
        "    deploy: {\n      limit: [\n        node-1\n      ]\n      dry-run: true\n    }\n",
    );
    zone.deploy(&[]).exits(0).says("dry run");
    assert_eq!(zone.node("node-1").stage(), None);
    let help = zone.run(&["deploy", "--help"]).exits(0);
    assert!(help.stdout.contains("[default: node-1]"), "{}", help.stdout);
    let plan = zone.run(&["plan", "manifest.hjson"]).exits(0);
    assert!(plan.stdout.contains("node-2"), "{}", plan.stdout);
}

#[test]
fn give_way_to_what_is_typed() {
    let zone = with_defaults("    plan: {\n      limit: node-1\n    }\n");
    let plan = zone.run(&["plan", "manifest.hjson"]).exits(0);
    assert!(!plan.stdout.contains("node-2"), "{}", plan.stdout);
    let plan = zone.run(&["plan", "manifest.hjson", "--limit", "node-2"]);
    let plan = plan.exits(0);
    assert!(!plan.stdout.contains("node-1"), "{}", plan.stdout);
    assert!(plan.stdout.contains("node-2"), "{}", plan.stdout);
}

#[test]
fn that_cannot_be_are_all_named() {
    let zone = with_defaults(
        "    deploy: {
      max-failure: 1
      max-failures: many
      reboot-timeout: -1
      dry-run: 3
      limit: {
        a: b
      }
      yes: true
    }
    deplay: {
      json: true
    }
",
    );
    let said = zone.deploy(&[]).exits(2).stderr;
    assert_said(&said, str![[""]]);
    assert!(!zone.path("nodes").exists(), "a node was touched");
    // What does not need the project is not in its way.
    zone.run(&["completions", "bash"]).exits(0);
}

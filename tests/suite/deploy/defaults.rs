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
    zone.deploy(&[]).exits(0).says("dry-run of zone-1");
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
    assert_said(
        &said,
        str![[r#"
error[DDT209]: ddt has no verb `deplay`
    ╭─[ddt.hjson:13:5]
 12 │     }
 13 │     deplay: {
    ·     ──────
 14 │       json: true
    ╰────
  help: did you mean `deploy`?

error[DDT209]: this cannot be the default of `--dry-run`: it is a switch; it takes `true` or `false`
   ╭─[ddt.hjson:7:16]
 6 │       reboot-timeout: -1
 7 │       dry-run: 3
   ·                ─
 8 │       limit: {
   ╰────
  help: `ddt deploy --help` says what it takes

error[DDT209]: this cannot be the default of `--limit`: it is not a text, a number, `true` or `false`, or a list of these
   ╭─[ddt.hjson:8:14]
 7 │       dry-run: 3
 8 │       limit: {
   ·              ─
 9 │         a: b
   ╰────
  help: `ddt deploy --help` says what it takes

error[DDT209]: `deploy` has no flag `--max-failure` that could have a default
   ╭─[ddt.hjson:4:7]
 3 │     deploy: {
 4 │       max-failure: 1
   ·       ───────────
 5 │       max-failures: many
   ╰────
  help: did you mean `max-failures`?

error[DDT209]: this cannot be the default of `--max-failures`: invalid value 'many' for '--max-failures <N|P%>': `many` is not a number of nodes; write a number such as `3`, or a percentage such as `10%`
   ╭─[ddt.hjson:5:21]
 4 │       max-failure: 1
 5 │       max-failures: many
   ·                     ────
 6 │       reboot-timeout: -1
   ╰────
  help: `ddt deploy --help` says what it takes

error[DDT209]: this cannot be the default of `--reboot-timeout`: invalid value '-1' for '--reboot-timeout <SECONDS>': invalid digit found in string
   ╭─[ddt.hjson:6:23]
 5 │       max-failures: many
 6 │       reboot-timeout: -1
   ·                       ──
 7 │       dry-run: 3
   ╰────
  help: `ddt deploy --help` says what it takes

error[DDT209]: `--yes` cannot have a default
    ╭─[ddt.hjson:11:7]
 10 │       }
 11 │       yes: true
    ·       ───
 12 │     }
    ╰────
  help: it must be meant each time: type it

7 errors
error: ddt.hjson is not usable; nothing was started

"#]],
    );
    assert!(!zone.path("nodes").exists(), "a node was touched");
    // What does not need the project is not in its way.
    zone.run(&["completions", "bash"]).exits(0);
}

//! Inventories that are programs.

use super::{MANIFEST, sound};
use crate::support::process::Ended;
use crate::support::snapshot::assert_said;
use crate::support::zone::Zone;
use snapbox::file;
use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt;

/// A zone whose inventory is what a script prints.
fn zone_of(script: &str) -> Zone {
    let zone = sound();
    let program = zone.write("zone-1.sh", format!("#!/bin/sh\n{script}"));
    set_permissions(program, Permissions::from_mode(0o755)).expect("an executable");
    zone
}

fn deploy(zone: &Zone) -> Ended {
    zone.run(&["deploy", MANIFEST, "--inventory", "zone-1.sh"])
}

#[track_caller]
fn refused(script: &str) -> String {
    let zone = zone_of(script);
    let ended = deploy(&zone).exits(2).does_not_say("panicked");
    assert!(!zone.path("nodes").exists(), "a node was touched");
    ended.stderr
}

const NODES: &str = r#"test "$*" = --list || exit 9
test -z "$DDT_STATE_DIR" || exit 8
cat <<'END'
{
  "_meta": { "hostvars": { "node-7": { "ddt_root": "nodes/node-7" } } },
  "all": { "vars": { "ddt_transport": "local" } },
  "lamps": { "hosts": [ "node-7" ] }
}
END
"#;

#[test]
fn are_asked_for_the_zone() {
    let zone = zone_of(NODES);
    let mut ddt = zone.ddt(&[
        "deploy",
        MANIFEST,
        "--inventory",
        "zone-1.sh",
        "--limit",
        "@lamps",
    ]);
    ddt.env("DDT_STATE_DIR", ".ddt");
    let status = ddt.status().expect("ddt starts");
    assert_eq!(status.code(), Some(0));
    assert!(zone.path("nodes/node-7").is_dir());
    zone.run(&["inventory", "show", "zone-1.sh"])
        .exits(0)
        .says("node-7");
}

#[test]
fn that_fail_are_refused_with_what_they_said() {
    let said = refused("echo 'no token for the cloud' >&2; exit 3\n");
    assert_said(&said, file!["programs/fails.txt"]);
}

#[test]
fn that_print_no_json() {
    let said = refused("echo 'node-1 node-2'\n");
    assert_said(&said, file!["programs/no_json.txt"]);
}

#[test]
fn that_never_stop_printing() {
    assert_said(&refused("exec yes\n"), file!["programs/endless.txt"]);
}

#[test]
fn that_name_hosts_as_no_node_can_be() {
    let said = refused(&NODES.replace("node-7", "-oProxyCommand=x"));
    assert_said(&said, file!["programs/host_name.txt"]);
}

#[test]
fn that_set_what_no_node_has() {
    let said = refused(&NODES.replace("ddt_root", "ddt_rot"));
    assert_said(&said, file!["programs/unknown_key.txt"]);
}

#[test]
fn documents_are_never_run() {
    let zone = sound();
    let document = zone.path("inventory.hjson");
    set_permissions(document, Permissions::from_mode(0o755)).expect("an executable");
    zone.run(&["deploy", MANIFEST, "--dry-run"]).exits(0);
}

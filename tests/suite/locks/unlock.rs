//! Waiting for a zone, and breaking its lock.

use super::in_mid_run;
use crate::support::lamps::lamps;
use crate::support::process::Ended;
use crate::support::snapshot::assert_said;
use snapbox::str;

/// What was said, without what differs from run to run.
fn said(ended: &Ended, ddt: u32) -> String {
    let text = format!("{}{}", ended.stdout, ended.stderr);
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").expect("a name");
    let text = text.replace(
        &format!("process {ddt} on {}", host.trim()),
        "process PID on HOST",
    );
    let lines = text.lines().map(|line| {
        line.split(' ')
            .map(without_times)
            .collect::<Vec<_>>()
            .join(" ")
            + "\n"
    });
    lines.collect()
}

fn without_times(word: &str) -> String {
    let bare = word.trim_end_matches([',', ')']);
    let rest = &word[bare.len()..];
    match bare.as_bytes() {
        [.., b'Z'] if bare.len() == 20 => format!("TIME{rest}"),
        bytes if bytes.len() == 23 && bytes[15..17] == *b"Z-" => format!("RUN{rest}"),
        _ => word.to_owned(),
    }
}

#[test]
fn names_the_holder_and_breaks_nothing_without_force() {
    let (zone, gate, ddt) = in_mid_run();
    let refused = zone.run(&["unlock", "zone-1"]).exits(7);
    assert_said(
        &said(&refused, ddt.id()),
        str![[r#"
error: zone zone-1 is locked by run RUN (deploy, process PID on HOST, since TIME, last heard of TIME)
  cause: it is doing lamp-light on lamp-1, lamp-light on lamp-2
  help: end that process if you can; if it hangs, `ddt unlock zone-1 --force` shuts it out

"#]],
    );
    gate.open();
    ddt.end().exits(0);
}

#[test]
fn says_whose_lock_it_broke() {
    let (zone, gate, ddt) = in_mid_run();
    let unlocked = zone.run(&["unlock", "--force"]).exits(0);
    assert_said(
        &said(&unlocked, ddt.id()),
        str![[r#"
zone-1 is unlocked; it was held by run RUN (deploy, process PID on HOST, since TIME, last heard of TIME)
what that run began on nodes goes on there; `ddt deploy` takes it up

"#]],
    );
    zone.run(&["status"]).exits(0).says("zone-1: interrupted");
    gate.open();
    ddt.end().exits(1);
}

#[test]
fn is_harmless_where_nothing_is_locked() {
    let zone = lamps(&["lamp-1"]);
    zone.run(&["unlock", "--force"])
        .exits(0)
        .says("no zone is locked");
    zone.deploy(&[]).exits(0);
    zone.run(&["unlock", "zone-1", "--force"])
        .exits(0)
        .says("zone-1 is not locked");
    let json = zone.run(&["unlock", "zone-1", "--json"]).exits(0).json();
    assert_eq!(
        json,
        serde_json::json!({ "schema": 1, "mzone": "zone-1", "unlocked": null })
    );
    zone.run(&["status"]).exits(0).says("zone-1: succeeded");
}

#[test]
fn another_deployment_waits_as_long_as_it_is_told() {
    let (zone, gate, ddt) = in_mid_run();
    zone.run(&["deploy", "manifest.hjson", "--lock-timeout", "1"])
        .exits(7)
        .says("waiting for it to end");
    let waiting = zone.start(&["deploy", "manifest.hjson", "--lock-timeout", "10m"]);
    gate.open();
    waiting.end().exits(0).says("nothing to do");
    ddt.end().exits(0);
}

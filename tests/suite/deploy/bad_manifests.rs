//! Files that are no HJSON, or hardly: said with their place, exit 2, and nothing is started.

use crate::support::zone::Zone;
use snapbox::{assert_data_eq, str};

/// What is said about a manifest that is refused.
#[track_caller]
pub(super) fn refused(manifest: impl AsRef<[u8]>) -> String {
    let zone = Zone::hostos(&["node-1"]);
    zone.write_documents();
    zone.write("manifest.hjson", manifest);
    let ended = zone.run(&["deploy", "manifest.hjson"]).exits(2).does_not_say("panicked");
    assert!(!zone.path(".ddt").exists() && !zone.path("nodes").exists(), "something was started");
    assert_eq!(ended.stdout, "");
    ended.stderr
}

/// A manifest that would be deployed.
fn sound() -> String {
    Zone::hostos(&["node-1"]).manifest()
}

#[test]
fn that_do_not_exist() {
    let zone = Zone::hostos(&["node-1"]);
    let ended = zone.run(&["deploy", "missing.hjson"]).exits(2);
    assert_data_eq!(ended.stderr, str![]);
}

#[test]
fn that_are_directories() {
    let zone = Zone::hostos(&["node-1"]);
    zone.write("zones/.keep", "");
    let ended = zone.run(&["deploy", "zones"]).exits(2);
    assert_data_eq!(ended.stderr, str![]);
}

#[test]
fn that_are_empty() {
    assert_data_eq!(refused(""), str![]);
}

#[test]
fn that_begin_with_a_byte_order_mark() {
    assert_data_eq!(refused(format!("\u{feff}{}", sound())), str![]);
}

#[test]
fn that_hold_a_nul() {
    assert_data_eq!(refused(sound().replacen("zone-1", "zone\0-1", 1)), str![]);
}

#[test]
fn that_are_not_utf8() {
    let mut bytes = sound().into_bytes();
    bytes[12] = 0xff;
    assert_data_eq!(refused(bytes), str![]);
}

#[test]
fn that_are_too_deep() {
    assert_data_eq!(refused("[".repeat(1_000_000)), str![]);
}

#[test]
fn that_are_too_large() {
    assert_data_eq!(refused(vec![b' '; 100_000_000]), str![]);
}

#[test]
fn that_end_too_early() {
    assert_data_eq!(refused("{\n  mzone: zone-1\n  components: {\n"), str![]);
}

#[test]
fn that_close_a_brace_behind_a_value() {
    assert_data_eq!(refused("{ mzone: zone-1 }\n"), str![]);
}

//! Manifests that can be read and are wrong: keys, values and names.

use super::bad_manifests::refused;
use crate::support::zone::Zone;
use snapbox::{assert_data_eq, str};

/// What is said about the manifest of HostOS after a change to its text.
#[track_caller]
fn refused_with(from: &str, to: &str) -> String {
    let sound = Zone::hostos(&["node-1"]).manifest();
    assert!(sound.contains(from), "there is no `{from}` to change");
    refused(sound.replacen(from, to, 1))
}

#[test]
fn a_key_twice() {
    assert_data_eq!(refused_with("  artifrepo:", "  mzone: zone-2\n  artifrepo:"), str![]);
}

#[test]
fn an_unknown_key() {
    assert_data_eq!(refused_with("artifrepo:", "artifrepos:"), str![]);
}

#[test]
fn a_line_that_is_swallowed_by_a_tag() {
    let tag = "tag: 3.0.6-20220602T124916Z_887ca13";
    assert_data_eq!(refused_with(tag, "tag:\n          forcereboot: yes"), str![]);
}

#[test]
fn a_comment_that_is_swallowed_by_a_tag() {
    assert_data_eq!(refused_with("Z_887ca13", "Z_887ca13 # pinned"), str![]);
}

#[test]
fn an_unknown_package() {
    assert_data_eq!(refused_with("hostos-boot-release", "hostos-bot-release"), str![]);
}

#[test]
fn an_unknown_component() {
    assert_data_eq!(refused_with("    hostos: {", "    hostoss: {"), str![]);
}

#[test]
fn a_word_that_is_not_yes_or_no() {
    let tag = "tag: 3.0.6-20220602T124916Z_887ca13";
    let on = format!("{tag}\n          forcereboot: on");
    assert_data_eq!(refused_with(tag, &on), str![]);
    let one = format!("{tag}\n          forcereboot: 1");
    assert_data_eq!(refused_with(tag, &one), str![]);
}

#[test]
fn a_tag_that_is_none() {
    assert_data_eq!(refused_with("3.0.6-20220602T124916Z_887ca13", "3.0.6-20221302T124916Z_887ca13"), str![]);
}

#[test]
fn several_mistakes_at_once() {
    let sound = Zone::hostos(&["node-1"]).manifest();
    let wrong = sound.replacen("3.0.6-", "3.0-", 1).replacen("mzone: zone-1", "mzone: -zone", 1);
    assert_data_eq!(refused(wrong.replacen("hostos-base-net-sw", "hostos-base-nt-sw", 1)), str![]);
}

#[test]
fn a_bundle_that_is_nowhere() {
    assert_data_eq!(refused_with("3.1.10-20220622T070711Z_1412be2", "3.1.11-20220622T070711Z_1412be2"), str![]);
}

#[test]
fn a_zone_without_an_inventory() {
    assert_data_eq!(refused_with("zone-1", "zone-2"), str![]);
}

#![expect(clippy::unwrap_used, reason = "a test ends where a value is missing")]

use super::*;
use crate::document::{Document, Source};

fn read(text: &str) -> ComponentDefinition {
    Document::read(Source::new("definition.hjson", text))
        .unwrap()
        .value
}

fn hostos() -> ComponentDefinition {
    read(BUILT_IN[0].1)
}

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

fn order(definition: &ComponentDefinition) -> Vec<&str> {
    let order = definition.package_order().unwrap();
    order
        .into_iter()
        .map(|index| definition.packages[index].package.as_str())
        .collect()
}

#[test]
fn hostos_is_deployed_in_the_order_of_its_document() {
    let expected = [
        "hostos-boot-release",
        "hostos-config-release",
        "hostos-base-os-sw-release",
        "hostos-base-net-sw-release",
        "hostos-nextgen-os-sw-release",
        "hostos-post-config-release",
        "hostos-kernel-patch-release",
    ];
    assert_eq!(order(&hostos()), expected);
}

#[test]
fn the_stages_order_packages_that_are_written_the_other_way_round() {
    let mut definition = hostos();
    definition.packages.reverse();
    let unchanged = hostos();
    let written = order(&unchanged);
    let [net, os] = [written[3], written[2]];
    let expected = [&written[..2], &[net, os], &written[4..]].concat();
    assert_eq!(
        order(&definition),
        expected,
        "only what nothing orders is turned round"
    );
}

#[test]
fn every_stage_and_package_that_hostos_names_is_there() {
    let definition = hostos();
    let stages: Vec<&Name> = definition
        .packages
        .iter()
        .filter_map(|package| package.sets.as_ref())
        .collect();
    assert_eq!(stages, definition.stages.iter().collect::<Vec<_>>());
    assert_eq!(
        definition.stage_index(definition.ready.as_str()),
        Some(stages.len() - 1)
    );
    let named = definition
        .packages
        .iter()
        .flat_map(|package| &package.after);
    let known = definition
        .known_errors
        .iter()
        .flat_map(|known| &known.packages);
    for package in named.chain(known).chain(&definition.boot_cycle) {
        assert!(definition.package(package).is_some(), "{package}");
    }
}

#[test]
fn packages_that_wait_for_each_other_are_shown_as_a_ring() {
    let mut definition = hostos();
    definition.packages[0].needs = Some(name("post-install"));
    insta::assert_snapshot!(definition.package_order().unwrap_err(), @"hostos-boot-release → hostos-config-release → hostos-base-os-sw-release → hostos-nextgen-os-sw-release → hostos-boot-release come before each other in a circle");
    definition.packages[0].needs = None;
    definition.packages[2].after = vec![name("hostos-nextgen-os-sw-release")];
    insta::assert_snapshot!(definition.package_order().unwrap_err(), @"hostos-base-os-sw-release → hostos-nextgen-os-sw-release → hostos-base-os-sw-release come before each other in a circle");
}

#[test]
fn a_package_that_sets_the_stage_it_needs_waits_for_the_others_that_set_it() {
    let mut definition = hostos();
    definition.packages[6].sets = Some(name("post-config"));
    assert_eq!(order(&definition), order(&hostos()));
}

#[test]
fn a_package_uses_the_bundle_of_its_own_name_unless_it_says_otherwise() {
    let definition = hostos();
    let bundle = |package: &str| {
        definition
            .package(&name(package))
            .unwrap()
            .bundle()
            .to_string()
    };
    assert_eq!(bundle("hostos-config-release"), "hostos-config-release");
    assert_eq!(
        bundle("hostos-post-config-release"),
        "hostos-config-release"
    );
}

#[test]
fn a_known_error_belongs_to_its_packages_and_is_found_in_any_case() {
    let definition = hostos();
    let cause = |package: &str, log: &str| {
        let known = definition.known_error(&name(package), log);
        known.map(|known| known.cause.clone())
    };
    let busy = "livepatch: Device or Resource BUSY (16)";
    assert!(
        cause("hostos-kernel-patch-release", busy)
            .unwrap()
            .contains("live patch")
    );
    assert_eq!(cause("hostos-boot-release", busy), None);
    let morph = "unable to morph node personality to master from compute";
    assert!(
        cause("hostos-config-release", morph)
            .unwrap()
            .contains("personalities")
    );
    assert_eq!(cause("hostos-config-release", "all is well"), None);
}

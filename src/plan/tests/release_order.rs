//! Rules 4 and 6: numbers first, then the build time; never the commit.

use super::facts::{Change, blank, deployed, ready};
use super::zone::{Zone, package};

/// A ready node with one release of base-os-sw, and a manifest that wants another.
fn change(installed: &str, wanted: &str) -> Zone {
    let zone = Zone::sample()
        .only(&["base-os-sw"])
        .wants("base-os-sw", wanted);
    zone.node("node-1", ready().has("base-os-sw", installed))
}

#[test]
fn numbers_are_compared_as_numbers() {
    let (nine, ten) = (
        "3.9.0-20220708T144532Z_1b241f2",
        "3.10.0-20220708T144532Z_1b241f2",
    );
    assert_eq!(change(nine, ten).plan().unwrap().work(), 1);
    insta::assert_snapshot!(change(ten, nine).told(), @r"
    node-1: hostos-base-os-sw-release 3.10.0-20220708T144532Z_1b241f2 is installed, the manifest wants the older 3.9.0-20220708T144532Z_1b241f2
      set its tag to 3.10.0-20220708T144532Z_1b241f2 or newer, or go back on purpose with --allow-downgrade hostos-base-os-sw-release
    ");
}

#[test]
fn the_build_time_decides_between_equal_numbers() {
    let (early, late) = (
        "3.9.0-20220708T144532Z_ffffff2",
        "3.9.0-20220708T144533Z_0000001",
    );
    assert_eq!(change(early, late).plan().unwrap().work(), 1);
    insta::assert_snapshot!(change(late, early).told(), @r"
    node-1: hostos-base-os-sw-release 3.9.0-20220708T144533Z_0000001 is installed, the manifest wants the older 3.9.0-20220708T144532Z_ffffff2
      set its tag to 3.9.0-20220708T144533Z_0000001 or newer, or go back on purpose with --allow-downgrade hostos-base-os-sw-release
    ");
}

#[test]
fn numbers_outweigh_the_build_time() {
    let (newer, older) = (
        "3.9.1-20200101T000000Z_1b241f2",
        "3.9.0-20230101T000000Z_1b241f2",
    );
    assert_eq!(change(older, newer).plan().unwrap().work(), 1);
    assert!(change(newer, older).plan().is_err());
}

#[test]
fn another_commit_of_the_same_build_is_refused() {
    let zone = change(
        "3.9.0-20220708T144532Z_1b241f2",
        "3.9.0-20220708T144532Z_1b241f3",
    );
    insta::assert_snapshot!(zone.told(), @r"
    node-1: hostos-base-os-sw-release 3.9.0-20220708T144532Z_1b241f2 is installed, the manifest wants 3.9.0-20220708T144532Z_1b241f3: the same version and build time from another commit
      one of the two tags is wrong; a changed build needs a new version or build time
    ");
}

#[test]
fn a_downgrade_refuses_everything_and_names_every_node() {
    let installed = "3.99.0-20230101T000000Z_1b241f2";
    let zone = Zone::sample()
        .node("node-1", ready().has("base-os-sw", installed))
        .node("node-2", blank())
        .node(
            "node-3",
            deployed(2, "pre-install").has("base-os-sw", installed),
        )
        .node(
            "node-4",
            blank().has("config", "3.99.0-20230101T000000Z_0ffa960"),
        );
    insta::assert_snapshot!(zone.told(), @r"
    node-1: hostos-base-os-sw-release 3.99.0-20230101T000000Z_1b241f2 is installed, the manifest wants the older 3.4.83-20220708T144532Z_1b241f2
      set its tag to 3.99.0-20230101T000000Z_1b241f2 or newer, or go back on purpose with --allow-downgrade hostos-base-os-sw-release
    node-3: hostos-base-os-sw-release 3.99.0-20230101T000000Z_1b241f2 is installed, the manifest wants the older 3.4.83-20220708T144532Z_1b241f2
      set its tag to 3.99.0-20230101T000000Z_1b241f2 or newer, or go back on purpose with --allow-downgrade hostos-base-os-sw-release
    node-4: hostos-config-release 3.99.0-20230101T000000Z_0ffa960 is installed, the manifest wants the older 3.5.79-20220716T084253Z_0ffa960
      set its tag to 3.99.0-20230101T000000Z_0ffa960 or newer, or go back on purpose with --allow-downgrade hostos-config-release
    ");
}

#[test]
fn a_downgrade_that_is_allowed_is_run_and_called_one() {
    let installed = "3.99.0-20230101T000000Z_1b241f2";
    let zone = Zone::sample()
        .with(|zone| zone.options.allow_downgrade.extend([package("base-os-sw")]))
        .node(
            "continued",
            deployed(2, "pre-install").has("base-os-sw", installed),
        )
        .node("fresh", blank().has("base-os-sw", installed))
        .node("upgrade", ready().has("base-os-sw", installed));
    insta::assert_snapshot!(zone.told(), @r"
    continued, continued: deploy
      boot: nothing, up to date
      config: nothing, up to date
      base-os-sw: run, older than installed, allowed by the operator [pre-install]
      base-net-sw: run, not installed [pre-install]
      nextgen-os-sw: run, not installed [pre-install → post-install]
      post-config: run, not installed [post-install → post-config]
      kernel-patch: run, not installed [post-config]
    fresh, fresh: deploy
      boot: run and reboot, not installed [- → pre-config]
      config: run, not installed [pre-config → pre-install]
      base-os-sw: run, older than installed, allowed by the operator [pre-install]
      base-net-sw: run, not installed [pre-install]
      nextgen-os-sw: run, not installed [pre-install → post-install]
      post-config: run, not installed [post-install → post-config]
      kernel-patch: run, not installed [post-config]
    upgrade, upgrade: deploy
      boot: nothing, up to date
      config: nothing, up to date
      base-os-sw: run, older than installed, allowed by the operator [post-config]
      base-net-sw: nothing, up to date
      nextgen-os-sw: nothing, up to date
      post-config: nothing, up to date
      kernel-patch: nothing, up to date
    ");
}

#[test]
fn a_downgrade_is_allowed_for_the_named_package_only() {
    let zone = change(
        "3.9.1-20200101T000000Z_1b241f2",
        "3.9.0-20200101T000000Z_1b241f2",
    );
    let zone = zone.with(|zone| {
        zone.options
            .allow_downgrade
            .extend([package("base-net-sw")])
    });
    assert!(zone.plan().is_err());
}

#[test]
fn an_older_boot_release_is_refused_though_an_upgrade_would_not_install_it() {
    let zone = Zone::sample().wants("boot", "3.0.5-20220602T124916Z_887ca13");
    insta::assert_snapshot!(zone.node("node-1", ready()).told(), @r"
    node-1: hostos-boot-release 3.0.6-20220602T124916Z_887ca13 is installed, the manifest wants the older 3.0.5-20220602T124916Z_887ca13
      set its tag to 3.0.6-20220602T124916Z_887ca13 or newer, or go back on purpose with --allow-downgrade hostos-boot-release
    ");
}

#[test]
fn an_allowed_older_boot_release_starts_no_boot_cycle() {
    let zone = Zone::sample().wants("boot", "3.0.5-20220602T124916Z_887ca13");
    let zone = zone.with(|zone| zone.options.allow_downgrade.extend([package("boot")]));
    insta::assert_snapshot!(zone.node("node-1", ready()).told(), @r"
    node-1, upgrade: up to date
      boot: nothing, an upgrade does not install it
      config: nothing, up to date
      base-os-sw: nothing, up to date
      base-net-sw: nothing, up to date
      nextgen-os-sw: nothing, up to date
      post-config: nothing, up to date
      kernel-patch: nothing, up to date
    ");
}

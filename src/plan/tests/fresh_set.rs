//! Rule 2: a fresh deployment has every required package, in the definition's order.

use super::facts::{blank, deployed, ready};
use super::zone::{ORDER, Zone, package};
use crate::document::YesNo;

#[test]
fn a_missing_package_is_refused_on_every_node_that_needs_it() {
    let zone = Zone::sample()
        .without("config")
        .without("kernel-patch")
        .node("node-1", blank())
        .node("node-2", deployed(1, "pre-config"))
        .node("node-3", ready());
    insta::assert_snapshot!(zone.told(), @r"
    node-1: a fresh deployment of hostos needs every required package; missing: hostos-config-release, hostos-kernel-patch-release
      add them to the manifest
    node-2: a fresh deployment of hostos needs every required package; missing: hostos-config-release, hostos-kernel-patch-release
      add them to the manifest
    ");
}

#[test]
fn a_new_boot_cycle_needs_the_whole_set() {
    let zone = Zone::sample()
        .only(&["boot"])
        .wants("boot", "3.1.0-20220702T124916Z_887ca13")
        .node("node-1", ready());
    insta::assert_snapshot!(zone.told(), @r"
    node-1: a fresh deployment of hostos needs every required package; missing: hostos-config-release, hostos-base-os-sw-release, hostos-base-net-sw-release, hostos-nextgen-os-sw-release, hostos-post-config-release, hostos-kernel-patch-release
      add them to the manifest
    ");
}

#[test]
fn a_package_that_is_not_required_may_be_missing() {
    let zone = Zone::sample().without("kernel-patch").with(|zone| {
        let packages = &mut zone.definition().packages;
        packages.last_mut().unwrap().required = YesNo::No;
    });
    assert_eq!(zone.node("node-1", blank()).plan().unwrap().work(), 6);
}

#[test]
fn a_stage_that_nothing_leads_to_is_told_once() {
    let zone = Zone::sample().without("config").with(|zone| {
        for package in &mut zone.definition().packages {
            package.required = YesNo::No;
        }
    });
    insta::assert_snapshot!(zone.node("node-1", blank()).told(), @r"
    node-1: hostos-base-os-sw-release needs stage pre-install; the node would be at pre-config
      add the package that sets the stage to the manifest
    ");
}

#[test]
fn the_order_is_that_of_the_definition() {
    let plan = Zone::sample().node("node-1", blank()).plan().unwrap();
    let order: Vec<_> = plan
        .packages
        .iter()
        .map(|planned| planned.package.clone())
        .collect();
    assert_eq!(order, ORDER.map(package));
}

//! Rules 1 and 3: fresh, continued, upgrade, and new boot cycles.

use super::facts::{Change, blank, deployed, ready};
use super::zone::{ORDER, Zone};
use crate::document::YesNo;
use crate::plan::Action;

const NEWER_BOOT: &str = "3.0.7-20220702T124916Z_887ca13";

#[test]
fn a_node_without_a_stage_is_fresh() {
    insta::assert_snapshot!(Zone::sample().node("node-1", blank()).told(), @r"
    node-1, fresh: deploy
      boot: run and reboot, not installed [- → pre-config]
      config: run, not installed [pre-config → pre-install]
      base-os-sw: run, not installed [pre-install]
      base-net-sw: run, not installed [pre-install]
      nextgen-os-sw: run, not installed [pre-install → post-install]
      post-config: run, not installed [post-install → post-config]
      kernel-patch: run, not installed [post-config]
    ");
}

#[test]
fn a_node_without_a_stage_is_fresh_whatever_it_has_records_of() {
    let mut facts = ready();
    facts.hostos().stage = None;
    insta::assert_snapshot!(Zone::sample().node("node-1", facts).told(), @r"
    node-1, fresh: deploy
      boot: run and reboot, not yet deployed in this boot cycle [- → pre-config]
      config: run, not yet deployed in this boot cycle [pre-config → pre-install]
      base-os-sw: run, not yet deployed in this boot cycle [pre-install]
      base-net-sw: run, not yet deployed in this boot cycle [pre-install]
      nextgen-os-sw: run, not yet deployed in this boot cycle [pre-install → post-install]
      post-config: run, not yet deployed in this boot cycle [post-install → post-config]
      kernel-patch: run, not yet deployed in this boot cycle [post-config]
    ");
}

#[test]
fn a_fresh_deployment_continues_where_it_stopped() {
    let zone = Zone::sample()
        .node("after-boot", deployed(1, "pre-config"))
        .node("after-config", deployed(2, "pre-install"))
        .node("after-os", deployed(3, "pre-install"))
        .node("after-nextgen", deployed(5, "post-install"));
    insta::assert_snapshot!(zone.told(), @r"
    after-boot, continued: deploy
      boot: nothing, up to date
      config: run, not installed [pre-config → pre-install]
      base-os-sw: run, not installed [pre-install]
      base-net-sw: run, not installed [pre-install]
      nextgen-os-sw: run, not installed [pre-install → post-install]
      post-config: run, not installed [post-install → post-config]
      kernel-patch: run, not installed [post-config]
    after-config, continued: deploy
      boot: nothing, up to date
      config: nothing, up to date
      base-os-sw: run, not installed [pre-install]
      base-net-sw: run, not installed [pre-install]
      nextgen-os-sw: run, not installed [pre-install → post-install]
      post-config: run, not installed [post-install → post-config]
      kernel-patch: run, not installed [post-config]
    after-nextgen, continued: deploy
      boot: nothing, up to date
      config: nothing, up to date
      base-os-sw: nothing, up to date
      base-net-sw: nothing, up to date
      nextgen-os-sw: nothing, up to date
      post-config: run, not installed [post-install → post-config]
      kernel-patch: run, not installed [post-config]
    after-os, continued: deploy
      boot: nothing, up to date
      config: nothing, up to date
      base-os-sw: nothing, up to date
      base-net-sw: run, not installed [pre-install]
      nextgen-os-sw: run, not installed [pre-install → post-install]
      post-config: run, not installed [post-install → post-config]
      kernel-patch: run, not installed [post-config]
    ");
}

#[test]
fn records_before_the_boot_release_belong_to_an_earlier_cycle() {
    let zone = Zone::sample()
        .wants("boot", NEWER_BOOT)
        .wants("base-os-sw", "3.4.84-20220708T144532Z_1b241f2")
        .node("node-1", ready().has("boot", NEWER_BOOT).at("pre-config"));
    insta::assert_snapshot!(zone.told(), @r"
    node-1, continued: deploy
      boot: nothing, up to date
      config: run, not yet deployed in this boot cycle [pre-config → pre-install]
      base-os-sw: run, not yet deployed in this boot cycle [pre-install]
      base-net-sw: run, not yet deployed in this boot cycle [pre-install]
      nextgen-os-sw: run, not yet deployed in this boot cycle [pre-install → post-install]
      post-config: run, not yet deployed in this boot cycle [post-install → post-config]
      kernel-patch: run, not yet deployed in this boot cycle [post-config]
    ");
}

#[test]
fn what_is_recorded_after_the_boot_release_is_done() {
    let facts = ready().has("boot", NEWER_BOOT);
    let facts = facts
        .has("config", "3.5.79-20220716T084253Z_0ffa960")
        .at("pre-install");
    let zone = Zone::sample()
        .wants("boot", NEWER_BOOT)
        .node("node-1", facts);
    insta::assert_snapshot!(zone.told(), @r"
    node-1, continued: deploy
      boot: nothing, up to date
      config: nothing, up to date
      base-os-sw: run, not yet deployed in this boot cycle [pre-install]
      base-net-sw: run, not yet deployed in this boot cycle [pre-install]
      nextgen-os-sw: run, not yet deployed in this boot cycle [pre-install → post-install]
      post-config: run, not yet deployed in this boot cycle [post-install → post-config]
      kernel-patch: run, not yet deployed in this boot cycle [post-config]
    ");
}

#[test]
fn a_record_whose_stage_was_not_reached_is_done_again() {
    let zone = Zone::sample().node("node-1", deployed(2, "pre-config"));
    insta::assert_snapshot!(zone.told(), @r"
    node-1, continued: deploy
      boot: nothing, up to date
      config: run, recorded, but its stage was not reached [pre-config → pre-install]
      base-os-sw: run, not installed [pre-install]
      base-net-sw: run, not installed [pre-install]
      nextgen-os-sw: run, not installed [pre-install → post-install]
      post-config: run, not installed [post-install → post-config]
      kernel-patch: run, not installed [post-config]
    ");
}

#[test]
fn the_last_package_of_a_cycle_is_carried_on_though_the_node_is_ready() {
    let mut facts = ready();
    let kernel = facts.hostos().releases.pop().unwrap();
    facts.hostos().releases.insert(0, kernel);
    insta::assert_snapshot!(Zone::sample().node("node-1", facts).told(), @r"
    node-1, upgrade: deploy
      boot: nothing, up to date
      config: nothing, up to date
      base-os-sw: nothing, up to date
      base-net-sw: nothing, up to date
      nextgen-os-sw: nothing, up to date
      post-config: nothing, up to date
      kernel-patch: run, not yet deployed in this boot cycle [post-config]
    ");
}

#[test]
fn an_upgrade_runs_what_is_newer_and_keeps_the_stage() {
    let zone = Zone::sample()
        .wants("base-os-sw", "3.4.84-20220708T144532Z_1b241f2")
        .wants("kernel-patch", "3.2.0-20220622T070711Z_1412be2")
        .node("node-1", ready());
    insta::assert_snapshot!(zone.told(), @r"
    node-1, upgrade: deploy
      boot: nothing, up to date
      config: nothing, up to date
      base-os-sw: run, an older release is installed [post-config]
      base-net-sw: nothing, up to date
      nextgen-os-sw: nothing, up to date
      post-config: nothing, up to date
      kernel-patch: run, an older release is installed [post-config]
    ");
}

#[test]
fn an_upgrade_takes_any_part_of_the_packages() {
    let zone = Zone::sample()
        .only(&["nextgen-os-sw"])
        .wants("nextgen-os-sw", "3.10.0-20220721T153534Z_de4442c")
        .node("node-1", ready());
    insta::assert_snapshot!(zone.told(), @r"
    node-1, upgrade: deploy
      nextgen-os-sw: run, an older release is installed [post-config]
    ");
}

#[test]
fn an_upgrade_installs_a_package_the_node_never_had() {
    let mut facts = ready();
    facts.hostos().releases.pop();
    insta::assert_snapshot!(Zone::sample().node("node-1", facts).told(), @r"
    node-1, upgrade: deploy
      boot: nothing, up to date
      config: nothing, up to date
      base-os-sw: nothing, up to date
      base-net-sw: nothing, up to date
      nextgen-os-sw: nothing, up to date
      post-config: nothing, up to date
      kernel-patch: run, not installed [post-config]
    ");
}

#[test]
fn a_newer_boot_release_starts_a_new_boot_cycle() {
    let zone = Zone::sample()
        .wants("boot", NEWER_BOOT)
        .node("node-1", ready());
    insta::assert_snapshot!(zone.told(), @r"
    node-1, new-boot-cycle: deploy
      boot: run and reboot, newer boot release, starts a new boot cycle [post-config → pre-config]
      config: run, not yet deployed in this boot cycle [pre-config → pre-install]
      base-os-sw: run, not yet deployed in this boot cycle [pre-install]
      base-net-sw: run, not yet deployed in this boot cycle [pre-install]
      nextgen-os-sw: run, not yet deployed in this boot cycle [pre-install → post-install]
      post-config: run, not yet deployed in this boot cycle [post-install → post-config]
      kernel-patch: run, not yet deployed in this boot cycle [post-config]
    ");
}

#[test]
fn a_newer_boot_release_starts_over_in_the_middle_of_a_cycle() {
    let zone = Zone::sample()
        .wants("boot", NEWER_BOOT)
        .node("node-1", deployed(5, "post-install"));
    insta::assert_snapshot!(zone.told(), @r"
    node-1, new-boot-cycle: deploy
      boot: run and reboot, newer boot release, starts a new boot cycle [post-install → pre-config]
      config: run, not yet deployed in this boot cycle [pre-config → pre-install]
      base-os-sw: run, not yet deployed in this boot cycle [pre-install]
      base-net-sw: run, not yet deployed in this boot cycle [pre-install]
      nextgen-os-sw: run, not yet deployed in this boot cycle [pre-install → post-install]
      post-config: run, not installed [post-install → post-config]
      kernel-patch: run, not installed [post-config]
    ");
}

#[test]
fn without_forcereboot_a_newer_boot_release_is_not_installed_and_the_plan_says_so() {
    let zone = Zone::sample()
        .wants("boot", NEWER_BOOT)
        .forcereboot(YesNo::No)
        .node("node-1", ready())
        .node("node-2", deployed(2, "pre-install"));
    insta::assert_snapshot!(zone.told(), @r"
    node-1, upgrade: up to date
      boot: nothing, an upgrade does not install it; newer, needs `forcereboot: yes`
      config: nothing, up to date
      base-os-sw: nothing, up to date
      base-net-sw: nothing, up to date
      nextgen-os-sw: nothing, up to date
      post-config: nothing, up to date
      kernel-patch: nothing, up to date
    node-2, continued: deploy
      boot: nothing, an upgrade does not install it; newer, needs `forcereboot: yes`
      config: nothing, up to date
      base-os-sw: run, not installed [pre-install]
      base-net-sw: run, not installed [pre-install]
      nextgen-os-sw: run, not installed [pre-install → post-install]
      post-config: run, not installed [post-install → post-config]
      kernel-patch: run, not installed [post-config]
    ");
}

#[test]
fn without_forcereboot_nothing_ever_reboots() {
    let zone = Zone::sample()
        .forcereboot(YesNo::No)
        .wants("boot", NEWER_BOOT);
    let stages = [
        "pre-config",
        "pre-install",
        "pre-install",
        "pre-install",
        "post-install",
    ];
    let halfway = (1..=5).map(|count| deployed(count, stages[count - 1]));
    for facts in halfway.chain([blank(), ready()]) {
        let plan = zone.clone().node("node-1", facts).plan().unwrap();
        let mut tasks = plan.nodes.iter().flat_map(|node| &node.tasks);
        assert!(tasks.all(|task| !task.action.reboots()));
    }
}

#[test]
fn forcereboot_reboots_only_for_packages_that_may() {
    let zone = Zone::sample().with(|zone| {
        for short in ORDER {
            zone.entry(short).forcereboot = YesNo::Yes;
        }
    });
    let plan = zone.node("node-1", blank()).plan().unwrap();
    let actions: Vec<_> = plan.nodes[0]
        .tasks
        .iter()
        .map(|task| &task.action)
        .collect();
    assert_eq!(*actions[0], Action::RunAndReboot);
    assert!(actions[1..].iter().all(|action| **action == Action::Run));
}

#[test]
fn a_stage_without_a_record_of_the_boot_release_is_believed() {
    let zone = Zone::sample()
        .forcereboot(YesNo::No)
        .node("node-1", blank().at("pre-config"));
    insta::assert_snapshot!(zone.told(), @r"
    node-1, continued: deploy
      boot: nothing, the node's stage says it was done
      config: run, not installed [pre-config → pre-install]
      base-os-sw: run, not installed [pre-install]
      base-net-sw: run, not installed [pre-install]
      nextgen-os-sw: run, not installed [pre-install → post-install]
      post-config: run, not installed [post-install → post-config]
      kernel-patch: run, not installed [post-config]
    ");
}

#[test]
fn a_ready_node_without_a_record_of_the_boot_release_keeps_its_records() {
    let mut facts = ready();
    facts.hostos().releases.remove(0);
    let zone = Zone::sample().forcereboot(YesNo::No).node("node-1", facts);
    insta::assert_snapshot!(zone.told(), @r"
    node-1, upgrade: up to date
      boot: nothing, the node's stage says it was done
      config: nothing, up to date
      base-os-sw: nothing, up to date
      base-net-sw: nothing, up to date
      nextgen-os-sw: nothing, up to date
      post-config: nothing, up to date
      kernel-patch: nothing, up to date
    ");
}

#[test]
fn a_stage_nobody_knows_is_refused() {
    insta::assert_snapshot!(Zone::sample().node("node-1", ready().at("post-mortem")).told(), @r#"
    node-1: /etc/genesis/deploy_stage says "post-mortem", which is not a stage of hostos
      correct the file, or remove it for a fresh deployment
    "#);
}

//! What an earlier run left on a node: nothing is done twice, and nothing is guessed.

use super::facts::{Change, blank, deployed, ready};
use super::zone::{Zone, name, package};
use crate::document::YesNo;
use crate::node::attempt::{AttemptOutcome, AttemptState, Receipt, StepKind};
use crate::node::facts::{BootId, Facts};
use crate::plan::Assume;

fn told(facts: Facts) -> String {
    Zone::sample().node("node-1", facts).told()
}

/// The first line of a package in what is told.
fn line(text: &str, short: &str) -> String {
    let start = format!("  {short}: ");
    text.lines()
        .find(|line| line.starts_with(&start))
        .unwrap()
        .to_owned()
}

fn waits(boot: &str) -> AttemptState {
    AttemptState::AwaitingReboot(BootId(boot.to_owned()))
}

#[test]
fn a_running_attempt_is_taken_up_and_not_run_again() {
    let facts = deployed(2, "pre-install").attempted("base-os-sw", AttemptState::Running);
    insta::assert_snapshot!(told(facts), @r"
    node-1, continued: deploy
      boot: nothing, up to date
      config: nothing, up to date
      base-os-sw: take up run-1/1, reboots: false, run run-1 started it; it is still running [pre-install]
      base-net-sw: run, not installed [pre-install]
      nextgen-os-sw: run, not installed [pre-install → post-install]
      post-config: run, not installed [post-install → post-config]
      kernel-patch: run, not installed [post-config]
    ");
}

#[test]
fn a_running_boot_release_is_taken_up_with_its_reboot() {
    let facts = blank().attempted("boot", AttemptState::Running);
    insta::assert_snapshot!(line(&told(facts), "boot"), @"  boot: take up run-1/1, reboots: true, run run-1 started it; it is still running [- → pre-config]");
}

#[test]
fn a_running_attempt_of_another_release_keeps_the_node_busy() {
    let zone = Zone::sample().wants("base-os-sw", "3.5.0-20220708T144532Z_1b241f2");
    let facts = deployed(2, "pre-install").attempted("base-os-sw", AttemptState::Running);
    insta::assert_snapshot!(zone.node("node-1", facts).told(), @r"
    node-1: run run-1 is still running hostos-base-os-sw-release 3.4.83-20220708T144532Z_1b241f2 there
      wait until it has ended, then deploy again
    ");
}

#[test]
fn an_unrecorded_attempt_of_another_release_is_recorded_first() {
    let zone = Zone::sample().wants("base-os-sw", "3.5.0-20220708T144532Z_1b241f2");
    let facts = deployed(2, "pre-install").attempted("base-os-sw", AttemptState::Unrecorded);
    insta::assert_snapshot!(zone.node("node-1", facts).told(), @r"
    node-1: hostos-base-os-sw-release 3.4.83-20220708T144532Z_1b241f2 of run run-1 has ended there, which is not recorded yet
      `ddt deploy MANIFEST` has it recorded before it plans, `ddt resume run-1` goes on with its run
    ");
}

#[test]
fn a_running_attempt_of_a_package_that_is_not_wanted_keeps_the_node_busy() {
    let zone = Zone::sample().only(&["config"]);
    let facts = ready().attempted("base-os-sw", AttemptState::Running);
    insta::assert_snapshot!(zone.node("node-1", facts).told(), @r"
    node-1: run run-1 is still running hostos-base-os-sw-release 3.4.83-20220708T144532Z_1b241f2 there
      wait until it has ended, then deploy again
    ");
}

#[test]
fn nothing_is_planned_ahead_of_a_running_attempt() {
    let zone = Zone::sample().wants("config", "3.5.80-20220716T084253Z_0ffa960");
    let facts = deployed(2, "pre-install").attempted("base-os-sw", AttemptState::Running);
    insta::assert_snapshot!(zone.node("node-1", facts).told(), @r"
    node-1: run run-1 is still running hostos-base-os-sw-release 3.4.83-20220708T144532Z_1b241f2 there
      wait until it has ended, then deploy again
    ");
}

#[test]
fn an_attempt_that_waits_for_its_reboot_gets_it() {
    insta::assert_snapshot!(told(blank().attempted("boot", waits("boot-1"))), @r"
    node-1, fresh: deploy
      boot: finish run-1/1, reboot: true, run run-1 did all but the reboot and the record [- → pre-config]
      config: run, not installed [pre-config → pre-install]
      base-os-sw: run, not installed [pre-install]
      base-net-sw: run, not installed [pre-install]
      nextgen-os-sw: run, not installed [pre-install → post-install]
      post-config: run, not installed [post-install → post-config]
      kernel-patch: run, not installed [post-config]
    ");
}

#[test]
fn an_attempt_whose_reboot_has_happened_is_recorded() {
    insta::assert_snapshot!(line(&told(blank().attempted("boot", waits("boot-0"))), "boot"), @"  boot: finish run-1/1, reboot: false, run run-1 did all but the reboot and the record [- → pre-config]");
}

#[test]
fn a_new_boot_cycle_is_taken_up_after_its_reboot() {
    let newer = "3.0.7-20220702T124916Z_887ca13";
    let mut facts = ready().attempted("boot", waits("boot-0"));
    let mut zone = Zone::sample().wants("boot", newer);
    let attempt = facts.last_attempt.as_mut().unwrap();
    attempt.tag = newer.parse().unwrap();
    attempt.digest = zone.bundle("boot").digest.clone();
    insta::assert_snapshot!(zone.node("node-1", facts).told(), @r"
    node-1, new-boot-cycle: deploy
      boot: finish run-1/1, reboot: false, run run-1 did all but the reboot and the record [post-config → pre-config]
      config: run, not yet deployed in this boot cycle [pre-config → pre-install]
      base-os-sw: run, not yet deployed in this boot cycle [pre-install]
      base-net-sw: run, not yet deployed in this boot cycle [pre-install]
      nextgen-os-sw: run, not yet deployed in this boot cycle [pre-install → post-install]
      post-config: run, not yet deployed in this boot cycle [post-install → post-config]
      kernel-patch: run, not yet deployed in this boot cycle [post-config]
    ");
}

#[test]
fn an_attempt_that_waits_for_a_reboot_is_refused_where_nothing_may_reboot() {
    let zone = Zone::sample().forcereboot(YesNo::No);
    let facts = blank().attempted("boot", waits("boot-1"));
    insta::assert_snapshot!(zone.clone().node("node-1", facts).told(), @r"
    node-1: hostos-boot-release 3.0.6-20220602T124916Z_887ca13 of run run-1 waits for a reboot, which the manifest does not allow
      set `forcereboot: yes` for hostos-boot-release to let it end, then deploy again
    ");
    let rebooted = zone.node("node-1", blank().attempted("boot", waits("boot-0")));
    insta::assert_snapshot!(line(&rebooted.told(), "boot"), @"  boot: finish run-1/1, reboot: false, run run-1 did all but the reboot and the record [- → pre-config]");
}

#[test]
fn a_vanished_attempt_is_in_doubt() {
    let facts = deployed(2, "pre-install").attempted("base-os-sw", AttemptState::Vanished);
    insta::assert_snapshot!(told(facts), @r"
    node-1: hostos-base-os-sw-release 3.4.83-20220708T144532Z_1b241f2 of run run-1 is in doubt: it began, nothing of it runs any more, and it left no receipt
      look at the node and at the task's log there; if it did not happen, deploy again with --assume failed
    ");
}

#[test]
fn a_vanished_attempt_runs_again_where_that_does_no_harm_or_the_operator_says_so() {
    let facts = deployed(2, "pre-install").attempted("base-os-sw", AttemptState::Vanished);
    let zone = Zone::sample().node("node-1", facts);
    let harmless = zone
        .clone()
        .with(|zone| zone.bundle("base-os-sw").idempotent = true);
    insta::assert_snapshot!(line(&harmless.told(), "base-os-sw"), @"  base-os-sw: run, run run-1 left no receipt; run again [pre-install]");
    let assumed = zone.with(|zone| zone.options.assume = Some(Assume::Failed));
    assert_eq!(assumed.told(), harmless.told());
}

#[test]
fn a_vanished_attempt_of_a_release_that_is_recorded_is_forgotten() {
    let facts = ready().attempted("base-os-sw", AttemptState::Vanished);
    assert_eq!(
        Zone::sample().node("node-1", facts).plan().unwrap().work(),
        0
    );
}

#[test]
fn an_attempt_that_failed_is_run_again_from_its_start() {
    let facts = deployed(2, "pre-install").attempted("base-os-sw", AttemptState::Running);
    let attempt = facts.last_attempt.clone().unwrap();
    let receipt = Receipt {
        id: attempt.id,
        epoch: 1,
        digest: attempt.digest,
        boot_id: facts.boot_id.clone(),
        journal_head: "0".to_owned(),
        started: 0,
        ended: 1,
        outcome: AttemptOutcome::Exited {
            step: StepKind::Deploy,
            code: 3,
        },
        log_bytes: 0,
    };
    let facts = facts.attempted("base-os-sw", AttemptState::Ended(receipt));
    insta::assert_snapshot!(line(&told(facts), "base-os-sw"), @"  base-os-sw: run, not installed [pre-install]");
}

#[test]
fn an_attempt_belongs_to_one_component_package_tag_and_digest() {
    let other: [fn(&mut Facts); 4] = [
        |facts| facts.last_attempt.as_mut().unwrap().id.component = name("other"),
        |facts| facts.last_attempt.as_mut().unwrap().id.package = package("config"),
        |facts| facts.last_attempt.as_mut().unwrap().tag = "3.4.82".parse().unwrap(),
        |facts| facts.last_attempt.as_mut().unwrap().digest = crate::digest::Digest::of(b"other"),
    ];
    for change in other {
        let mut facts = deployed(2, "pre-install").attempted("base-os-sw", AttemptState::Vanished);
        change(&mut facts);
        assert_eq!(told(facts), told(deployed(2, "pre-install")));
    }
}

//! Reboots: the attempt, the reboot, the record; and nothing else ever reboots.

use super::world::{Answer, World};
use crate::engine::event::{RunKind, RunState};
use crate::engine::fixture::{identity, name, plan};
use crate::plan::Action::{self, Finish, Run, RunAndReboot, TakeUp};

fn world(action: Action) -> World {
    World::new(plan(&[vec![action]]), identity(RunKind::Deploy))
}

fn told(action: Action) -> String {
    let mut world = world(action);
    world.finish();
    world.told()
}

fn take_up(reboots: bool) -> Action {
    TakeUp {
        run: name("run-1"),
        number: 2,
        reboots,
    }
}

fn finish(reboot: bool) -> Action {
    Finish {
        run: name("run-1"),
        number: 2,
        reboot,
    }
}

#[test]
fn a_package_that_reboots_is_recorded_after_the_reboot() {
    insta::assert_snapshot!(told(RunAndReboot), @r"
    node-0 is prepared
    node-0 package-0: start 1
    node-0 package-0: waits for a reboot since boot-1
    node-0 package-0: reboot since boot-1
    node-0 package-0: rebooted into boot-2
    node-0 package-0: finish run-2/1
    node-0 package-0: succeeded
    node-0 ends as Ready: -
    the run ends as Succeeded
    ");
}

#[test]
fn an_attempt_of_an_earlier_run_is_taken_up() {
    insta::assert_snapshot!(told(take_up(false)), @r"
    node-0 is prepared
    node-0 package-0: take up run-1/2
    node-0 package-0: succeeded
    node-0 ends as Ready: -
    the run ends as Succeeded
    ");
    insta::assert_snapshot!(told(take_up(true)), @r"
    node-0 is prepared
    node-0 package-0: take up run-1/2
    node-0 package-0: waits for a reboot since boot-1
    node-0 package-0: reboot since boot-1
    node-0 package-0: rebooted into boot-2
    node-0 package-0: finish run-1/2
    node-0 package-0: succeeded
    node-0 ends as Ready: -
    the run ends as Succeeded
    ");
}

#[test]
fn an_attempt_of_an_earlier_run_is_finished() {
    insta::assert_snapshot!(told(finish(true)), @r"
    node-0 is prepared
    node-0 package-0: reboot since boot-1
    node-0 package-0: rebooted into boot-2
    node-0 package-0: finish run-1/2
    node-0 package-0: succeeded
    node-0 ends as Ready: -
    the run ends as Succeeded
    ");
    insta::assert_snapshot!(told(finish(false)), @r"
    node-0 is prepared
    node-0 package-0: finish run-1/2
    node-0 package-0: succeeded
    node-0 ends as Ready: -
    the run ends as Succeeded
    ");
}

#[test]
fn a_node_that_does_not_come_back_fails_its_task() {
    let mut world = world(RunAndReboot);
    let at = world.until_acting();
    world.answer(at, Answer::Well);
    world.answer(0, Answer::Fail);
    world.finish();
    assert_eq!(world.outcome(), Some(RunState::Failed));
}

/// A receipt is what a node says; it must not make ddt reboot anything.
#[test]
fn a_receipt_alone_reboots_nothing() {
    for action in [Run, take_up(false), finish(false)] {
        let mut world = world(action);
        let at = world.until_acting();
        world.answer(at, Answer::Lie);
        world.finish();
        assert!(!world.told().contains("reboot since"), "{}", world.told());
        assert_eq!(world.outcome(), Some(RunState::Failed));
    }
}

#[test]
fn a_dry_run_reboots_nothing() {
    let mut world = World::new(plan(&[vec![RunAndReboot]]), identity(RunKind::DryRun));
    let at = world.until_acting();
    world.answer(at, Answer::Lie);
    world.finish();
    insta::assert_snapshot!(world.told(), @r"
    node-0 is prepared
    node-0 package-0: start 1
    node-0 package-0: failed, it waits for a reboot that is not planned
    node-0 ends as Error: package-0 failed
    the run ends as Failed
    ");
}

#[test]
fn a_task_reboots_once() {
    let mut world = world(RunAndReboot);
    let at = world.until_acting();
    world.answer(at, Answer::Well);
    world.answer(0, Answer::Well);
    world.answer(0, Answer::Lie);
    world.finish();
    assert_eq!(
        world.told().matches("reboot since").count(),
        2,
        "{}",
        world.told()
    );
    assert_eq!(world.outcome(), Some(RunState::Failed));
}

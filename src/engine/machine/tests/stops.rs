//! What a stop does: nothing begins after it, and what runs comes to its end.

use super::stories::{deploying, two_by_two};
use super::world::{Answer, World};
use crate::engine::event::{RunState, StopAfter};
use crate::plan::Action::{self, Run};

#[test]
fn a_stop_waits_for_what_runs_and_skips_the_rest() {
    let mut world = two_by_two();
    world.until_acting();
    world.stop();
    world.finish();
    insta::assert_snapshot!(world.told(), @r"
    node-0 is prepared
    node-1 is prepared
    node-0 package-0: start 1
    node-1 package-0: start 1
    stop
    node-0 package-1: skipped, Stopped
    node-1 package-1: skipped, Stopped
    node-0 package-0: succeeded
    node-1 package-0: succeeded
    node-0 ends as Stopped: package-1 was stopped before it began
    node-1 ends as Stopped: package-1 was stopped before it began
    the run ends as Stopped
    ");
}

#[test]
fn a_stop_before_anything_has_begun_begins_nothing() {
    let mut world = two_by_two();
    world.stop();
    world.finish();
    insta::assert_snapshot!(world.told(), @r"
    stop
    node-0 is prepared
    node-1 is prepared
    node-0 package-0: skipped, Stopped
    node-1 package-0: skipped, Stopped
    node-0 package-1: skipped, Stopped
    node-1 package-1: skipped, Stopped
    node-0 ends as Stopped: package-0 was stopped before it began
    node-1 ends as Stopped: package-0 was stopped before it began
    the run ends as Stopped
    ");
}

#[test]
fn a_second_stop_and_one_after_the_end_change_nothing() {
    let mut world = two_by_two();
    world.until_acting();
    world.stop();
    let events = world.history.events.len();
    world.stop();
    assert_eq!(world.history.events.len(), events);
    world.finish();
    let events = world.history.events.len();
    world.stop();
    assert_eq!(world.history.events.len(), events);
    assert_eq!(world.outcome(), Some(RunState::Stopped));
}

#[test]
fn a_stop_during_the_last_wave_leaves_nothing_undone() {
    let mut world = deploying(&[vec![Run]]);
    world.until_acting();
    world.stop();
    world.finish();
    insta::assert_snapshot!(world.told(), @r"
    node-0 is prepared
    node-0 package-0: start 1
    stop
    node-0 package-0: succeeded
    node-0 ends as Ready: -
    the run ends as Succeeded
    ");
}

#[test]
fn a_failure_after_a_stop_is_still_a_failure() {
    let mut world = two_by_two();
    let at = world.until_acting();
    world.stop();
    world.answer(at, Answer::Fail);
    world.finish();
    assert_eq!(world.outcome(), Some(RunState::Failed));
}

#[test]
fn a_task_that_has_begun_gets_its_reboot_and_its_record() {
    let rows = [vec![Action::RunAndReboot, Run]];
    let mut world = deploying(&rows);
    world.until_acting();
    world.stop();
    world.finish();
    insta::assert_snapshot!(world.told(), @r"
    node-0 is prepared
    node-0 package-0: start 1
    stop
    node-0 package-1: skipped, Stopped
    node-0 package-0: waits for a reboot since boot-1
    node-0 package-0: reboot since boot-1
    node-0 package-0: rebooted into boot-2
    node-0 package-0: finish run-2/1
    node-0 package-0: succeeded
    node-0 ends as Stopped: package-1 was stopped before it began
    the run ends as Stopped
    ");
}

#[test]
fn what_runs_is_known() {
    let mut world = two_by_two();
    let at = world.until_acting();
    world.answer(at, Answer::Well);
    let running: Vec<String> = world
        .machine
        .running()
        .map(|task| task.node.to_string())
        .collect();
    assert_eq!(running, ["node-1"]);
}

/// Two nodes in their first of two packages, a third one that has none of it.
fn uneven() -> World {
    let rows = [vec![Run, Run], vec![Run, Run], vec![Action::Nothing, Run]];
    deploying(&rows)
}

#[test]
fn after_package_finishes_the_packages_that_have_begun() {
    let mut world = uneven();
    world.until_acting();
    world.stop_after(StopAfter::Package);
    world.finish();
    insta::assert_snapshot!(world.told(), @r#"
    node-0 is prepared
    node-1 is prepared
    node-2 is prepared
    node-0 package-0: start 1
    node-1 package-0: start 1
    stop after package
    node-0 package-1: skipped, Stopped
    node-1 package-1: skipped, Stopped
    node-2 package-1: skipped, Stopped
    node-0 package-0: succeeded
    node-1 package-0: succeeded
    node-0 ends as Stopped: package-1 was stopped before it began
    node-1 ends as Stopped: package-1 was stopped before it began
    node-2 ends as Stopped: package-1 was stopped before it began
    the run ends as Stopped
    "#);
}

#[test]
fn after_node_finishes_the_nodes_that_have_begun() {
    let mut world = uneven();
    world.until_acting();
    world.stop_after(StopAfter::Node);
    world.finish();
    insta::assert_snapshot!(world.told(), @r#"
    node-0 is prepared
    node-1 is prepared
    node-2 is prepared
    node-0 package-0: start 1
    node-1 package-0: start 1
    stop after node
    node-2 package-1: skipped, Stopped
    node-0 package-0: succeeded
    node-1 package-0: succeeded
    node-0 package-1: start 1
    node-1 package-1: start 1
    node-0 package-1: succeeded
    node-1 package-1: succeeded
    node-0 ends as Ready: -
    node-1 ends as Ready: -
    node-2 ends as Stopped: package-1 was stopped before it began
    the run ends as Stopped
    "#);
}

#[test]
fn a_later_stop_counts_only_where_it_lets_less_finish() {
    let mut world = two_by_two();
    world.until_acting();
    world.stop_after(StopAfter::Node);
    let events = world.history.events.len();
    world.stop_after(StopAfter::Node);
    assert_eq!(world.history.events.len(), events);
    world.stop_after(StopAfter::Task);
    world.stop_after(StopAfter::Package);
    world.finish();
    insta::assert_snapshot!(world.told(), @r#"
    node-0 is prepared
    node-1 is prepared
    node-0 package-0: start 1
    node-1 package-0: start 1
    stop after node
    stop
    node-0 package-1: skipped, Stopped
    node-1 package-1: skipped, Stopped
    node-0 package-0: succeeded
    node-1 package-0: succeeded
    node-0 ends as Stopped: package-1 was stopped before it began
    node-1 ends as Stopped: package-1 was stopped before it began
    the run ends as Stopped
    "#);
}

#[test]
fn what_runs_is_ended_and_its_nodes_are_in_error() {
    let mut world = two_by_two();
    let at = world.until_acting();
    world.kill();
    world.kill();
    world.answer(at, Answer::Killed);
    world.finish();
    insta::assert_snapshot!(world.told(), @r#"
    node-0 is prepared
    node-1 is prepared
    node-0 package-0: start 1
    node-1 package-0: start 1
    stop
    kill
    node-0 package-1: skipped, Stopped
    node-1 package-1: skipped, Stopped
    node-0 package-0: failed, it was stopped
    node-1 package-0: succeeded
    node-0 ends as Error: package-0 was ended by the operator
    node-1 ends as Stopped: package-1 was stopped before it began
    the run ends as Stopped
    "#);
}

#[test]
fn a_task_that_is_to_be_ended_does_not_get_its_reboot() {
    let rows = [vec![Action::RunAndReboot, Run]];
    let mut world = deploying(&rows);
    world.until_acting();
    world.kill();
    world.finish();
    insta::assert_snapshot!(world.told(), @r#"
    node-0 is prepared
    node-0 package-0: start 1
    stop
    kill
    node-0 package-1: skipped, Stopped
    node-0 package-0: waits for a reboot since boot-1
    node-0 package-0: skipped, Stopped
    node-0 ends as Stopped: package-0 was stopped before its reboot and its record
    the run ends as Stopped
    "#);
}

#[test]
fn a_node_that_claims_to_have_been_stopped_has_failed() {
    let mut world = two_by_two();
    let at = world.until_acting();
    world.answer(at, Answer::Killed);
    world.finish();
    assert_eq!(world.outcome(), Some(RunState::Failed));
}

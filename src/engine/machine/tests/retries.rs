//! What is tried again, and what never is.

use super::world::{Answer, World};
use crate::engine::event::{RunKind, RunState};
use crate::engine::fixture::{identity, plan};
use crate::engine::machine::Command;
use crate::plan::Action::Run;
use crate::plan::Plan;

fn one() -> Plan {
    plan(&[vec![Run]])
}

fn world(plan: Plan) -> World {
    World::new(plan, identity(RunKind::Deploy))
}

/// Answers what acts and what prepares as told, and lets every pause pass.
fn answered(mut world: World, answers: &[Answer]) -> World {
    for answer in answers {
        world.answer(0, *answer);
        if matches!(world.open.first(), Some(Command::Wait { .. })) {
            world.answer(0, Answer::Well);
        }
    }
    world.finish();
    world
}

#[test]
fn payloads_are_sent_again_after_growing_pauses() {
    let world = answered(world(one()), &[Answer::Break, Answer::Break]);
    insta::assert_snapshot!(world.told(), @r#"
    node-0 it: it was unreachable, again in 2 s [2/4]
    node-0 it: it was unreachable, again in 4 s [3/4]
    node-0 is prepared
    node-0 package-0: start 1
    node-0 package-0: succeeded
    node-0 ends as Ready: -
    the run ends as Succeeded
    "#);
}

#[test]
fn a_node_that_stays_away_is_given_up() {
    let world = answered(world(one()), &[Answer::Break; 4]);
    insta::assert_snapshot!(world.told(), @r#"
    node-0 it: it was unreachable, again in 2 s [2/4]
    node-0 it: it was unreachable, again in 4 s [3/4]
    node-0 it: it was unreachable, again in 8 s [4/4]
    node-0 fails: it was unreachable
    node-0 package-0: skipped, NodeFailed { package: None }
    node-0 ends as Unreachable: it was unreachable
    the run ends as Failed
    "#);
}

#[test]
fn a_lost_attempt_is_asked_for_and_not_started_again() {
    let answers = [Answer::Well, Answer::Break, Answer::Break, Answer::Well];
    let world = answered(world(one()), &answers);
    insta::assert_snapshot!(world.told(), @r#"
    node-0 is prepared
    node-0 package-0: start 1
    node-0 package-0: it was transport, again in 2 s [2/4]
    node-0 package-0: take up run-2/1
    node-0 package-0: it was transport, again in 4 s [3/4]
    node-0 package-0: take up run-2/1
    node-0 package-0: succeeded
    node-0 ends as Ready: -
    the run ends as Succeeded
    "#);
}

#[test]
fn a_failed_step_is_run_again_only_where_bundle_and_rollout_say_so() {
    let attempts = |idempotent, step_retries| {
        let mut plan = one();
        plan.packages[0].bundle.idempotent = idempotent;
        plan.rollout.step_retries = step_retries;
        let world = answered(world(plan), &[Answer::Well, Answer::Fail]);
        (world.told().matches(": start").count(), world.outcome())
    };
    assert_eq!(attempts(true, 1), (2, Some(RunState::Succeeded)));
    assert_eq!(attempts(true, 0), (1, Some(RunState::Failed)));
    assert_eq!(attempts(false, 1), (1, Some(RunState::Failed)));
}

#[test]
fn nothing_is_started_again_after_a_stop() {
    let mut plan = one();
    plan.packages[0].bundle.idempotent = true;
    plan.rollout.step_retries = 3;
    let mut world = world(plan);
    world.answer(0, Answer::Well);
    world.answer(0, Answer::Fail);
    world.stop();
    world.finish();
    insta::assert_snapshot!(world.told(), @r#"
    node-0 is prepared
    node-0 package-0: start 1
    node-0 package-0: it was script, again in 5 s [2/4]
    stop
    node-0 package-0: failed, it was script
    node-0 ends as Error: package-0 failed
    the run ends as Failed
    "#);
}

#[test]
fn a_lost_attempt_is_still_asked_for_after_a_stop() {
    let mut world = world(one());
    world.answer(0, Answer::Well);
    world.stop();
    world.answer(0, Answer::Break);
    world.finish();
    assert_eq!(world.outcome(), Some(RunState::Succeeded));
}

#[test]
fn a_run_has_only_so_many_retries() {
    let plan = plan(&vec![vec![Run]; 300]);
    let mut world = world(plan);
    while let Some(at) = world.open.iter().position(is_preparation) {
        world.answer(at, Answer::Break);
    }
    let announced = world.told().matches("again in").count();
    assert_eq!(announced, 200, "the budget of the class");
}

fn is_preparation(command: &Command) -> bool {
    matches!(command, Command::Prepare { .. })
}

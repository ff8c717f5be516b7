//! Rule 7: what a failure means for its node, and for the others.

use super::stories::two_by_two;
use super::world::{Answer, World};
use crate::engine::event::{RunKind, RunState};
use crate::engine::fixture::{identity, plan};
use crate::plan::Action::Run;

#[test]
fn a_failure_skips_what_is_pending_everywhere() {
    let mut world = two_by_two();
    let at = world.until_acting();
    world.answer(at, Answer::Fail);
    world.finish();
    insta::assert_snapshot!(world.told(), @r#"
    node-0 is prepared
    node-1 is prepared
    node-0 package-0: start 1
    node-1 package-0: start 1
    node-0 package-0: failed, it was script
    node-0 package-1: skipped, NodeFailed { package: Some(Name("package-0")) }
    node-1 package-1: skipped, RunFailed { node: Name("node-0") }
    node-1 package-0: succeeded
    node-0 ends as Error: package-0 failed
    node-1 ends as Stopped: package-1 was skipped
    the run ends as Failed
    "#);
}

#[test]
fn an_attempt_in_doubt_ends_the_run_in_doubt() {
    let mut world = two_by_two();
    let at = world.until_acting();
    world.answer(at, Answer::Lose);
    world.finish();
    insta::assert_snapshot!(world.told(), @r#"
    node-0 is prepared
    node-1 is prepared
    node-0 package-0: start 1
    node-1 package-0: start 1
    node-0 package-0: in doubt, it was in-doubt
    node-0 package-1: skipped, NodeFailed { package: Some(Name("package-0")) }
    node-1 package-1: skipped, RunFailed { node: Name("node-0") }
    node-1 package-0: succeeded
    node-0 ends as InDoubt: package-0 is in doubt
    node-1 ends as Stopped: package-1 was skipped
    the run ends as InDoubt
    "#);
}

#[test]
fn doubt_outweighs_that_the_node_does_not_answer() {
    let mut world = two_by_two();
    let at = world.until_acting();
    world.answer(at, Answer::Lose);
    while !world.open.is_empty() {
        world.answer(0, Answer::Lose);
    }
    assert_eq!(world.outcome(), Some(RunState::InDoubt));
}

#[test]
fn a_node_that_cannot_be_prepared_keeps_everything_from_starting() {
    let mut world = two_by_two();
    world.never_prepared(1);
    world.finish();
    insta::assert_snapshot!(world.told(), @r#"
    node-1 it: it was unreachable, again in 2 s [2/4]
    node-1 it: it was unreachable, again in 4 s [3/4]
    node-1 it: it was unreachable, again in 8 s [4/4]
    node-1 fails: it was unreachable
    node-0 is prepared
    node-0 package-0: skipped, RunFailed { node: Name("node-1") }
    node-1 package-0: skipped, NodeFailed { package: None }
    node-0 package-1: skipped, RunFailed { node: Name("node-1") }
    node-1 package-1: skipped, NodeFailed { package: None }
    node-1 ends as Unreachable: it was unreachable
    node-0 ends as Stopped: package-0 was skipped
    the run ends as Failed
    "#);
}

#[test]
fn a_node_without_space_is_in_error() {
    let mut world = two_by_two();
    world.answer(0, Answer::Fail);
    world.finish();
    assert!(world.told().contains("node-0 ends as Error: it was space"));
}

#[test]
fn a_dry_run_goes_on_after_a_failure_on_the_same_node_too() {
    let rows = [vec![Run, Run], vec![Run, Run]];
    let mut world = World::new(plan(&rows), identity(RunKind::DryRun));
    let at = world.until_acting();
    world.answer(at, Answer::Fail);
    world.finish();
    insta::assert_snapshot!(world.told(), @r"
    node-0 is prepared
    node-1 is prepared
    node-0 package-0: start 1
    node-1 package-0: start 1
    node-0 package-0: failed, it was script
    node-1 package-0: succeeded
    node-0 package-1: start 1
    node-1 package-1: start 1
    node-0 package-1: succeeded
    node-1 package-1: succeeded
    node-0 ends as Error: package-0 failed
    node-1 ends as Ready: -
    the run ends as Failed
    ");
}

#[test]
fn a_dry_run_goes_on_without_a_node_that_cannot_be_prepared() {
    let rows = [vec![Run], vec![Run]];
    let mut world = World::new(plan(&rows), identity(RunKind::DryRun));
    world.never_prepared(0);
    world.finish();
    insta::assert_snapshot!(world.told(), @r"
    node-0 it: it was unreachable, again in 2 s [2/4]
    node-0 it: it was unreachable, again in 4 s [3/4]
    node-0 it: it was unreachable, again in 8 s [4/4]
    node-0 fails: it was unreachable
    node-1 is prepared
    node-0 package-0: skipped, NodeFailed { package: None }
    node-1 package-0: start 1
    node-1 package-0: succeeded
    node-0 ends as Unreachable: it was unreachable
    node-1 ends as Ready: -
    the run ends as Failed
    ");
}

//! Lockstep: a package on every node, then the next.

use super::stories::deploying;
use super::world::{Answer, World};
use crate::engine::event::{Event, RunKind, RunState};
use crate::engine::fixture::{identity, plan, skip};
use crate::engine::machine::Command;
use crate::plan::Action;

use Action::{Nothing, Run};

#[test]
fn a_package_is_done_on_every_node_before_the_next_begins() {
    let rows = [vec![Run, Run], vec![Run, Run]];
    let mut world = deploying(&rows);
    world.finish();
    insta::assert_snapshot!(world.told(), @r"
    node-0 is prepared
    node-1 is prepared
    node-0 package-0: start 1
    node-1 package-0: start 1
    node-0 package-0: succeeded
    node-1 package-0: succeeded
    node-0 package-1: start 1
    node-1 package-1: start 1
    node-0 package-1: succeeded
    node-1 package-1: succeeded
    node-0 ends as Ready: -
    node-1 ends as Ready: -
    the run ends as Succeeded
    ");
}

#[test]
fn nodes_without_a_task_in_a_wave_wait_for_nobody() {
    let rows = [vec![Nothing, Run], vec![Run, Nothing]];
    let mut world = deploying(&rows);
    world.until_acting();
    assert_eq!(world.open.len(), 1, "the second wave waits for the first");
    world.finish();
    assert_eq!(world.outcome(), Some(RunState::Succeeded));
}

#[test]
fn nothing_starts_before_every_node_is_prepared() {
    let rows = [vec![Run], vec![Run], vec![Run]];
    let mut world = deploying(&rows);
    world.answer(2, Answer::Well);
    world.answer(0, Answer::Well);
    assert_eq!(world.open, [Command::Prepare { node: 1 }]);
    world.answer(0, Answer::Well);
    assert_eq!(world.open.len(), 3);
}

#[test]
fn a_plan_without_work_ends_at_once() {
    let world = deploying(&[vec![Nothing]]);
    assert_eq!(world.outcome(), Some(RunState::Succeeded));
    let world = deploying(&[]);
    assert_eq!(world.outcome(), Some(RunState::Succeeded));
}

#[test]
fn a_node_that_a_rule_leaves_out_makes_the_run_partial() {
    let mut plan = plan(&[vec![Run], vec![Run]]);
    skip(&mut plan, 1);
    let mut world = World::new(plan, identity(RunKind::Deploy));
    world.finish();
    assert_eq!(world.outcome(), Some(RunState::Partial));
}

#[test]
fn a_dry_run_checks_every_package_of_every_node_that_takes_part() {
    let mut plan = plan(&[vec![Run, Nothing], vec![Nothing, Nothing], vec![Run, Run]]);
    skip(&mut plan, 2);
    let mut world = World::new(plan, identity(RunKind::DryRun));
    world.finish();
    insta::assert_snapshot!(world.told(), @r"
    node-0 is prepared
    node-1 is prepared
    node-0 package-0: start 1
    node-1 package-0: start 1
    node-0 package-0: succeeded
    node-1 package-0: succeeded
    node-0 package-1: start 1
    node-1 package-1: start 1
    node-0 package-1: succeeded
    node-1 package-1: succeeded
    node-0 ends as Ready: -
    node-1 ends as Ready: -
    the run ends as Partial
    ");
}

#[test]
fn a_node_with_checks_to_run_does_not_count_as_up_to_date() {
    let up_to_date = |kind| {
        let world = World::new(plan(&[vec![Nothing]]), identity(kind));
        match world.history.events.first() {
            Some(Event::RunStarted(start)) => start.up_to_date.len(),
            _ => panic!("a run begins with its start"),
        }
    };
    assert_eq!(
        (up_to_date(RunKind::Deploy), up_to_date(RunKind::DryRun)),
        (1, 0)
    );
}

#[test]
fn ten_thousand_nodes_come_to_their_end() {
    let rows = vec![vec![Run; 7]; 10_000];
    let (plan, identity) = (plan(&rows), identity(RunKind::Deploy));
    let mut machine = crate::engine::machine::Machine::new(plan.into(), identity);
    let mut commands = machine.begin().commands;
    let mut acts = 0;
    while let Some(command) = commands.pop() {
        acts += usize::from(matches!(command, Command::Act { .. }));
        let step = machine.handle(super::world::lost_at_the_end(&command));
        commands.extend(step.commands);
    }
    assert_eq!((acts, machine.outcome()), (70_000, Some(RunState::Failed)));
}

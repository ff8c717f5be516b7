//! Canaries, batches, tasks in flight, tolerated failures: story by story.

use super::world::{Answer, World};
use crate::engine::event::{RunKind, RunState};
use crate::engine::fixture::{identity, name, plan};
use crate::engine::machine::Command;
use crate::manifest::Strategy;
use crate::plan::Action::Run;
use crate::plan::{Batch, BatchKind, GroupLimit, Rollout};

fn world(nodes: usize, packages: usize, rollout: Rollout) -> World {
    let mut plan = plan(&vec![vec![Run; packages]; nodes]);
    plan.rollout = rollout;
    World::new(plan, identity(RunKind::Deploy))
}

fn batch(kind: BatchKind, nodes: &[usize]) -> Batch {
    let nodes = nodes.iter().map(|node| name(&format!("node-{node}")));
    Batch {
        kind,
        nodes: nodes.collect(),
    }
}

fn canary() -> Rollout {
    Rollout {
        batches: vec![
            batch(BatchKind::Canaries, &[0]),
            batch(BatchKind::Ordinary, &[1]),
        ],
        max_failures: Some(9),
        ..Rollout::default()
    }
}

fn group(nodes: &[usize], max_failures: u32) -> GroupLimit {
    GroupLimit {
        group: name("storage"),
        nodes: batch(BatchKind::Ordinary, nodes).nodes,
        max_failures,
    }
}

/// Answers the first act on a node as told; everything before it well.
fn act(world: &mut World, node: usize, answer: Answer) {
    loop {
        let is_it = |command: &Command| match command {
            Command::Act { task, .. } => world.machine.place(*task).0 == node,
            _ => false,
        };
        match world.open.iter().position(is_it) {
            Some(at) => return world.answer(at, answer),
            None => world.answer(0, Answer::Well),
        }
    }
}

#[test]
fn canaries_are_ready_before_anything_else_begins() {
    let mut world = world(2, 2, canary());
    world.finish();
    insta::assert_snapshot!(world.told(), @r#"
    node-0 is prepared
    node-1 is prepared
    batch 1 of 2, Canaries: node-0
    node-0 package-0: start 1
    node-0 package-0: succeeded
    node-0 package-1: start 1
    node-0 package-1: succeeded
    node-0 ends as Ready: -
    batch 2 of 2, Ordinary: node-1
    node-1 package-0: start 1
    node-1 package-0: succeeded
    node-1 package-1: start 1
    node-1 package-1: succeeded
    node-1 ends as Ready: -
    the run ends as Succeeded
    "#);
}

#[test]
fn a_failed_canary_ends_the_run_whatever_may_fail() {
    let mut world = world(2, 1, canary());
    act(&mut world, 0, Answer::Fail);
    world.finish();
    insta::assert_snapshot!(world.told(), @r#"
    node-0 is prepared
    node-1 is prepared
    batch 1 of 2, Canaries: node-0
    node-0 package-0: start 1
    node-0 package-0: failed, it was script
    halted, CanaryFailed { node: Name("node-0") }
    node-1 package-0: skipped, CanaryFailed { node: Name("node-0") }
    node-0 ends as Error: package-0 failed
    node-1 ends as Stopped: package-0 was skipped
    the run ends as Failed
    "#);
}

#[test]
fn a_canary_without_its_records_did_not_really_run() {
    let mut world = world(2, 1, canary());
    act(&mut world, 0, Answer::Well);
    world.answer(0, Answer::Lie);
    world.finish();
    assert!(world.told().contains("halted, CanaryFailed"));
    assert!(!world.told().contains("node-1 package-0: start"));
    assert_eq!(world.outcome(), Some(RunState::Failed));
}

#[test]
fn a_canary_that_cannot_be_prepared_did_not_run_either() {
    let mut world = world(2, 1, canary());
    world.never_prepared(0);
    world.finish();
    assert!(!world.told().contains("start"));
    assert_eq!(world.outcome(), Some(RunState::Failed));
}

#[test]
fn between_batches_the_zone_is_looked_at_and_time_passes() {
    let rollout = Rollout {
        pause_seconds: 60,
        health: vec!["healthy".to_owned()],
        ..canary()
    };
    let mut told = world(2, 1, rollout.clone());
    told.finish();
    insta::assert_snapshot!(told.told(), @r#"
    node-0 is prepared
    node-1 is prepared
    batch 1 of 2, Canaries: node-0
    node-0 package-0: start 1
    node-0 package-0: succeeded
    node-0 ends as Ready: -
    health after batch 1: well
    batch 2 of 2, Ordinary: node-1
    node-1 package-0: start 1
    node-1 package-0: succeeded
    node-1 ends as Ready: -
    health after batch 2: well
    the run ends as Succeeded
    "#);
    let mut paused = world(2, 1, rollout);
    while !paused
        .open
        .iter()
        .any(|command| matches!(command, Command::Wait { .. }))
    {
        paused.answer(0, Answer::Well);
    }
    paused.stop();
    paused.finish();
    assert_eq!(paused.outcome(), Some(RunState::Stopped));
    assert!(!paused.told().contains("node-1 package-0: start"));
}

#[test]
fn a_zone_that_is_not_well_ends_the_run() {
    let rollout = Rollout {
        health: vec!["healthy".to_owned()],
        ..canary()
    };
    let mut world = world(2, 1, rollout);
    while !matches!(world.open.first(), Some(Command::Health { .. })) {
        world.answer(0, Answer::Well);
    }
    world.answer(0, Answer::Fail);
    world.finish();
    insta::assert_snapshot!(world.told(), @r#"
    node-0 is prepared
    node-1 is prepared
    batch 1 of 2, Canaries: node-0
    node-0 package-0: start 1
    node-0 package-0: succeeded
    node-0 ends as Ready: -
    health after batch 1: it was health
    halted, Unhealthy { batch: 1 }
    node-1 package-0: skipped, Unhealthy { batch: 1 }
    node-1 ends as Stopped: package-0 was skipped
    the run ends as Failed
    "#);
}

#[test]
fn tolerated_failures_leave_the_others_alone_and_the_run_partial() {
    let rollout = Rollout {
        max_failures: Some(1),
        ..Rollout::default()
    };
    let mut tolerated = world(3, 2, rollout.clone());
    act(&mut tolerated, 1, Answer::Fail);
    tolerated.finish();
    insta::assert_snapshot!(tolerated.told(), @r#"
    node-0 is prepared
    node-1 is prepared
    node-2 is prepared
    node-0 package-0: start 1
    node-1 package-0: start 1
    node-2 package-0: start 1
    node-1 package-0: failed, it was script
    node-0 package-0: succeeded
    node-2 package-0: succeeded
    node-0 package-1: start 1
    node-1 package-1: skipped, NodeFailed { package: Some(Name("package-0")) }
    node-2 package-1: start 1
    node-0 package-1: succeeded
    node-2 package-1: succeeded
    node-0 ends as Ready: -
    node-1 ends as Error: package-0 failed
    node-2 ends as Ready: -
    the run ends as Partial
    "#);
    let mut exceeded = world(3, 2, rollout);
    act(&mut exceeded, 1, Answer::Fail);
    act(&mut exceeded, 2, Answer::Lose);
    exceeded.finish();
    insta::assert_snapshot!(exceeded.told(), @r#"
    node-0 is prepared
    node-1 is prepared
    node-2 is prepared
    node-0 package-0: start 1
    node-1 package-0: start 1
    node-2 package-0: start 1
    node-1 package-0: failed, it was script
    node-2 package-0: in doubt, it was in-doubt
    halted, BeyondLimit { node: Name("node-2"), group: None, failed: 2, most: 1 }
    node-0 package-1: skipped, BeyondLimit { node: Name("node-2"), group: None, failed: 2, most: 1 }
    node-1 package-1: skipped, NodeFailed { package: Some(Name("package-0")) }
    node-2 package-1: skipped, NodeFailed { package: Some(Name("package-0")) }
    node-0 package-0: succeeded
    node-0 ends as Stopped: package-1 was skipped
    node-1 ends as Error: package-0 failed
    node-2 ends as InDoubt: package-0 is in doubt
    the run ends as InDoubt
    "#);
}

#[test]
fn a_node_that_cannot_be_reached_counts() {
    let rollout = Rollout {
        max_failures: Some(1),
        ..Rollout::default()
    };
    let mut world = world(3, 1, rollout);
    world.never_prepared(2);
    act(&mut world, 0, Answer::Well);
    act(&mut world, 1, Answer::Fail);
    world.finish();
    assert_eq!(world.outcome(), Some(RunState::Failed));
}

#[test]
fn a_group_has_a_limit_of_its_own() {
    let rollout = Rollout {
        groups: vec![group(&[0, 1], 1)],
        ..Rollout::default()
    };
    let mut tolerated = world(3, 1, rollout.clone());
    act(&mut tolerated, 0, Answer::Fail);
    tolerated.finish();
    assert_eq!(tolerated.outcome(), Some(RunState::Partial));
    let mut exceeded = world(3, 2, rollout.clone());
    act(&mut exceeded, 0, Answer::Fail);
    act(&mut exceeded, 1, Answer::Fail);
    exceeded.finish();
    assert!(
        exceeded
            .told()
            .contains("group: Some(Name(\"storage\")), failed: 2, most: 1")
    );
    let mut other = world(3, 2, rollout);
    act(&mut other, 2, Answer::Fail);
    other.finish();
    assert!(
        other
            .told()
            .contains("RunFailed { node: Name(\"node-2\") }")
    );
}

#[test]
fn no_more_is_going_on_than_may() {
    let rollout = Rollout {
        max_in_flight: Some(2),
        ..Rollout::default()
    };
    let mut world = world(3, 1, rollout);
    world.until_acting();
    assert_eq!(world.open.len(), 2);
    world.answer(1, Answer::Well);
    assert_eq!(world.open.len(), 2);
    world.finish();
    assert_eq!(world.outcome(), Some(RunState::Succeeded));
}

#[test]
fn freely_a_node_waits_for_no_other() {
    let rollout = Rollout {
        strategy: Strategy::Free,
        ..Rollout::default()
    };
    let mut world = world(2, 2, rollout);
    act(&mut world, 1, Answer::Well);
    act(&mut world, 1, Answer::Well);
    world.finish();
    insta::assert_snapshot!(world.told(), @r#"
    node-0 is prepared
    node-1 is prepared
    node-0 package-0: start 1
    node-1 package-0: start 1
    node-1 package-0: succeeded
    node-1 package-1: start 1
    node-1 package-1: succeeded
    node-0 package-0: succeeded
    node-0 package-1: start 1
    node-0 package-1: succeeded
    node-0 ends as Ready: -
    node-1 ends as Ready: -
    the run ends as Succeeded
    "#);
}

#[test]
fn a_dry_run_has_neither_canaries_nor_health() {
    let mut plan = plan(&[vec![Run], vec![Run]]);
    plan.rollout = Rollout {
        health: vec!["healthy".to_owned()],
        pause_seconds: 60,
        ..canary()
    };
    let mut world = World::new(plan, identity(RunKind::DryRun));
    while !world.open.is_empty() {
        let waits =
            |command: &Command| matches!(command, Command::Health { .. } | Command::Wait { .. });
        assert!(!world.open.iter().any(waits));
        world.answer(0, Answer::Well);
    }
    assert_eq!(world.outcome(), Some(RunState::Succeeded));
}

#[test]
fn nodes_that_did_not_answer_have_failed_from_the_beginning() {
    let with_absent = |rollout: Rollout, answer: Answer| {
        let mut plan = plan(&vec![vec![Run; 2]; 2]);
        plan.rollout = rollout;
        plan.unreachable = [(name("node-9"), "no route".to_owned())].into();
        let mut world = World::new(plan, identity(RunKind::Deploy));
        act(&mut world, 0, answer);
        world.finish();
        world.machine.outcome().unwrap()
    };
    let tolerant = |most| Rollout {
        max_failures: Some(most),
        ..Rollout::default()
    };
    assert_eq!(with_absent(tolerant(1), Answer::Well), RunState::Partial);
    assert_eq!(with_absent(tolerant(1), Answer::Fail), RunState::Failed);
    assert_eq!(with_absent(tolerant(2), Answer::Fail), RunState::Partial);
    let of_group = |most| {
        let mut group = group(&[0], most);
        group.nodes.push(name("node-9"));
        Rollout {
            groups: vec![group],
            ..Rollout::default()
        }
    };
    assert_eq!(with_absent(of_group(1), Answer::Fail), RunState::Failed);
    assert_eq!(with_absent(of_group(2), Answer::Fail), RunState::Partial);
}

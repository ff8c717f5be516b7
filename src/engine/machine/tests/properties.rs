//! Any plan, any order of answers, any failures, a stop at any moment. What must hold on
//! the way is checked by [`History`](super::history::History).

use proptest::prelude::*;
use proptest::sample::Index;

use super::world::{Answer, World};
use crate::engine::event::{Event, NodeState, RunKind, RunState, StopAfter};
use crate::engine::fixture::{identity, name, plan, skip};
use crate::engine::machine::{OnFailure, RunIdentity};
use crate::manifest;
use crate::name::Name;
use crate::plan::{Action, Batch, BatchKind, GroupLimit, Plan, Rollout};
use crate::store::fold::TaskState;

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        2 => Just(Action::Nothing),
        4 => Just(Action::Run),
        2 => Just(Action::RunAndReboot),
        1 => any::<bool>().prop_map(|reboots| Action::TakeUp {
            run: name("run-1"),
            number: 1,
            reboots,
        }),
        1 => any::<bool>().prop_map(|reboot| Action::Finish {
            run: name("run-1"),
            number: 1,
            reboot,
        }),
    ]
}

fn any_plan() -> impl Strategy<Value = Plan> {
    let rows = (1usize..5, 0usize..5).prop_flat_map(|(packages, nodes)| {
        prop::collection::vec(prop::collection::vec(action(), packages), nodes)
    });
    let skipped = prop::option::weighted(0.2, any::<Index>());
    (rows, skipped, any_rollout()).prop_map(|(rows, skipped, rollout)| {
        let mut plan = plan(&rows);
        if let Some(index) = skipped.filter(|_| !rows.is_empty()) {
            skip(&mut plan, index.index(rows.len()));
        }
        with_rollout(plan, rollout)
    })
}

/// Batches of so many nodes each, the first ones canaries or not, and limits.
fn any_rollout() -> impl Strategy<Value = (Rollout, Vec<u8>)> {
    let how = prop_oneof![
        Just(manifest::Strategy::Lockstep),
        Just(manifest::Strategy::Free)
    ];
    let limits = (
        prop::option::of(1u32..4),
        prop::option::of(0u32..4),
        prop::option::of((0u32..3, 1usize..5)),
    );
    let batches = (prop::collection::vec(1u8..4, 0..4), any::<bool>());
    let between = (0u32..2, any::<bool>(), 0u32..2);
    (how, batches, limits, between).prop_map(|(strategy, (sizes, canaries), limits, between)| {
        let (max_in_flight, max_failures, group) = limits;
        let kind = |at: usize| match canaries && at == 0 {
            true => BatchKind::Canaries,
            false => BatchKind::Ordinary,
        };
        let batch = |at: usize| Batch {
            kind: kind(at),
            nodes: Vec::new(),
        };
        let group = group.map(|(max_failures, size)| GroupLimit {
            group: name("group"),
            nodes: (0..size).map(|at| name(&format!("node-{at}"))).collect(),
            max_failures,
        });
        let rollout = Rollout {
            strategy,
            batches: (0..sizes.len()).map(batch).collect(),
            max_in_flight,
            max_failures,
            groups: group.into_iter().collect(),
            pause_seconds: between.0,
            health: between
                .1
                .then(|| "healthy".to_owned())
                .into_iter()
                .collect(),
            step_retries: between.2,
            ..Rollout::default()
        };
        (rollout, sizes)
    })
}

/// Fills the batches with the plan's nodes, the last ones first.
fn with_rollout(mut plan: Plan, (rollout, sizes): (Rollout, Vec<u8>)) -> Plan {
    let nodes: Vec<_> = plan.nodes.iter().map(|node| node.node.clone()).collect();
    let mut nodes = nodes.into_iter().rev();
    plan.rollout = rollout;
    for (batch, size) in plan.rollout.batches.iter_mut().zip(sizes) {
        batch.nodes = nodes.by_ref().take(size.into()).collect();
    }
    // What has no task is in no batch of a plan.
    let with_work = |node: &Name| {
        let planned = plan.nodes.iter().find(|planned| planned.node == *node);
        planned.is_some_and(|planned| planned.work() > 0)
    };
    for batch in &mut plan.rollout.batches {
        batch.nodes.retain(with_work);
    }
    // Of the nodes that may fail, half did not answer.
    let absent = plan.rollout.max_failures.unwrap_or_default() / 2;
    let absent = (0..absent).map(|at| (name(&format!("absent-{at}")), "no route".to_owned()));
    plan.unreachable = absent.collect();
    for (at, package) in plan.packages.iter_mut().enumerate() {
        package.bundle.idempotent = at % 2 == 0;
    }
    plan
}

fn any_identity() -> impl Strategy<Value = RunIdentity> {
    let kind = prop_oneof![3 => Just(RunKind::Deploy), 1 => Just(RunKind::DryRun)];
    let policy = prop_oneof![3 => Just(OnFailure::EndRun), 1 => Just(OnFailure::GoOnWithNode)];
    (kind, policy).prop_map(|(kind, on_failure)| RunIdentity {
        on_failure,
        ..identity(kind)
    })
}

fn answer() -> impl Strategy<Value = Answer> {
    prop_oneof![
        12 => Just(Answer::Well),
        1 => Just(Answer::Fail),
        1 => Just(Answer::Lose),
        1 => Just(Answer::Lie),
        1 => Just(Answer::Break),
        1 => Just(Answer::Killed),
    ]
}

/// Which command is answered next, and how.
fn script() -> impl Strategy<Value = Vec<(Index, Answer)>> {
    prop::collection::vec((any::<Index>(), answer()), 0..60)
}

/// Follows the script to the end of the run, and stops where it says.
fn play(
    mut world: World,
    script: &[(Index, Answer)],
    stops: &[(usize, Option<StopAfter>)],
) -> World {
    let mut answers = script.iter();
    for moment in 0.. {
        for (_, wish) in stops.iter().filter(|(when, _)| *when == moment) {
            match wish {
                Some(after) => world.stop_after(*after),
                None => world.kill(),
            }
        }
        if world.open.is_empty() {
            break;
        }
        match answers.next() {
            Some((at, answer)) => world.answer(at.index(world.open.len()), *answer),
            None => world.answer(0, Answer::Well),
        }
    }
    world
}

/// An operator's stop, and when.
fn stop() -> impl Strategy<Value = (usize, Option<StopAfter>)> {
    let wish = prop_oneof![
        2 => Just(Some(StopAfter::Task)),
        1 => Just(Some(StopAfter::Package)),
        1 => Just(Some(StopAfter::Node)),
        1 => Just(None),
    ];
    (0usize..20, wish)
}

/// How a run of such nodes ends (design of the engine, states).
fn expected(world: &World) -> RunState {
    let ended = world.history.ended();
    let any = |state: NodeState| ended.values().any(|ended| *ended == state);
    let stops = |event: &Event| matches!(event, Event::StopRequested { .. });
    let is_stopped = world.history.events.iter().any(stops);
    if any(NodeState::InDoubt) {
        RunState::InDoubt
    } else if world.history.is_too_much {
        RunState::Failed
    } else if any(NodeState::Stopped) || world.history.any_killed() {
        assert!(
            is_stopped,
            "only a stop leaves something undone without a failure"
        );
        RunState::Stopped
    } else if any(NodeState::Error) || any(NodeState::Unreachable) || world.plan.leaves_something()
    {
        RunState::Partial
    } else {
        RunState::Succeeded
    }
}

/// How the tasks of a node stand decides how the node stands; the facts decide the rest.
fn nodes_follow_from_tasks(world: &World) {
    for (node, state) in world.history.ended() {
        let over = world.history.over().iter();
        let tasks: Vec<_> = over
            .filter(|(id, _)| id.node == *node)
            .map(|(_, state)| *state)
            .collect();
        let has = |state: TaskState| tasks.contains(&state);
        let is_done = tasks.iter().all(|state| *state == TaskState::Succeeded);
        match state {
            NodeState::Ready => assert!(is_done),
            NodeState::InDoubt => assert!(has(TaskState::InDoubt)),
            NodeState::Stopped => assert!(!is_done && !has(TaskState::Failed)),
            NodeState::Error | NodeState::Unreachable => {}
        }
        assert!(*state == NodeState::InDoubt || !has(TaskState::InDoubt));
    }
}

proptest! {
    #[test]
    fn every_run_comes_to_one_honest_end(
        plan in any_plan(),
        identity in any_identity(),
        script in script(),
        stops in prop::collection::vec(stop(), 0..3),
    ) {
        let world = play(World::new(plan, identity), &script, &stops);
        let outcome = world.outcome().expect("an end");
        nodes_follow_from_tasks(&world);
        prop_assert_eq!(outcome, expected(&world));
        world.history.close(outcome);
    }

    #[test]
    fn without_failures_the_order_of_answers_changes_nothing(
        plan in any_plan(),
        order in prop::collection::vec(any::<Index>(), 0..60),
    ) {
        let script: Vec<_> = order.into_iter().map(|at| (at, Answer::Well)).collect();
        let world = play(World::new(plan.clone(), identity(RunKind::Deploy)), &script, &[]);
        let wanted = if plan.leaves_something() { RunState::Partial } else { RunState::Succeeded };
        prop_assert_eq!(world.outcome(), Some(wanted));
        world.history.close(wanted);
    }
}

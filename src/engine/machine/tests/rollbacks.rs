//! What a failed run undoes, and what a run that undoes another one comes to. What must
//! hold on the way is checked by [`History`](super::history::History).

use proptest::prelude::*;
use proptest::sample::Index;

use super::world::{Answer, World, failure};
use crate::engine::event::{Event, RunKind, RunState};
use crate::engine::fixture::{identity, plan, undoable, undoing, watched};
use crate::engine::machine::{Command, Input};
use crate::failure::FailureClass;
use crate::node::attempt::StepKind;
use crate::plan::Action::{self, Run};
use crate::plan::{Batch, BatchKind, NoUndo, Plan, Undo, Verdict};
use crate::store::fold::TaskState;

fn two_by_two() -> Plan {
    let mut plan = plan(&[vec![Run, Run], vec![Run, Run]]);
    undoable(&mut plan);
    plan
}

fn world(plan: Plan) -> World {
    World::new(plan, identity(RunKind::Deploy))
}

/// Answers well until a number of acts were answered.
fn after_acts(world: &mut World, acts: usize) {
    for _ in 0..acts {
        let at = world.until_acting();
        world.answer(at, Answer::Well);
    }
}

#[test]
fn a_failed_run_undoes_what_it_changed_last_first_after_the_evidence() {
    let mut world = world(two_by_two());
    after_acts(&mut world, 3);
    let at = world.until_acting();
    world.answer(at, Answer::Fail);
    world.finish();
    let told = world.told();
    let (_, told) = told
        .split_once("node-1 package-1: failed, it was script\n")
        .unwrap();
    insta::assert_snapshot!(told, @r"
    node-1 keeps its evidence
    node-0 package-1: undo 2
    node-1 package-1: undo 2
    node-0 package-1: succeeded
    node-1 package-1: succeeded
    node-0 package-0: undo 2
    node-1 package-0: undo 2
    node-0 package-0: succeeded
    node-1 package-0: succeeded
    node-0 ends as Stopped: what the run changed is undone
    node-1 ends as Error: package-1 failed; what the run changed is undone
    the run ends as RolledBack
    ");
    world.history.close(RunState::RolledBack);
}

#[test]
fn no_more_is_undone_at_a_time_than_may_go_on() {
    let mut plan = two_by_two();
    plan.rollout.max_in_flight = Some(1);
    let mut world = world(plan);
    after_acts(&mut world, 3);
    let at = world.until_acting();
    world.answer(at, Answer::Fail);
    world.finish();
    let told = world.told();
    let (_, told) = told.split_once("keeps its evidence\n").unwrap();
    insta::assert_snapshot!(told, @r"
    node-0 package-1: undo 2
    node-0 package-1: succeeded
    node-1 package-1: undo 2
    node-1 package-1: succeeded
    node-0 package-0: undo 2
    node-0 package-0: succeeded
    node-1 package-0: undo 2
    node-1 package-0: succeeded
    node-0 ends as Stopped: what the run changed is undone
    node-1 ends as Error: package-1 failed; what the run changed is undone
    the run ends as RolledBack
    ");
    world.history.close(RunState::RolledBack);
}

#[test]
fn an_undo_that_fails_is_the_last_one() {
    let mut world = world(two_by_two());
    after_acts(&mut world, 3);
    let at = world.until_acting();
    world.answer(at, Answer::Fail);
    let at = world.until_acting();
    world.answer(at, Answer::Fail);
    world.finish();
    assert!(!world.told().contains("package-0: undo"));
    let view = world.history.close(RunState::RollbackFailed);
    let states: Vec<TaskState> = view.tasks.iter().map(|task| task.state).collect();
    let left = states
        .iter()
        .filter(|state| **state == TaskState::Succeeded);
    assert_eq!(left.count(), 2);
    assert!(states.contains(&TaskState::UndoFailed));
}

#[test]
fn what_cannot_be_undone_keeps_the_run_from_being_rolled_back() {
    let mut plan = two_by_two();
    plan.nodes[0].tasks[0].undo = Some(Undo::Impossible(NoUndo::NoStep));
    let mut world = world(plan);
    after_acts(&mut world, 3);
    let at = world.until_acting();
    world.answer(at, Answer::Fail);
    world.finish();
    assert_eq!(world.outcome(), Some(RunState::RollbackFailed));
}

#[test]
fn a_check_that_fails_has_changed_nothing() {
    let mut world = world(two_by_two());
    let at = world.until_acting();
    let Command::Act { task, .. } = world.open.remove(at) else {
        unreachable!("an act is open");
    };
    let mut failed = failure(FailureClass::Check);
    failed.step = Some(StepKind::Check);
    world.tell(Input::Ended {
        task,
        ending: crate::engine::event::Ending::Failed(failed),
    });
    world.finish();
    assert!(!world.told().contains("node-0 package-0: undo"));
    assert!(world.told().contains("node-1 package-0: undo 2"));
    world.history.close(RunState::RolledBack);
}

#[test]
fn a_stop_before_the_failure_leaves_things_as_they_are() {
    let mut world = world(two_by_two());
    let at = world.until_acting();
    world.stop();
    world.answer(at, Answer::Fail);
    world.finish();
    assert_eq!(world.outcome(), Some(RunState::Failed));
}

#[test]
fn a_task_that_rebooted_reboots_on_its_way_back() {
    let mut plan = plan(&[vec![Action::RunAndReboot, Run]]);
    undoable(&mut plan);
    let mut world = world(plan);
    after_acts(&mut world, 3);
    let at = world.until_acting();
    world.answer(at, Answer::Fail);
    world.finish();
    let told = world.told();
    let (_, back) = told.split_once("node-0 package-0: undo 2").unwrap();
    assert!(
        back.contains("reboot since boot-1") && back.contains("finish run-2/2"),
        "{told}"
    );
    world.history.close(RunState::RolledBack);
}

#[test]
fn a_run_that_undoes_another_succeeds_where_all_is_undone() {
    let mut plan = plan(&[vec![Run, Run], vec![Run, Action::Nothing]]);
    undoing(&mut plan);
    let mut world = World::new(plan, identity(RunKind::Rollback));
    world.finish();
    insta::assert_snapshot!(world.told(), @r"
    node-0 is prepared
    node-1 is prepared
    node-0 package-0: undo 1
    node-1 package-0: undo 1
    node-0 package-0: succeeded
    node-1 package-0: succeeded
    node-0 package-1: undo 1
    node-0 package-1: succeeded
    node-0 ends as Ready: -
    node-1 ends as Ready: -
    the run ends as Succeeded
    ");
    world.history.close(RunState::Succeeded);
}

#[test]
fn a_run_that_cannot_undo_something_says_so() {
    let mut plan = plan(&[vec![Run, Run], vec![Run, Run]]);
    undoing(&mut plan);
    let mut world = World::new(plan, identity(RunKind::Rollback));
    let at = world.until_acting();
    world.answer(at, Answer::Fail);
    world.finish();
    let view = world.history.close(RunState::RollbackFailed);
    assert_eq!(view.tasks[0].state, TaskState::UndoFailed);
}

fn answer() -> impl Strategy<Value = Answer> {
    prop_oneof![
        12 => Just(Answer::Well),
        2 => Just(Answer::Fail),
        1 => Just(Answer::Lose),
        1 => Just(Answer::Lie),
        2 => Just(Answer::Undone),
    ]
}

fn any_rows() -> impl Strategy<Value = Vec<Vec<Action>>> {
    let action = prop_oneof![
        1 => Just(Action::Nothing),
        4 => Just(Run),
        2 => Just(Action::RunAndReboot),
    ];
    (1usize..4, 1usize..4).prop_flat_map(move |(packages, nodes)| {
        prop::collection::vec(prop::collection::vec(action.clone(), packages), nodes)
    })
}

proptest! {
    #[test]
    fn a_failed_run_is_rolled_back_or_says_that_it_is_not(
        rows in any_rows(),
        is_rollback in any::<bool>(),
        has_canary in any::<bool>(),
        is_watched in any::<bool>(),
        script in prop::collection::vec((any::<Index>(), answer()), 0..80),
        stop in prop::option::of(0usize..30),
    ) {
        let mut plan = plan(&rows);
        let kind = match is_rollback {
            true => RunKind::Rollback,
            false => RunKind::Deploy,
        };
        match is_rollback {
            true => undoing(&mut plan),
            false => undoable(&mut plan),
        }
        if is_watched {
            watched(&mut plan);
        }
        let mut with_work = plan.nodes.iter().filter(|node| node.verdict == Verdict::Deploy);
        if let Some(canary) = with_work.next().filter(|_| has_canary && !is_rollback) {
            let (kind, nodes) = (BatchKind::Canaries, vec![canary.node.clone()]);
            plan.rollout.batches = vec![Batch { kind, nodes }];
        }
        let mut world = World::new(plan, identity(kind));
        let mut script = script.iter();
        for moment in 0.. {
            if stop == Some(moment) {
                world.stop();
            }
            if world.open.is_empty() {
                break;
            }
            let (at, answer) = script.next().map_or((0, Answer::Well), |(at, answer)| {
                (at.index(world.open.len()), *answer)
            });
            world.answer(at, answer);
        }
        let outcome = world.outcome().expect("an end");
        let is_gathered = |event: &Event| matches!(event, Event::EvidenceGathered { .. });
        let turned_back = world.history.events.iter().any(is_gathered);
        let view = world.history.close(outcome);
        let left = |state| view.tasks.iter().any(|task| task.state == state);
        if outcome == RunState::RolledBack {
            prop_assert!(turned_back || is_watched);
            prop_assert!(!left(TaskState::Succeeded) && !left(TaskState::UndoFailed));
        }
        if left(TaskState::UndoFailed) {
            prop_assert!(matches!(outcome, RunState::RollbackFailed | RunState::InDoubt));
        }
        if turned_back {
            prop_assert!(!matches!(outcome, RunState::Succeeded | RunState::Failed));
        }
    }
}

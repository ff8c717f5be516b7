//! Nodes that went back by themselves, because nobody confirmed what was done there.

use super::world::{Answer, World, failure};
use crate::document::YesNo;
use crate::engine::event::{Ending, Event, RunKind, RunState};
use crate::engine::fixture::{identity, plan, undoable, watched};
use crate::engine::machine::{Command, Input};
use crate::failure::FailureClass;
use crate::node::attempt::StepKind;
use crate::plan::Action::Run;
use crate::plan::{NoUndo, Plan, Undo};
use crate::store::fold::TaskState;

fn two_by_two() -> Plan {
    let mut plan = plan(&[vec![Run, Run], vec![Run, Run]]);
    undoable(&mut plan);
    watched(&mut plan);
    plan.rollout.rollback_on_failure = YesNo::No;
    plan
}

/// Answers an open act, and the others well.
fn answered(plan: Plan, answers: &[Answer]) -> World {
    let mut world = World::new(plan, identity(RunKind::Deploy));
    for answer in answers {
        let at = world.until_acting();
        world.answer(at, *answer);
    }
    world.finish();
    world
}

#[test]
fn a_run_whose_nodes_have_undone_everything_is_rolled_back() {
    let world = answered(two_by_two(), &[Answer::Undone, Answer::Undone]);
    let told = world.told();
    let reason = "ends as Error: the node went back by itself: nobody confirmed in time";
    for node in ["node-0", "node-1"] {
        assert!(told.contains(&format!("{node} {reason}\n")), "{told}");
    }
    world.history.close(RunState::RolledBack);
}

#[test]
fn a_run_that_changed_something_else_has_failed() {
    let world = answered(two_by_two(), &[Answer::Undone, Answer::Well]);
    let view = world.history.close(RunState::Failed);
    let states = view.tasks.iter().map(|task| task.state);
    let undone = states.filter(|state| *state == TaskState::Undone);
    assert_eq!(undone.count(), 1);
}

#[test]
fn what_a_node_has_undone_the_run_does_not_undo_again() {
    let mut plan = two_by_two();
    plan.rollout.rollback_on_failure = YesNo::Yes;
    let world = answered(plan, &[Answer::Undone, Answer::Well]);
    let told = world.told();
    assert!(!told.contains("node-0 package-0: undo "), "{told}");
    assert!(told.contains("node-1 package-0: undo 2"), "{told}");
    world.history.close(RunState::RolledBack);
}

#[test]
fn after_a_way_back_that_failed_nothing_is_undone() {
    for undoes in [YesNo::No, YesNo::Yes] {
        let mut plan = two_by_two();
        plan.rollout.rollback_on_failure = undoes;
        let mut world = World::new(plan, identity(RunKind::Deploy));
        let at = world.until_acting();
        let Command::Act { task, .. } = world.open.remove(at) else {
            unreachable!("an act is open");
        };
        let mut failed = failure(FailureClass::Script);
        failed.step = Some(StepKind::Rollback);
        world.tell(Input::Ended {
            task,
            ending: Ending::Failed(failed),
        });
        world.finish();
        assert!(!world.told().contains(": undo "), "{}", world.told());
        let view = world.history.close(RunState::RollbackFailed);
        let mut states = view.tasks.iter().map(|task| task.state);
        assert!(states.any(|state| state == TaskState::UndoFailed));
    }
}

#[test]
fn a_node_that_was_not_to_go_back_is_not_believed() {
    let mut plan = two_by_two();
    plan.nodes[0].tasks[0].undo = Some(Undo::Impossible(NoUndo::NoPrevious));
    let world = answered(plan, &[Answer::Undone]);
    let is_undone = |event: &Event| {
        matches!(
            event,
            Event::Ended {
                ending: Ending::Undone(_),
                ..
            }
        )
    };
    assert!(!world.history.events.iter().any(is_undone));
    assert!(world.told().contains("which is not planned"));
    world.history.close(RunState::Failed);
}

#[test]
fn a_record_that_does_not_say_so_proves_nothing() {
    let mut world = World::new(two_by_two(), identity(RunKind::Deploy));
    for _ in 0..2 {
        let at = world.until_acting();
        world.answer(at, Answer::Undone);
    }
    let checks = |command: &Command| matches!(command, Command::Check { .. });
    while let Some(at) = world.open.iter().position(checks) {
        world.answer(at, Answer::Lie);
    }
    world.history.close(RunState::Failed);
}

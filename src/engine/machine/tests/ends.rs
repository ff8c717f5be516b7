//! The end of a run: what is on a node counts, not what was sent there.

use super::world::{Answer, World};
use crate::engine::event::{RunKind, RunState, StopAfter};
use crate::engine::fixture::{identity, plan};
use crate::engine::machine::Input;
use crate::plan::Action::Run;

fn world(kind: RunKind) -> World {
    World::new(plan(&[vec![Run, Run]]), identity(kind))
}

/// Answers the tasks well and the question for facts as told.
fn checked(kind: RunKind, answer: Answer) -> World {
    let mut world = world(kind);
    for _ in 0..3 {
        world.answer(0, Answer::Well);
    }
    world.answer(0, answer);
    world
}

#[test]
fn a_node_without_the_records_is_in_error() {
    let world = checked(RunKind::Deploy, Answer::Lie);
    insta::assert_snapshot!(world.told(), @r"
    node-0 is prepared
    node-0 package-0: start 1
    node-0 package-0: succeeded
    node-0 package-1: start 1
    node-0 package-1: succeeded
    node-0 ends as Error: /etc/releases has no line for package-0 3.1.0-20220101T000000Z_aaaaaaa
    the run ends as Failed
    ");
}

#[test]
fn a_node_that_does_not_answer_at_the_end_is_unreachable() {
    let world = checked(RunKind::Deploy, Answer::Lose);
    insta::assert_snapshot!(world.told(), @r"
    node-0 is prepared
    node-0 package-0: start 1
    node-0 package-0: succeeded
    node-0 package-1: start 1
    node-0 package-1: succeeded
    node-0 ends as Unreachable: cannot be reached: no route
    the run ends as Failed
    ");
}

#[test]
fn a_dry_run_expects_no_records() {
    let world = checked(RunKind::DryRun, Answer::Lie);
    assert_eq!(world.outcome(), Some(RunState::Succeeded));
}

#[test]
fn nothing_comes_after_the_end() {
    let mut world = checked(RunKind::Deploy, Answer::Well);
    assert_eq!(world.outcome(), Some(RunState::Succeeded));
    let prepared = Input::Prepared {
        node: 0,
        result: Ok(()),
    };
    let checked = Input::Checked {
        node: 0,
        facts: Box::new(Err("lost".to_owned())),
    };
    let ended = Input::Ended {
        task: 0,
        ending: crate::engine::event::Ending::Succeeded { seconds: 1 },
    };
    for input in [
        prepared,
        checked,
        ended,
        Input::StopRequested {
            after: StopAfter::Task,
        },
        Input::KillRequested,
    ] {
        let step = world.machine.handle(input);
        assert!(step.events.is_empty() && step.commands.is_empty());
    }
}

#![expect(clippy::unwrap_used, reason = "a test ends where a value is missing")]

use proptest::prelude::*;

use std::collections::BTreeMap;

use super::*;
use crate::engine::event::{
    Act, Ending, NodeState, RunStart, RunState, Skip, StopAfter, TaskId, TaskStart,
};
use crate::failure::FailureClass;
use crate::name::Name;
use crate::node::facts::BootId;
use crate::store::sample::{
    self, attempt, ended, failed, failure, id, intended, name, node_ended, planned, prepared,
    reboot, record, run_ended, skipped, succeeded,
};

fn start() -> Event {
    sample::start(&record())
}

/// Numbers events and gives each a second.
fn entries(events: impl IntoIterator<Item = Event>) -> Vec<Entry> {
    let number = |(seq, event)| Entry {
        seq,
        time: Timestamp::from_second(seq as i64).unwrap(),
        event,
    };
    (1..).zip(events).map(number).collect()
}

fn view(events: Vec<Event>) -> RunView {
    fold(&record(), &entries(events)).unwrap()
}

fn wrong(events: Vec<Event>) -> String {
    fold(&record(), &entries(events)).unwrap_err().to_string()
}

/// One line for each task and node.
fn told(view: &RunView) -> String {
    let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    let task = |task: &TaskView| {
        let (id, reason) = (Task::from(&task.id), or_dash(&task.reason));
        format!(
            "{id}: {} after {}: {reason}\n",
            task.state.word(),
            task.attempts
        )
    };
    let node = |(node, view): (&Name, &NodeView)| {
        format!("{node}: {}: {}\n", view.state.word(), or_dash(&view.reason))
    };
    let tasks: String = view.tasks.iter().map(task).collect();
    let nodes: String = view.nodes.iter().map(node).collect();
    format!("{}\n{tasks}{nodes}", view.state.word())
}

fn eventful() -> Vec<Event> {
    sample::eventful(&record())
}

#[test]
fn tells_an_eventful_run() {
    let view = view(eventful());
    insta::assert_snapshot!(told(&view), @r"
    failed
    hostos/boot on node-1: succeeded after 1: -
    hostos/boot on node-2: failed after 2: deploy ended with code 3
    hostos/base on node-1: stopped after 0: the operator stopped the run
    hostos/base on node-2: skipped after 0: boot failed on this node
    node-1: stopped: -
    node-2: error: deploy ended with code 3
    node-3: skipped: another major
    node-4: ready: nothing to do
    ");
    let boot_1 = &view.tasks[0];
    assert_eq!(
        (boot_1.started, boot_1.ended),
        (
            Timestamp::from_second(4).ok(),
            Timestamp::from_second(13).ok()
        )
    );
    assert_eq!(
        (boot_1.seconds, view.ended),
        (Some(7), Timestamp::from_second(19).ok())
    );
}

#[test]
fn a_run_that_died_is_settled_without_guessing() {
    let mut view = view(eventful()[..10].to_vec());
    assert_eq!(view.state, RunState::Running);
    view.interrupt();
    insta::assert_snapshot!(told(&view), @r"
    interrupted
    hostos/boot on node-1: stopped after 1: the run's process died before its end
    hostos/boot on node-2: in-doubt after 2: the run's process died during it
    hostos/base on node-1: stopped after 0: the run's process died before it
    hostos/base on node-2: stopped after 0: the run's process died before it
    node-1: stopped: the run's process died
    node-2: in-doubt: the run's process died during it
    node-3: skipped: another major
    node-4: ready: nothing to do
    ");
    let closed = [&eventful()[..10], &[run_ended(RunState::Interrupted)]].concat();
    assert_eq!(told(&self::view(closed)), told(&view));
}

#[test]
fn a_run_that_died_before_its_start_has_an_end() {
    let view = view(vec![run_ended(RunState::Interrupted)]);
    assert_eq!((view.state, view.tasks.len()), (RunState::Interrupted, 0));
}

#[test]
fn an_unreachable_node_is_told_from_a_failed_one() {
    let gone = failure(FailureClass::Unreachable, "cannot be reached: no route");
    let full = failure(FailureClass::Space, "has no space left: 3 MiB");
    let view = view(vec![
        start(),
        Event::NodeFailed {
            node: name("node-1"),
            failure: gone,
        },
        Event::NodeFailed {
            node: name("node-2"),
            failure: full,
        },
        skipped(&id("boot", "node-1"), Skip::NodeFailed { package: None }),
        skipped(
            &id("boot", "node-2"),
            Skip::RunFailed {
                node: name("node-1"),
            },
        ),
    ]);
    insta::assert_snapshot!(told(&view), @r"
    running
    hostos/boot on node-1: skipped after 0: the node could not be made ready
    hostos/boot on node-2: skipped after 0: the run ended because of node-1
    hostos/base on node-1: pending after 0: -
    hostos/base on node-2: pending after 0: -
    node-1: unreachable: cannot be reached: no route
    node-2: error: has no space left: 3 MiB
    node-3: skipped: another major
    node-4: ready: nothing to do
    ");
}

#[test]
fn what_is_in_doubt_stays_in_doubt() {
    let doubt = failure(FailureClass::InDoubt, "there is no receipt");
    let boot = id("boot", "node-1");
    let events = vec![
        start(),
        attempt(&boot, 1),
        ended(&boot, Ending::InDoubt(doubt)),
    ];
    let seen = view(events.clone());
    assert_eq!(seen.tasks[0].state, TaskState::InDoubt);
    assert_eq!(seen.nodes["node-1"].state, NodeStatus::InDoubt);
    let again = [events, vec![attempt(&boot, 2)]].concat();
    assert_eq!(
        wrong(again),
        "event 4 is impossible: hostos/boot on node-1 is over"
    );
}

#[test]
fn says_what_is_impossible_and_where() {
    let boot = id("boot", "node-1");
    let other = Event::RunStarted(RunStart {
        epoch: 4,
        ..sample::run_start(&record())
    });
    let planned_twice = Event::RunStarted(RunStart {
        tasks: vec![planned("boot", "node-1"), planned("boot", "node-1")],
        ..sample::run_start(&record())
    });
    let lost = Event::NodeFailed {
        node: name("node-1"),
        failure: failure(FailureClass::Auth, "refused the login"),
    };
    let all_done = |state| {
        let tasks = ["node-1", "node-2"]
            .map(|node| [id("boot", node), id("base", node)])
            .concat();
        let skips = tasks.iter().map(|task| skipped(task, Skip::Stopped));
        [vec![start()], skips.collect(), vec![run_ended(state)]].concat()
    };
    let cases = [
        vec![prepared("node-1")],
        vec![start(), start()],
        vec![other],
        vec![planned_twice],
        vec![run_ended(RunState::Failed)],
        [
            all_done(RunState::Stopped),
            vec![Event::StopRequested {
                after: StopAfter::Task,
            }],
        ]
        .concat(),
        all_done(RunState::Succeeded),
        all_done(RunState::Running),
        vec![start(), run_ended(RunState::Failed)],
        vec![start(), succeeded(&boot)],
        vec![start(), attempt(&boot, 2)],
        vec![start(), attempt(&boot, 1), attempt(&boot, 2)],
        vec![start(), attempt(&boot, 1), skipped(&boot, Skip::Stopped)],
        vec![start(), attempt(&boot, 1), succeeded(&boot), failed(&boot)],
        vec![
            start(),
            attempt(&boot, 1),
            succeeded(&boot),
            attempt(&boot, 2),
        ],
        vec![start(), reboot(&boot), succeeded(&boot)],
        vec![
            start(),
            Event::StopRequested {
                after: StopAfter::Task,
            },
            attempt(&boot, 1),
        ],
        vec![start(), attempt(&id("boot", "node-9"), 1)],
        vec![start(), prepared("node-9")],
        vec![start(), prepared("node-1"), prepared("node-1")],
        vec![start(), lost, attempt(&boot, 1)],
        vec![
            start(),
            attempt(&boot, 1),
            node_ended("node-1", NodeState::Ready),
        ],
        vec![
            start(),
            node_ended("node-1", NodeState::Ready),
            attempt(&boot, 1),
        ],
    ];
    insta::assert_snapshot!(cases.map(wrong).join("\n"), @r"
    event 1 is impossible: the run has not started
    event 2 is impossible: the run has started before
    event 1 is impossible: the run's start and its record do not agree
    event 1 is impossible: hostos/boot on node-1 is planned twice
    event 1 is impossible: the run has not started
    event 7 is impossible: the run is over
    event 6 is impossible: the run succeeds, and hostos/boot on node-1 did not
    event 6 is impossible: a run does not end as running
    event 2 is impossible: the run ends, and hostos/boot on node-1 has not
    event 2 is impossible: hostos/boot on node-1 ended something that was not intended
    event 2 is impossible: hostos/boot on node-1 cannot do this now
    event 3 is impossible: hostos/boot on node-1 begins something before the last thing ended
    event 3 is impossible: hostos/boot on node-1 begins something before the last thing ended
    event 4 is impossible: hostos/boot on node-1 ended something that was not intended
    event 4 is impossible: hostos/boot on node-1 is over
    event 3 is impossible: hostos/boot on node-1 cannot end like this
    event 3 is impossible: hostos/boot on node-1 begins although the run was to stop
    event 2 is impossible: hostos/boot on node-9 is not in the plan
    event 2 is impossible: node node-9 has no part in the run
    event 3 is impossible: node node-1 was prepared before
    event 3 is impossible: node node-1 could not be made ready
    event 3 is impossible: node node-1 is still doing something
    event 3 is impossible: node node-1 has ended before
    ");
}

#[test]
fn a_removed_event_is_noticed_or_changes_nothing_that_is_told_of_others() {
    let whole = eventful();
    for cut in 0..whole.len() {
        let mut events = whole.clone();
        let removed = events.remove(cut);
        let folded = fold(&record(), &entries(events));
        let harmless = matches!(
            removed,
            Event::NodePrepared { .. }
                | Event::StopRequested { .. }
                | Event::KillRequested
                | Event::NodeEnded { .. }
                | Event::RunEnded { .. }
        );
        assert_eq!(folded.is_ok(), harmless, "without {removed:?}: {folded:?}");
    }
}

#[test]
fn seventy_thousand_tasks_fold() {
    let nodes: Vec<String> = (0..10_000).map(|number| format!("node-{number}")).collect();
    let packages = ["a", "b", "c", "d", "e", "f", "g"];
    let tasks: Vec<TaskStart> = packages
        .iter()
        .flat_map(|package| nodes.iter().map(|node| planned(package, node)))
        .collect();
    let acts = tasks
        .iter()
        .flat_map(|task| [attempt(&task.id, 1), succeeded(&task.id)]);
    let record = record();
    let start = Event::RunStarted(RunStart {
        run: record.run.clone(),
        kind: record.kind,
        mzone: record.mzone.clone(),
        epoch: record.epoch,
        tasks: tasks.clone(),
        skipped: BTreeMap::new(),
        unreachable: std::collections::BTreeMap::new(),
        up_to_date: Vec::new(),
    });
    let end = run_ended(RunState::Succeeded);
    let events = std::iter::once(start).chain(acts).chain([end]);
    let view = fold(&record, &entries(events)).unwrap();
    let done = view
        .tasks
        .iter()
        .filter(|task| task.state == TaskState::Succeeded);
    assert_eq!(done.count(), 70_000);
}

#[test]
fn a_node_that_did_not_answer_is_unreachable_from_the_beginning() {
    let Event::RunStarted(mut start) = start() else {
        unreachable!()
    };
    start.unreachable = [(name("node-9"), "no route".to_owned())].into();
    let view = view(vec![Event::RunStarted(start)]);
    let node = &view.nodes[&name("node-9")];
    assert_eq!(node.state, NodeStatus::Unreachable);
    assert_eq!(node.reason.as_deref(), Some("no route"));
}

/// What may happen to a task, as events in the order in which they must come.
fn life(task: TaskId) -> impl Strategy<Value = Vec<Event>> {
    let boot_id = BootId("b".to_owned());
    let waiting = ended(
        &task,
        Ending::AwaitingReboot {
            boot_id: boot_id.clone(),
        },
    );
    let back = ended(&task, Ending::Rebooted { boot_id });
    let finish = intended(
        &task,
        Act::Finish {
            run: record().run,
            number: 1,
        },
    );
    let (begin, retry, reboot) = (attempt(&task, 1), attempt(&task, 2), reboot(&task));
    let (good, bad) = (succeeded(&task), failed(&task));
    let doubt = ended(
        &task,
        Ending::InDoubt(failure(FailureClass::InDoubt, "no receipt")),
    );
    let never = skipped(
        &task,
        Skip::RunFailed {
            node: task.node.clone(),
        },
    );
    let rebooted = vec![begin.clone(), waiting, reboot, back, finish, good.clone()];
    prop::sample::select(vec![
        vec![begin.clone(), good.clone()],
        vec![begin.clone(), bad.clone()],
        vec![begin.clone(), bad, retry, good],
        vec![begin, doubt],
        rebooted,
        vec![never],
    ])
}

/// Shuffles lives into one journal, each in its own order.
fn journal() -> impl Strategy<Value = Vec<Event>> {
    let tasks = ["node-1", "node-2"]
        .map(|node| [id("boot", node), id("base", node)])
        .concat();
    let lives: Vec<_> = tasks.into_iter().map(life).collect();
    (
        lives,
        prop::collection::vec(any::<prop::sample::Index>(), 32),
    )
        .prop_map(|(mut lives, picks)| {
            let mut events = vec![start()];
            for pick in picks {
                lives.retain(|life| !life.is_empty());
                if !lives.is_empty() {
                    let life = pick.index(lives.len());
                    events.push(lives[life].remove(0));
                }
            }
            events.extend(lives.concat());
            events.push(run_ended(RunState::Failed));
            events
        })
}

proptest! {
    #[test]
    fn every_prefix_folds_and_its_interruption_leaves_nothing_open(events in journal()) {
        let entries = entries(events);
        for cut in 0..=entries.len() {
            let mut view = fold(&record(), &entries[..cut]).unwrap();
            prop_assert_eq!(&view, &fold(&record(), &entries[..cut]).unwrap());
            view.interrupt();
            prop_assert!(view.tasks.iter().all(|task| task.state.is_over() && task.doing.is_none()));
            prop_assert!(view.nodes.values().all(|node| !node.is_under_way()));
        }
    }

    #[test]
    fn an_event_twice_is_impossible(events in journal(), pick in any::<prop::sample::Index>()) {
        let mut doubled = events.clone();
        let place = pick.index(events.len());
        doubled.insert(place, events[place].clone());
        prop_assert!(fold(&record(), &entries(doubled)).is_err());
    }

    #[test]
    fn no_sequence_of_events_panics(picks in prop::collection::vec(any::<prop::sample::Index>(), 0..40)) {
        let pool = eventful();
        let events = picks.iter().map(|pick| pick.get(&pool).clone());
        let _ = fold(&record(), &entries(events));
    }
}

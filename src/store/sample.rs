#![expect(clippy::unwrap_used, reason = "a test ends where a value is missing")]
//! A small run, event by event, for tests.

use std::cell::Cell;

use camino::Utf8Path;
use jiff::Timestamp;

use super::{RunHandle, RunRecord, RunRequest, Store};
use crate::engine::event::{
    Act, Ending, Event, NodeState, RunKind, RunStart, RunState, Skip, StopAfter, TaskFailure,
    TaskId, TaskStart,
};
use crate::engine::journal::Journal;
use crate::failure::FailureClass;
use crate::name::Name;
use crate::node::facts::BootId;

pub(crate) fn name(text: &str) -> Name {
    text.parse().unwrap()
}

pub(crate) fn record() -> RunRecord {
    RunRecord {
        run: name("20261121T003334Z-4f2a9c"),
        mzone: name("mzone7204"),
        kind: RunKind::Deploy,
        epoch: 3,
        manifest: "zone.hjson".into(),
        begun: Timestamp::UNIX_EPOCH,
    }
}

pub(crate) fn id(package: &str, node: &str) -> TaskId {
    TaskId {
        node: name(node),
        component: name("hostos"),
        package: name(package),
    }
}

pub(crate) fn planned(package: &str, node: &str) -> TaskStart {
    TaskStart {
        id: id(package, node),
        bundle: name(package),
        tag: "1.2.3".parse().unwrap(),
        from_tag: None,
        reason: "not installed".to_owned(),
    }
}

/// Two packages on two nodes; a third node is left out, a fourth is up to date.
pub(crate) fn run_start(record: &RunRecord) -> RunStart {
    RunStart {
        run: record.run.clone(),
        kind: record.kind,
        mzone: record.mzone.clone(),
        epoch: record.epoch,
        tasks: vec![
            planned("boot", "node-1"),
            planned("boot", "node-2"),
            planned("base", "node-1"),
            planned("base", "node-2"),
        ],
        skipped: [(name("node-3"), "another major".to_owned())].into(),
        unreachable: std::collections::BTreeMap::new(),
        up_to_date: vec![name("node-4")],
    }
}

pub(crate) fn start(record: &RunRecord) -> Event {
    Event::RunStarted(run_start(record))
}

pub(crate) fn failure(class: FailureClass, message: &str) -> TaskFailure {
    TaskFailure {
        class,
        message: message.to_owned(),
        step: None,
    }
}

pub(crate) fn intended(task: &TaskId, act: Act) -> Event {
    Event::Intended {
        task: task.clone(),
        act,
    }
}

pub(crate) fn attempt(task: &TaskId, number: u32) -> Event {
    intended(task, Act::Start { number })
}

pub(crate) fn reboot(task: &TaskId) -> Event {
    let since = BootId("a".to_owned());
    intended(task, Act::Reboot { since })
}

pub(crate) fn ended(task: &TaskId, ending: Ending) -> Event {
    Event::Ended {
        task: task.clone(),
        ending,
    }
}

pub(crate) fn succeeded(task: &TaskId) -> Event {
    ended(task, Ending::Succeeded { seconds: 7 })
}

pub(crate) fn failed(task: &TaskId) -> Event {
    let failure = failure(FailureClass::Script, "deploy ended with code 3");
    ended(task, Ending::Failed(failure))
}

pub(crate) fn skipped(task: &TaskId, reason: Skip) -> Event {
    Event::TaskSkipped {
        task: task.clone(),
        reason,
    }
}

pub(crate) fn node_ended(node: &str, state: NodeState) -> Event {
    Event::NodeEnded {
        node: name(node),
        state,
        reason: None,
    }
}

pub(crate) fn run_ended(state: RunState) -> Event {
    Event::RunEnded { state }
}

pub(crate) fn prepared(node: &str) -> Event {
    Event::NodePrepared { node: name(node) }
}

/// A run in which everything happens that one run can hold: node 1 is stopped after its
/// first task, node 2 fails at its second attempt.
pub(crate) fn eventful(record: &RunRecord) -> Vec<Event> {
    let [boot_1, boot_2] = [id("boot", "node-1"), id("boot", "node-2")];
    let [base_1, base_2] = [id("base", "node-1"), id("base", "node-2")];
    let boot_id = BootId("b".to_owned());
    let earlier = name("20261120T000000Z-000001");
    let failed_before = Skip::NodeFailed {
        package: Some(name("boot")),
    };
    vec![
        start(record),
        prepared("node-1"),
        prepared("node-2"),
        attempt(&boot_1, 1),
        intended(
            &boot_2,
            Act::TakeUp {
                run: earlier,
                number: 2,
            },
        ),
        ended(
            &boot_1,
            Ending::AwaitingReboot {
                boot_id: boot_id.clone(),
            },
        ),
        reboot(&boot_1),
        failed(&boot_2),
        attempt(&boot_2, 1),
        ended(&boot_1, Ending::Rebooted { boot_id }),
        Event::StopRequested {
            after: StopAfter::Task,
        },
        intended(
            &boot_1,
            Act::Finish {
                run: record.run.clone(),
                number: 1,
            },
        ),
        succeeded(&boot_1),
        failed(&boot_2),
        skipped(&base_1, Skip::Stopped),
        skipped(&base_2, failed_before),
        node_ended("node-1", NodeState::Stopped),
        node_ended("node-2", NodeState::Error),
        run_ended(RunState::Failed),
    ]
}

/// Begins a run whose every event comes a second after the one before.
pub(crate) fn begin(state_dir: &Utf8Path, mzone: &str, kind: RunKind) -> RunHandle {
    let store = Store::open(state_dir).unwrap().with_clock(ticking);
    let request = RunRequest {
        manifest: "zones/mzone7204.hjson".into(),
        plan: r#"{"schema":1}"#.to_owned(),
        epoch_seen: 0,
    };
    store
        .lock(&name(mzone), kind)
        .unwrap()
        .begin(request)
        .unwrap()
}

/// Writes the first events of [`eventful`] as a run of a zone that goes on.
pub(crate) fn under_way(state_dir: &Utf8Path, mzone: &str, events: usize) -> RunHandle {
    let mut run = begin(state_dir, mzone, RunKind::Deploy);
    let record = run.record().clone();
    run.append(&eventful(&record)[..events]).unwrap();
    run
}

/// The first moment of [`ticking`], in a thread of its own.
pub(crate) const FIRST_SECOND: i64 = 1_795_221_214;

/// A clock that moves on by a second whenever it is looked at.
pub(crate) fn ticking() -> Timestamp {
    thread_local!(static SECOND: Cell<i64> = const { Cell::new(FIRST_SECOND) });
    let second = SECOND.replace(SECOND.get() + 1);
    Timestamp::from_second(second).unwrap()
}

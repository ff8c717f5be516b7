#![expect(clippy::unwrap_used, reason = "a test ends where a value is missing")]
//! A small run, event by event, for tests.

use jiff::Timestamp;

use super::run::RunRecord;
use crate::engine::event::{
    Act, Ending, Event, NodeState, RunKind, RunStart, RunState, Skip, TaskFailure, TaskId,
    TaskStart,
};
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

//! A scripted run for the tests of all reporters: three nodes, two packages, a failure,
//! a reboot, a node that is left out.

#![expect(clippy::unwrap_used, reason = "a test ends where a value is missing")]

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;

use super::known_errors::KnownErrors;
use super::look::{Look, Stream};
use super::output::Output;
use crate::component::{BUILT_IN, ComponentDefinition};
use crate::engine::event::*;
use crate::engine::observer::{Observer, Progress};
use crate::failure::FailureClass;
use crate::name::Name;
use crate::node::attempt::StepKind;
use crate::node::facts::BootId;

pub(super) const BOOT: &str = "hostos-boot-release";
pub(super) const CONFIG: &str = "hostos-config-release";

/// Always the same second.
pub(super) fn noon() -> Timestamp {
    "2026-11-21T12:00:01Z".parse().unwrap()
}

pub(super) fn name(text: &str) -> Name {
    text.parse().unwrap()
}

pub(super) fn task(node: &str, package: &str) -> TaskId {
    TaskId {
        node: name(node),
        component: name("hostos"),
        package: name(package),
    }
}

pub(super) fn failure(class: FailureClass, message: &str) -> TaskFailure {
    TaskFailure {
        class,
        message: message.into(),
        step: Some(StepKind::Deploy),
    }
}

pub(super) fn run_start(nodes: &[&str]) -> RunStart {
    let starts = [BOOT, CONFIG].into_iter().flat_map(|package| {
        nodes.iter().map(move |node| TaskStart {
            id: task(node, package),
            bundle: name(package),
            tag: "3.0.6-20220602T124916Z_887ca13".parse().unwrap(),
            from_tag: None,
            reason: "not installed".into(),
        })
    });
    RunStart {
        run: name("20261121T120000Z-4f2a"),
        kind: RunKind::Deploy,
        mzone: name("mzone7204"),
        epoch: 7,
        tasks: starts.collect(),
        skipped: [(name("node-9"), "it runs 2.x, the manifest wants 3.x".into())].into(),
        unreachable: std::collections::BTreeMap::new(),
        up_to_date: vec![name("node-8")],
    }
}

pub(super) fn started(node: &str, package: &str) -> Event {
    Event::Intended {
        task: task(node, package),
        act: Act::Start { number: 1 },
    }
}

pub(super) fn ended(node: &str, package: &str, ending: Ending) -> Event {
    Event::Ended {
        task: task(node, package),
        ending,
    }
}

pub(super) fn succeeded(node: &str, package: &str) -> Event {
    ended(node, package, Ending::Succeeded { seconds: 75 })
}

pub(super) fn node_ended(node: &str, state: NodeState, reason: Option<&str>) -> Event {
    Event::NodeEnded {
        node: name(node),
        state,
        reason: reason.map(str::to_owned),
    }
}

fn rebooting(node: &str) -> Vec<Event> {
    let boot = |id: &str| BootId(id.to_owned());
    let act = |act| Event::Intended {
        task: task(node, BOOT),
        act,
    };
    let (run, number) = (name("20261121T120000Z-4f2a"), 1);
    vec![
        started(node, BOOT),
        ended(node, BOOT, Ending::AwaitingReboot { boot_id: boot("a") }),
        act(Act::Reboot { since: boot("a") }),
        ended(node, BOOT, Ending::Rebooted { boot_id: boot("b") }),
        act(Act::Finish { run, number }),
        succeeded(node, BOOT),
    ]
}

/// The events of a run in which node-2 fails its second package, and node-3 is never
/// made ready.
pub(super) fn events() -> Vec<Event> {
    let mut events = vec![
        Event::RunStarted(run_start(&["node-1", "node-2", "node-3"])),
        Event::NodePrepared {
            node: name("node-1"),
        },
        Event::NodePrepared {
            node: name("node-2"),
        },
        Event::NodeFailed {
            node: name("node-3"),
            failure: failure(FailureClass::Space, "no space left on\u{1b}[2J device"),
        },
    ];
    events.extend([BOOT, CONFIG].map(|package| Event::TaskSkipped {
        task: task("node-3", package),
        reason: Skip::NodeFailed { package: None },
    }));
    events.extend(rebooting("node-1"));
    events.extend(rebooting("node-2"));
    events.extend([
        started("node-1", CONFIG),
        started("node-2", CONFIG),
        ended(
            "node-2",
            CONFIG,
            Ending::Failed(failure(
                FailureClass::Script,
                "the deploy step ended with code 3",
            )),
        ),
        Event::StopRequested {
            after: StopAfter::Task,
        },
        succeeded("node-1", CONFIG),
        node_ended("node-1", NodeState::Ready, None),
        node_ended(
            "node-2",
            NodeState::Error,
            Some("hostos-config-release failed"),
        ),
        node_ended("node-3", NodeState::Error, None),
        Event::RunEnded {
            state: RunState::Failed,
        },
    ]);
    events
}

/// What node-2 writes to the log of its second package.
pub(super) fn output() -> Vec<u8> {
    let mut output = Vec::new();
    for line in 1..=30 {
        output.extend(format!("step {line}\r\n").into_bytes());
    }
    output.extend(
        b"\x1b[31mERROR\x1b[0m unable to morph node personality to master from compute \xff\n",
    );
    output
}

/// Plays the scripted run.
pub(super) fn play(observer: &dyn Observer) {
    observer.progress(&Progress::Probing { nodes: 3 });
    for node in ["node-1", "node-2", "node-3"] {
        observer.progress(&Progress::Probed { node: name(node) });
    }
    for event in events() {
        if matches!(
            &event,
            Event::Ended {
                ending: Ending::Failed(_),
                ..
            }
        ) {
            for chunk in output().chunks(7) {
                observer.log(&task("node-2", CONFIG), chunk);
            }
        }
        if matches!(&event, Event::NodeEnded { .. }) {
            observer.progress(&Progress::Checking {
                node: name("node-1"),
            });
        }
        observer.event(&event);
    }
}

/// The built-in definitions; node-2 is of an architecture that others look after.
pub(super) fn known_errors() -> KnownErrors {
    let (_, text) = BUILT_IN[0];
    let definition: ComponentDefinition = deser_hjson::from_str(text).unwrap();
    KnownErrors {
        definitions: [(name("hostos"), definition)].into(),
        architectures: [(name("node-2"), "s390x".to_owned())].into(),
    }
}

/// Remembers what is written.
#[derive(Clone, Default)]
pub(super) struct Paper(Arc<Mutex<Vec<u8>>>);

impl Paper {
    pub(super) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// The paper as a stream that is no terminal.
    pub(super) fn output(&self) -> Output {
        Output::new(Box::new(self.clone()), Stream::Other, Look::PLAIN)
    }
}

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

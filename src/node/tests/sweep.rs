//! The runner dies in the Nth of its system calls that write, for every N.
//!
//! strace counts the calls of the shell itself; the tools that it starts are cut before
//! and after their work by `crashes`.

use super::sandbox::{HISTORY, RELEASES, STAGE, Sandbox, Shell, request, start, take_up};
use crate::node::script::PATH;
use crate::node::{Follow, Node, NodeError, Purpose};

/// What changes a file or starts a process; `?` where not every machine has it.
const CALLS: [&str; 4] = ["write", "openat", "?clone", "?vfork"];

/// The fewest deaths of a sweep that swept anything.
const FEWEST: u32 = 40;

fn shell(words: Vec<&'static str>) -> Shell {
    let path = PATH.into();
    Shell { words, path }
}

/// strace, told to kill the shell in its Nth call of a kind.
fn dying(call: &str, number: u32) -> Vec<&'static str> {
    // One for each of a few hundred deaths.
    let inject: &'static str = format!("inject={call}:signal=KILL:when={number}").leak();
    vec!["strace", "-qq", "-o", "/dev/null", "-e", inject, "dash"]
}

pub(super) fn can_trace() -> bool {
    let traced = std::process::Command::new("strace")
        .args(["-qq", "-o", "/dev/null", "true"])
        .status();
    let can = traced.is_ok_and(|status| status.success());
    assert!(
        can || std::env::var_os("CI").is_none(),
        "strace cannot trace here"
    );
    if !can {
        eprintln!("skipped: strace cannot trace here");
    }
    can
}

const DEPLOYS: &str = "#!/bin/sh\necho x >> \"$DDT_ROOT/effects\"\n";

#[tokio::test]
async fn what_a_dead_runner_began_is_finished_or_in_doubt_and_never_done_twice() {
    if !can_trace() {
        return;
    }
    let (mut deaths, mut finished) = (0, 0);
    for call in CALLS {
        for number in 1.. {
            let sandbox = Sandbox::new(shell(vec!["dash"]));
            let Some(end) = dies(&sandbox, call, number).await else {
                break;
            };
            deaths += 1;
            finished += u32::from(end == End::Finished);
        }
    }
    assert!(deaths >= FEWEST, "the runner died {deaths} times only");
    assert!(finished > 0, "no death left anything to finish");
}

/// What became of an attempt whose runner died.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// It did not begin.
    Nothing,
    /// It began, and nobody knows how it ended.
    InDoubt,
    /// The next session found or wrote its end.
    Finished,
}

/// Runs an attempt whose runner dies in a call, and looks at it with another one; `None`
/// where the call was not reached.
async fn dies(sandbox: &Sandbox, call: &str, number: u32) -> Option<End> {
    sandbox.write(RELEASES, "");
    sandbox.write(STAGE, "before\n");
    let payload = sandbox
        .upload(&mut sandbox.node(), &[("deploy", DEPLOYS)])
        .await;
    let mut cut = sandbox.node_behind(&shell(dying(call, number)), Purpose::Deploy);
    cut.do_not_reconnect();
    if start(&mut cut, &request(payload.clone())).await.0.is_ok() {
        return None;
    }
    let mut node = sandbox.node();
    let follow = Follow {
        attempt: take_up(1),
        offset: 0,
    };
    let end = match node.follow(&follow, &mut |_| {}).await {
        Ok(_) => End::Finished,
        Err(NodeError::Vanished) => End::InDoubt,
        Err(NodeError::UnknownAttempt) => End::Nothing,
        Err(error) => panic!("{call} {number}: {error}"),
    };
    let again = start(&mut node, &request(payload)).await.0;
    match end {
        End::Nothing => assert!(again.is_ok(), "{call} {number}: {again:?}"),
        _ => assert_eq!(again, Err(NodeError::AlreadyStarted), "{call} {number}"),
    }
    let recorded = (
        sandbox.read(RELEASES).lines().count(),
        sandbox.read(STAGE),
        sandbox.read(HISTORY).lines().count(),
    );
    let effects = sandbox.read("effects");
    match end {
        End::InDoubt => {
            assert!(
                ["", "x\n"].contains(&effects.as_str()),
                "{call} {number}: {effects}"
            );
            assert_eq!(recorded, (0, "before\n".to_owned(), 0), "{call} {number}");
        }
        _ => {
            assert_eq!(effects, "x\n", "{call} {number}");
            assert_eq!(
                recorded,
                (1, "pre-config\n".to_owned(), 1),
                "{call} {number}"
            );
        }
    }
    Some(end)
}

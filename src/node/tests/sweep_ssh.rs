//! Processes of a session die over SSH, in the Nth of their system calls that write: the runner, the tools that it
//! starts and the step itself, whichever comes so far. ddt connects again, as it does in a run.
//!
//! strace counts for each process on its own; a spread of numbers is enough, because `sweep` has them all for the
//! runner alone.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::sandbox::{HISTORY, RELEASES, STAGE, Sandbox, Shell, request, start, take_up};
use super::sshd::Sshd;
use super::sweep::can_trace;
use crate::node::attempt::AttemptOutcome;
use crate::node::script::PATH;
use crate::node::{Follow, Node, NodeError};

/// What changes a file or starts a process; `?` where not every machine has it.
const CALLS: [&str; 5] = ["write", "openat", "?clone", "?vfork", "?rename,?renameat2"];

/// The fewest deaths of a sweep that swept anything.
const FEWEST: u32 = 30;

const DEPLOYS: &str = "#!/bin/sh\necho x >> \"$DDT_ROOT/effects\"\n";

/// What sshd runs instead of what it is asked to: the same, and once, where that was ordered, under strace.
fn wrapper(directory: &Path) -> String {
    format!(
        "#!/bin/sh\ncd '{}'\nif mv armed taken 2>/dev/null; then\n\
         exec strace -f -qq -o trace -e \"$(cat taken)\" sh -c \"$SSH_ORIGINAL_COMMAND\"\nfi\n\
         exec sh -c \"$SSH_ORIGINAL_COMMAND\"\n",
        directory.display()
    )
}

/// A server whose sessions die when that is ordered.
struct Deadly {
    sshd: Sshd,
    directory: tempfile::TempDir,
}

impl Deadly {
    async fn start() -> Option<Self> {
        let mut sshd = Sshd::start().await?;
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("wrapper");
        std::fs::write(&path, wrapper(directory.path())).expect("written");
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).expect("permissions");
        sshd.kill();
        sshd.run(&format!("ForceCommand {}", path.display())).await;
        Some(Self { sshd, directory })
    }

    /// The next session dies in its Nth call of a kind.
    fn arm(&self, call: &str, number: u32) {
        let order = format!("inject={call}:signal=KILL:when={number}");
        std::fs::write(self.directory.path().join("armed"), order).expect("written");
    }

    /// Whether anything has died of what was ordered last.
    fn has_struck(&self) -> bool {
        let trace = std::fs::read_to_string(self.directory.path().join("trace"));
        trace
            .expect("a session was traced")
            .contains("killed by SIGKILL")
    }

    fn node(&self, sandbox: &Sandbox) -> Box<dyn Node> {
        self.sshd.node(&sandbox.root(), self.sshd.target())
    }
}

#[tokio::test]
async fn whatever_dies_on_the_node_no_step_runs_twice() {
    if !can_trace() {
        return;
    }
    let Some(deadly) = Deadly::start().await else {
        return;
    };
    let (mut deaths, mut finished) = (0, 0);
    for call in CALLS {
        let mut number = 1;
        while let Some(end) = dies(&deadly, call, number).await {
            deaths += 1;
            finished += u32::from(end == End::Finished);
            number += 1 + number / 6;
        }
    }
    assert!(deaths >= FEWEST, "only {deaths} deaths");
    assert!(finished > 0, "no death left anything to finish");
}

/// What became of an attempt in which something died.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// It did not begin.
    Nothing,
    /// It began, and nobody knows how it ended.
    InDoubt,
    /// The node says that it did not succeed.
    Failed,
    /// The node says that it succeeded.
    Finished,
}

/// Runs an attempt in which something dies, and holds what the node says against what the step did; `None` where no
/// process came so far.
async fn dies(deadly: &Deadly, call: &str, number: u32) -> Option<End> {
    let sandbox = Sandbox::new(Shell {
        words: vec!["sh"],
        path: PATH.into(),
    });
    sandbox.write(RELEASES, "");
    sandbox.write(STAGE, "before\n");
    let mut node = deadly.node(&sandbox);
    let payload = sandbox.upload(&mut *node, &[("deploy", DEPLOYS)]).await;
    deadly.arm(call, number);
    let mut struck = deadly.node(&sandbox);
    let told = start(&mut *struck, &request(payload.clone())).await.0;
    if !deadly.has_struck() {
        assert!(told.is_ok(), "{call} {number}: {told:?}");
        return None;
    }
    let end = end(&mut *node, call, number).await;
    agrees(&sandbox, end, &format!("{call} {number}, told {told:?}"));
    let before = sandbox.read("effects");
    let again = start(&mut *node, &request(payload)).await.0;
    match end {
        End::Nothing => assert!(again.is_ok(), "{call} {number}: {again:?}"),
        _ => assert_eq!(again, Err(NodeError::AlreadyStarted), "{call} {number}"),
    }
    let more = usize::from(end == End::Nothing);
    assert_eq!(sandbox.read("effects").len(), before.len() + 2 * more);
    Some(end)
}

/// What the node says of the attempt to a session in which nothing dies.
async fn end(node: &mut dyn Node, call: &str, number: u32) -> End {
    let follow = Follow {
        attempt: take_up(1),
        offset: 0,
    };
    match node.follow(&follow, &mut |_| {}).await {
        Ok(receipt) if receipt.outcome == AttemptOutcome::Succeeded => End::Finished,
        Ok(_) => End::Failed,
        Err(NodeError::Vanished) => End::InDoubt,
        Err(NodeError::UnknownAttempt) => End::Nothing,
        Err(error) => panic!("{call} {number}: {error}"),
    }
}

/// Asserts that the step ran at most once, and that the records say what the node says.
#[track_caller]
fn agrees(sandbox: &Sandbox, end: End, what: &str) {
    let effects = sandbox.read("effects");
    let releases = sandbox.read(RELEASES).lines().count();
    let (stage, history) = (sandbox.read(STAGE), sandbox.read(HISTORY).lines().count());
    let told = (effects.as_str(), releases, stage.trim_end(), history);
    match end {
        End::Nothing => assert_eq!(told, ("", 0, "before", 0), "{what}"),
        End::Finished => assert_eq!(told, ("x\n", 1, "pre-config", 1), "{what}"),
        End::InDoubt | End::Failed => {
            assert!(["", "x\n"].contains(&effects.as_str()), "{what}: {effects}");
            assert_eq!((releases, stage.trim_end()), (0, "before"), "{what}");
        }
    }
}

//! Connections lost, controllers killed, runners killed: at every point.

use super::sandbox::{
    HISTORY, RELEASES, STAGE, Sandbox, id, in_every_shell, query, request, start, take_up, until,
};
use crate::node::attempt::{AttemptOutcome, AttemptState};
use crate::node::{Follow, Node, NodeError, Purpose};

/// A step that ends when the test says so.
const WAITS: &str = "#!/bin/sh\necho begun\necho x >> \"$DDT_ROOT/effects\"\n\
                     while [ -d \"$DDT_ROOT\" ] && ! [ -e \"$DDT_ROOT/go\" ]; do sleep 0.1; done\necho done\n";

/// Begins an attempt that waits, and drops the controller's end of it.
async fn begin_and_vanish(sandbox: &Sandbox) {
    let mut node = sandbox.node();
    let payload = sandbox.upload(&mut node, &[("deploy", WAITS)]).await;
    let request = request(payload);
    tokio::select! {
        _ = start(&mut node, &request) => panic!("the step waits"),
        () = until("the step has begun", || sandbox.read("effects") == "x\n") => {}
    }
}

#[tokio::test]
async fn a_step_goes_on_without_its_controller() {
    in_every_shell(async |sandbox| {
        begin_and_vanish(sandbox).await;
        let mut node = sandbox.node();
        let facts = node.facts(&query()).await.expect("facts");
        assert_eq!(
            facts.last_attempt.expect("an attempt").state,
            AttemptState::Running
        );
        let mut other = request(crate::digest::Digest::of(b"not there"));
        other.id.number = 2;
        let busy = start(&mut node, &other).await.0;
        assert!(matches!(busy, Err(NodeError::State(_))), "{busy:?}");
        sandbox.write("go", "");
        let mut log = Vec::new();
        let follow = Follow {
            attempt: take_up(1),
            offset: 0,
        };
        let receipt = node
            .follow(&follow, &mut |bytes| log.extend_from_slice(bytes))
            .await;
        assert_eq!(
            receipt.expect("a receipt").outcome,
            AttemptOutcome::Succeeded
        );
        assert_eq!(log, b"begun\ndone\n");
        assert_eq!(sandbox.read(STAGE), "pre-config\n");
        assert_eq!(sandbox.read(RELEASES).lines().count(), 1);
    })
    .await;
}

/// The attempt that waits, as the node's disk has it.
fn claim() -> String {
    let id = id(1);
    format!(
        "var/lib/ddt/receipts/{}/{},{},1.request",
        id.run, id.component, id.package
    )
}

/// Starts another attempt beside one whose request says what is given.
async fn start_beside(sandbox: &Sandbox, claimed: &str) -> Result<(), NodeError> {
    begin_and_vanish(sandbox).await;
    let mut node = sandbox.node();
    let payload = sandbox
        .upload(&mut node, &[("deploy", "#!/bin/sh\n")])
        .await;
    sandbox.write(&claim(), claimed);
    let mut other = request(payload);
    other.id.number = 2;
    start(&mut node, &other).await.0.map(drop)
}

#[tokio::test]
async fn nothing_is_started_beside_an_attempt_that_cannot_be_read() {
    in_every_shell(async |sandbox| {
        let refused = start_beside(sandbox, " run=a what=never\n").await;
        let Err(NodeError::State(why)) = &refused else {
            panic!("{refused:?}");
        };
        assert!(why.ends_with(".request is not what ddt wrote"), "{why}");
    })
    .await;
}

#[tokio::test]
async fn an_attempt_whose_request_was_cut_short_keeps_nothing_from_being_started() {
    in_every_shell(async |sandbox| {
        assert_eq!(start_beside(sandbox, " run=a comp").await, Ok(()));
    })
    .await;
}

#[tokio::test]
async fn nothing_is_started_beside_a_running_attempt() {
    in_every_shell(async |sandbox| {
        begin_and_vanish(sandbox).await;
        let mut node = sandbox.node();
        let payload = sandbox
            .upload(&mut node, &[("deploy", "#!/bin/sh\n")])
            .await;
        let mut other = request(payload);
        other.id.number = 2;
        let busy = start(&mut node, &other).await.0;
        assert_eq!(busy, Err(NodeError::Busy(Box::new(id(1)))));
        sandbox.write("go", "");
        let follow = Follow {
            attempt: take_up(1),
            offset: 0,
        };
        node.follow(&follow, &mut |_| {}).await.expect("a receipt");
    })
    .await;
}

/// The process that runs the attempt's steps.
fn runner_of(sandbox: &Sandbox) -> String {
    let path = "var/lib/ddt/receipts/run1/hostos,hostos-boot-release,1.progress";
    let progress = sandbox.read(path);
    let words: Vec<&str> = progress
        .lines()
        .next()
        .expect("a line")
        .split(' ')
        .collect();
    words[2].to_owned()
}

fn kill(pid: &str) {
    let status = std::process::Command::new("kill")
        .args(["-KILL", pid])
        .status();
    assert!(status.expect("kill runs").success());
}

#[tokio::test]
async fn an_attempt_whose_runner_was_killed_is_in_doubt() {
    in_every_shell(async |sandbox| {
        begin_and_vanish(sandbox).await;
        kill(&runner_of(sandbox));
        let mut node = sandbox.node();
        let facts = node.facts(&query()).await.expect("facts");
        let state = facts.last_attempt.expect("an attempt").state;
        assert_eq!(state, AttemptState::Running, "the step is still there");
        sandbox.write("go", "");
        let follow = Follow {
            attempt: take_up(1),
            offset: 0,
        };
        let receipt = node.follow(&follow, &mut |_| {}).await;
        assert_eq!(receipt, Err(NodeError::Vanished));
        assert_eq!(
            (sandbox.read(STAGE), sandbox.read(RELEASES)),
            (String::new(), String::new())
        );
    })
    .await;
}

/// Puts tools before the shell's own that kill the shell that calls them, at the Nth
/// call after the step ended: before or after they do their work.
fn sabotaged_path(sandbox: &Sandbox, call: u32, when: When) -> String {
    std::fs::write(sandbox.directory.path().join("count"), "0\n").expect("written");
    let mut path = String::new();
    for tool in ["sync", "mv", "cmp", "cat", "stat", "rm", "mkdir"] {
        let (before, after) = match when {
            When::Before => ("[ $n != $N ] || kill -KILL $PPID", ":"),
            When::After => (":", "[ $n != $N ] || kill -KILL $PPID"),
        };
        let script = format!(
            "N={call}\ncount='{root}/../count'\nn=0\n\
             if [ -e '{root}/deployed' ]; then read -r n < \"$count\"; n=$((n + 1)); \
             echo $n > \"$count\"; fi\n{before}\n{tool} \"$@\"\nrc=$?\n{after}\n\
             exit $rc\n",
            root = sandbox.root(),
        );
        path = sandbox.path_with(tool, &script);
    }
    path
}

#[derive(Clone, Copy, Debug)]
enum When {
    Before,
    After,
}

#[tokio::test]
async fn records_that_were_cut_short_are_finished_once() {
    in_every_shell(async |shell| {
        for when in [When::Before, When::After] {
            let mut cuts = 0;
            for call in 1.. {
                let sandbox = Sandbox::new(shell.shell.clone());
                if !is_cut(&sandbox, call, when).await {
                    break;
                }
                cuts += 1;
            }
            assert!(cuts >= 4, "the runner was cut {cuts} times only");
        }
    })
    .await;
}

/// Runs an attempt, kills its runner at a call, and lets another one finish; says whether
/// the call was reached.
async fn is_cut(sandbox: &Sandbox, call: u32, when: When) -> bool {
    sandbox.write(RELEASES, "");
    sandbox.write(STAGE, "before\n");
    let script = "#!/bin/sh\necho x >> \"$DDT_ROOT/effects\"; : > \"$DDT_ROOT/deployed\"\n";
    let payload = sandbox
        .upload(&mut sandbox.node(), &[("deploy", script)])
        .await;
    let path = sabotaged_path(sandbox, call, when);
    let mut cut = sandbox.node_with(Purpose::Deploy, &path);
    cut.do_not_reconnect();
    let first = start(&mut cut, &request(payload)).await.0;
    let mut node = sandbox.node();
    let follow = Follow {
        attempt: take_up(1),
        offset: 0,
    };
    let receipt = node.follow(&follow, &mut |_| {}).await.expect("a receipt");
    assert_eq!(
        receipt.outcome,
        AttemptOutcome::Succeeded,
        "{call} {when:?}"
    );
    assert_eq!(sandbox.read(STAGE), "pre-config\n");
    assert_eq!(sandbox.read(RELEASES).lines().count(), 1);
    assert_eq!(sandbox.read(HISTORY).lines().count(), 1);
    assert_eq!(sandbox.read("effects"), "x\n");
    let left = sandbox.root().join("etc/genesis");
    assert_eq!(
        left.read_dir_utf8().expect("there").count(),
        2,
        "nothing is left beside"
    );
    first.is_err()
}

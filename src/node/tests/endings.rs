//! Ending what runs: the whole process tree, whoever started it, and never twice.

use super::attempts::is_running;
use super::sandbox::{RELEASES, Sandbox, in_every_shell, query, request, start, step, take_up};
use crate::node::attempt::{AttemptOutcome, AttemptState, StepKind};
use crate::node::{Follow, Node as _, end_channel};

/// A step that notes its child, which outlives a signal to the step alone.
const WITH_A_CHILD: &str = "#!/bin/sh\ntrap 'exit 0' TERM\nsleep 3600 & echo $! > \"$DDT_ROOT/child\"\n\
     while :; do wait; done\n";

/// Waits until the step has begun.
async fn has_begun(sandbox: &Sandbox) {
    while sandbox.read("child").is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

fn child_is_gone(sandbox: &Sandbox) -> bool {
    !is_running(sandbox.read("child").trim())
}

#[tokio::test]
async fn a_step_is_ended_with_all_its_processes_and_nothing_follows_it() {
    in_every_shell(async |sandbox| {
        let mut node = sandbox.node();
        let (end, wanted) = end_channel();
        node.end_when(wanted);
        let steps = [("deploy", WITH_A_CHILD), ("verify", "#!/bin/sh\n")];
        let payload = sandbox.upload(&mut node, &steps).await;
        let mut request = request(payload);
        request.steps.push(step(StepKind::Verify, "verify"));
        let ending = async {
            has_begun(sandbox).await;
            end.end();
        };
        let ((receipt, _), ()) = tokio::join!(start(&mut node, &request), ending);
        let receipt = receipt.expect("a receipt");
        let step = StepKind::Deploy;
        assert_eq!(receipt.outcome, AttemptOutcome::Stopped { step });
        assert!(child_is_gone(sandbox));
        assert_eq!(sandbox.read(RELEASES), "");
        let facts = node.facts(&query()).await.expect("facts");
        let last = facts.last_attempt.expect("an attempt");
        assert_eq!(last.state, AttemptState::Ended(receipt));
    })
    .await;
}

/// A step that ends when asked to, with a child that does not.
const WITH_A_STUBBORN_CHILD: &str =
    "#!/bin/sh\n(trap '' TERM; exec sleep 3600) & echo $! > \"$DDT_ROOT/child\"\nwait\n";

#[tokio::test]
async fn a_step_has_not_ended_before_its_last_process() {
    in_every_shell(async |sandbox| {
        let mut node = sandbox.node();
        let (end, wanted) = end_channel();
        node.end_when(wanted);
        let payload = sandbox
            .upload(&mut node, &[("deploy", WITH_A_STUBBORN_CHILD)])
            .await;
        let request = request(payload);
        let ending = async {
            has_begun(sandbox).await;
            end.end();
        };
        let ((receipt, _), ()) = tokio::join!(start(&mut node, &request), ending);
        let step = StepKind::Deploy;
        let outcome = receipt.expect("a receipt").outcome;
        assert_eq!(outcome, AttemptOutcome::Stopped { step });
        assert!(child_is_gone(sandbox));
    })
    .await;
}

#[tokio::test]
async fn a_step_that_another_session_started_is_ended() {
    in_every_shell(async |sandbox| {
        let (mut owner, mut other) = (sandbox.node(), sandbox.node());
        let (end, wanted) = end_channel();
        other.end_when(wanted);
        let payload = sandbox
            .upload(&mut owner, &[("deploy", WITH_A_CHILD)])
            .await;
        let request = request(payload);
        let follow = Follow {
            attempt: take_up(1),
            offset: 0,
        };
        let ending = async {
            has_begun(sandbox).await;
            end.end();
            let mut unread = |_: &[u8]| {};
            other.follow(&follow, &mut unread).await
        };
        let ((started, _), followed) = tokio::join!(start(&mut owner, &request), ending);
        let started = started.expect("a receipt");
        assert_eq!(followed.expect("a receipt"), started);
        let step = StepKind::Deploy;
        assert_eq!(started.outcome, AttemptOutcome::Stopped { step });
        assert!(child_is_gone(sandbox));
    })
    .await;
}

#[tokio::test]
async fn what_has_ended_before_keeps_its_end() {
    in_every_shell(async |sandbox| {
        let mut node = sandbox.node();
        let (end, wanted) = end_channel();
        let payload = sandbox
            .upload(&mut node, &[("deploy", "#!/bin/sh\n")])
            .await;
        let request = request(payload);
        let (receipt, _) = start(&mut node, &request).await;
        end.end();
        node.end_when(wanted);
        let follow = Follow {
            attempt: take_up(1),
            offset: 0,
        };
        let mut unread = |_: &[u8]| {};
        let followed = node.follow(&follow, &mut unread).await;
        assert_eq!(followed, receipt);
        assert_eq!(
            followed.expect("a receipt").outcome,
            AttemptOutcome::Succeeded
        );
    })
    .await;
}

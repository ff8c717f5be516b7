//! Controllers and sessions that are lost in the middle of an attempt.

use super::{OPENS, WAITS, abandon, end_of_last, in_every_sh, was_undone, watched};
use crate::node::attempt::{AttemptId, AttemptOutcome, AttemptRequest};
use crate::node::tests::sandbox::{id, start, take_up, until};
use crate::node::{Follow, Node as _, NodeError};

#[tokio::test]
async fn a_controller_that_does_not_come_back_confirms_nothing() {
    in_every_sh(async |sandbox| {
        let request = watched(sandbox, 1, [WAITS, OPENS]).await;
        abandon(sandbox, &request).await;
        sandbox.write("go", "");
        assert_eq!(end_of_last(sandbox).await, AttemptOutcome::Undone);
        assert!(was_undone(sandbox));
    })
    .await;
}

#[tokio::test]
async fn whoever_follows_in_time_confirms() {
    in_every_sh(async |sandbox| {
        let request = watched(sandbox, 3600, [WAITS, OPENS]).await;
        abandon(sandbox, &request).await;
        let other = AttemptRequest {
            id: AttemptId {
                package: "other".parse().expect("a name"),
                ..id(1)
            },
            ..request.clone()
        };
        sandbox.write("go", "");
        let waiting = format!(
            "var/lib/ddt/receipts/run1/hostos,{},1.awaiting",
            id(1).package
        );
        let is_whole = || sandbox.read(&waiting).ends_with("\nend\n");
        until("the steps are over", is_whole).await;
        let (busy, _) = start(&mut sandbox.node(), &other).await;
        assert_eq!(busy, Err(NodeError::Busy(Box::new(id(1)))));
        let follow = Follow {
            attempt: take_up(1),
            offset: 0,
        };
        let receipt = sandbox.node().follow(&follow, &mut |_| {}).await;
        let outcome = receipt.expect("a receipt").outcome;
        assert_eq!(outcome, AttemptOutcome::Succeeded);
        assert!(!was_undone(sandbox));
    })
    .await;
}

#[tokio::test]
async fn what_was_cut_off_in_the_middle_is_undone() {
    in_every_sh(async |sandbox| {
        let request = watched(sandbox, 1, [WAITS, OPENS]).await;
        abandon(sandbox, &request).await;
        let progress = format!(
            "var/lib/ddt/receipts/run1/hostos,{},1.progress",
            id(1).package
        );
        let progress = sandbox.read(&progress);
        let lines = progress
            .lines()
            .map(|line| line.split(' ').collect::<Vec<_>>());
        let session = lines
            .filter(|words| words[0] == "session")
            .map(|words| words[2]);
        let step = sandbox.read("started");
        for process in session.chain([step.trim()]) {
            let mut kill = std::process::Command::new("kill");
            kill.args(["-KILL", process]);
            assert!(kill.status().expect("kill runs").success());
        }
        assert_eq!(end_of_last(sandbox).await, AttemptOutcome::Undone);
        assert!(was_undone(sandbox));
    })
    .await;
}

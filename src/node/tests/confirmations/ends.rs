//! Who comes back in time, and who does not.

use super::{CUTS, OPENS, in_every_sh, node, recorded, was_undone, watched, watches};
use crate::node::attempt::{AttemptOutcome, AttemptRequest, StepKind, Watch};
use crate::node::tests::sandbox::{id, start};

#[tokio::test]
async fn what_a_new_connection_confirms_stays() {
    in_every_sh(async |sandbox| {
        let deploy = "#!/bin/sh\necho deploy\n";
        let request = watched(sandbox, 3600, [deploy, OPENS]).await;
        let mut node = node(sandbox);
        let (receipt, log) = start(&mut node, &request).await;
        let outcome = receipt.expect("a receipt").outcome;
        assert_eq!(outcome, AttemptOutcome::Succeeded);
        assert_eq!(log, b"deploy\n");
        assert!(!was_undone(sandbox) && !watches(sandbox));
    })
    .await;
}

#[tokio::test]
async fn a_node_that_nobody_can_reach_goes_back_once() {
    in_every_sh(async |sandbox| {
        let request = watched(sandbox, 1, [CUTS, OPENS]).await;
        let mut node = node(sandbox);
        let (receipt, _) = start(&mut node, &request).await;
        let outcome = receipt.expect("a receipt").outcome;
        assert_eq!(outcome, AttemptOutcome::Undone);
        assert!(was_undone(sandbox) && !watches(sandbox));
    })
    .await;
}

#[tokio::test]
async fn a_step_that_failed_waits_for_somebody_to_hear_of_it() {
    in_every_sh(async |sandbox| {
        let fails = "#!/bin/sh\nexit 3\n";
        let request = watched(sandbox, 3600, [fails, OPENS]).await;
        let (receipt, _) = start(&mut node(sandbox), &request).await;
        let (step, code) = (StepKind::Deploy, 3);
        let outcome = receipt.expect("a receipt").outcome;
        assert_eq!(outcome, AttemptOutcome::Exited { step, code });
        assert_eq!(recorded(sandbox), "");

        let request = AttemptRequest {
            id: id(2),
            watch: request.watch.map(|watch| Watch {
                within_seconds: 1,
                ..watch
            }),
            ..watched(sandbox, 1, [&format!("{CUTS}exit 3\n"), OPENS]).await
        };
        let (receipt, _) = start(&mut node(sandbox), &request).await;
        let outcome = receipt.expect("a receipt").outcome;
        assert_eq!(outcome, AttemptOutcome::Undone);
        assert!(was_undone(sandbox));
    })
    .await;
}

#[tokio::test]
async fn a_way_back_that_fails_is_said_and_not_tried_twice() {
    in_every_sh(async |sandbox| {
        let fails = format!("{OPENS}exit 7\n");
        let request = watched(sandbox, 1, [CUTS, &fails]).await;
        let (receipt, _) = start(&mut node(sandbox), &request).await;
        let (step, code) = (StepKind::Rollback, 7);
        let outcome = receipt.expect("a receipt").outcome;
        assert_eq!(outcome, AttemptOutcome::Exited { step, code });
        assert_eq!(sandbox.read("back").lines().count(), 1);
        assert_eq!(recorded(sandbox), "");
    })
    .await;
}

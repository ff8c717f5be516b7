//! The watch across reboots: a sandbox that reboots has another boot id.

use super::{OPENS, end_of_last, in_every_sh, was_undone, watched, watches};
use crate::node::attempt::{AttemptOutcome, AttemptRequest, Commit, Watch};
use crate::node::tests::sandbox::{Sandbox, records, start, take_up};
use crate::node::{Node as _, RebootRequest};

fn rebooting(request: AttemptRequest) -> AttemptRequest {
    AttemptRequest {
        commit: Commit::AfterReboot {
            records: records(),
            verify: None,
        },
        watch: request.watch.map(|watch| Watch {
            reboots: true,
            ..watch
        }),
        ..request
    }
}

async fn reboot(sandbox: &Sandbox, request: &AttemptRequest) {
    let mut node = sandbox.node();
    let waiting = start(&mut node, request).await.0.expect("a receipt");
    assert_eq!(waiting.outcome, AttemptOutcome::AwaitingReboot);
    let reboot = RebootRequest {
        epoch: 7,
        since: waiting.boot_id,
        timeout_seconds: 60,
    };
    node.reboot(&reboot).await.expect("a boot");
}

#[tokio::test]
async fn a_node_that_rebooted_stays_if_somebody_comes() {
    in_every_sh(async |sandbox| {
        let deploy = "#!/bin/sh\n";
        let request = rebooting(watched(sandbox, 3600, [deploy, OPENS]).await);
        reboot(sandbox, &request).await;
        let receipt = sandbox.node().finish(&take_up(1), &mut |_| {}).await;
        let outcome = receipt.expect("a receipt").outcome;
        assert_eq!(outcome, AttemptOutcome::Succeeded);
        assert!(!was_undone(sandbox) && !watches(sandbox));
    })
    .await;
}

#[tokio::test]
async fn a_node_that_rebooted_goes_back_through_another_reboot() {
    in_every_sh(async |sandbox| {
        let deploy = "#!/bin/sh\n";
        let request = rebooting(watched(sandbox, 4, [deploy, OPENS]).await);
        reboot(sandbox, &request).await;
        let boot = sandbox.read("proc/sys/kernel/random/boot_id");
        assert_eq!(end_of_last(sandbox).await, AttemptOutcome::Undone);
        assert_ne!(sandbox.read("proc/sys/kernel/random/boot_id"), boot);
        assert!(was_undone(sandbox));
        let receipt = sandbox.node().finish(&take_up(1), &mut |_| {}).await;
        assert_eq!(
            receipt.map(|receipt| receipt.outcome),
            Ok(AttemptOutcome::Undone)
        );
    })
    .await;
}

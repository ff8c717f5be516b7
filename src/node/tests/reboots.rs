//! Reboots, and the records that wait for one.

use super::sandbox::{
    RELEASES, Sandbox, in_every_shell, query, records, request, start, step, take_up,
};
use crate::node::attempt::{AttemptOutcome, AttemptRequest, AttemptState, Commit, StepKind};
use crate::node::{Node as _, NodeError, RebootRequest};

async fn after_reboot(sandbox: &Sandbox, verify: &str) -> AttemptRequest {
    let steps = [("deploy", "#!/bin/sh\necho before\n"), ("verify", verify)];
    let payload = sandbox.upload(&mut sandbox.node(), &steps).await;
    let mut request = request(payload);
    request.commit = Commit::AfterReboot {
        records: records(),
        verify: Some(step(StepKind::Verify, "verify")),
    };
    request
}

#[tokio::test]
async fn the_record_is_written_after_the_reboot_and_its_verification() {
    in_every_shell(async |sandbox| {
        let mut node = sandbox.node();
        let request = after_reboot(sandbox, "#!/bin/sh\necho after\n").await;
        let (receipt, log) = start(&mut node, &request).await;
        let waiting = receipt.expect("a receipt");
        assert_eq!(waiting.outcome, AttemptOutcome::AwaitingReboot);
        assert_eq!(
            (log.as_slice(), sandbox.read(RELEASES).as_str()),
            (b"before\n".as_slice(), "")
        );
        let early = node.finish(&take_up(1), &mut |_| {}).await;
        assert_eq!(early, Err(NodeError::SameBoot(waiting.boot_id.clone())));
        let facts = node.facts(&query()).await.expect("facts");
        let state = facts.last_attempt.expect("an attempt").state;
        assert_eq!(state, AttemptState::AwaitingReboot(waiting.boot_id.clone()));

        let since = waiting.boot_id.clone();
        let reboot = RebootRequest {
            epoch: 7,
            since: since.clone(),
            timeout_seconds: 60,
        };
        let boot = node.reboot(&reboot).await.expect("a new boot");
        assert_ne!(boot, since);
        let mut log = Vec::new();
        let mut node = sandbox.node();
        let receipt = node
            .finish(&take_up(1), &mut |bytes| log.extend_from_slice(bytes))
            .await;
        let receipt = receipt.expect("a receipt");
        assert_eq!(
            (receipt.outcome.clone(), &receipt.boot_id),
            (AttemptOutcome::Succeeded, &boot)
        );
        assert_eq!(log, b"after\n");
        assert_eq!(receipt.log_bytes, 13);
        assert_eq!(sandbox.read(RELEASES).lines().count(), 1);
        let again = node.finish(&take_up(1), &mut |_| {}).await;
        assert_eq!(again, Ok(receipt));
        assert_eq!(sandbox.read(RELEASES).lines().count(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_verification_that_fails_records_nothing() {
    in_every_shell(async |sandbox| {
        let mut node = sandbox.node();
        let request = after_reboot(sandbox, "#!/bin/sh\nexit 9\n").await;
        let waiting = start(&mut node, &request).await.0.expect("a receipt");
        let reboot = RebootRequest {
            epoch: 7,
            since: waiting.boot_id,
            timeout_seconds: 60,
        };
        node.reboot(&reboot).await.expect("a new boot");
        let receipt = node
            .finish(&take_up(1), &mut |_| {})
            .await
            .expect("a receipt");
        assert_eq!(
            receipt.outcome,
            AttemptOutcome::Exited {
                step: StepKind::Verify,
                code: 9
            }
        );
        assert_eq!(sandbox.read(RELEASES), "");
    })
    .await;
}

#[tokio::test]
async fn a_node_that_did_not_reboot_has_not_rebooted() {
    in_every_shell(async |sandbox| {
        let mut node = sandbox.node();
        let boot = node.facts(&query()).await.expect("facts").boot_id;
        // It can be told to, but cannot.
        let file = sandbox.root().join("proc/sys/kernel/random/boot_id");
        std::fs::create_dir_all(&file).expect("made");
        let reboot = RebootRequest {
            epoch: 7,
            since: boot,
            timeout_seconds: 1,
        };
        let error = node.reboot(&reboot).await.expect_err("it cannot");
        assert!(matches!(error, NodeError::State(_)), "{error}");
    })
    .await;
}

//! Pruning a node: what an attempt needs stays, and everything else is gone at once.

use std::time::Duration;

use super::sandbox::{Sandbox, id, in_every_shell, records, request, start};
use crate::digest::Digest;
use crate::node::attempt::{AttemptRequest, Commit};
use crate::node::{Node as _, NodeError, Payload, PrunedNode, Purpose};

const CACHE: &str = "var/lib/ddt/bundles/sha256";

const SUCCEEDS: &str = "#!/bin/sh\n";

/// The attempt of a run of an epoch to deploy a payload.
fn attempt(package: &str, epoch: u64, payload: &Payload) -> AttemptRequest {
    let mut attempt = request(payload.digest.clone());
    attempt.id.run = format!("run{epoch}").parse().expect("a name");
    attempt.id.package = package.parse().expect("a name");
    attempt.epoch = epoch;
    attempt
}

/// The digests below which trees are, in order.
fn cached(sandbox: &Sandbox) -> Vec<String> {
    let entries = sandbox.root().join(CACHE).read_dir_utf8().expect("there");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("an entry").file_name().to_owned())
        .collect();
    names.sort();
    names
}

fn hex<'payload>(payloads: impl IntoIterator<Item = &'payload Payload>) -> Vec<String> {
    let hex = payloads.into_iter().map(|payload| payload.digest.hex());
    let mut names: Vec<String> = hex.map(str::to_owned).collect();
    names.sort();
    names
}

/// Releases of which each is another payload, the last of which fails.
fn releases(sandbox: &Sandbox) -> [Payload; 5] {
    ["1", "2", "3", "4", "5"].map(|name| {
        let script = if name == "5" {
            "#!/bin/sh\nexit 1\n"
        } else {
            SUCCEEDS
        };
        sandbox.payload(&[("deploy", script), (name, name)])
    })
}

#[tokio::test]
async fn what_can_be_undone_or_goes_on_stays() {
    in_every_shell(async |sandbox| {
        let payloads = releases(sandbox);
        let [other, old, new, unused, failing] = &payloads;
        let mut node = sandbox.node();
        node.upload(&payloads).await.expect("uploaded");
        for attempt in [
            attempt("other", 7, other),
            attempt("package", 8, old),
            attempt("package", 9, new),
            attempt("package", 10, failing),
        ] {
            start(&mut node, &attempt).await.0.expect("a receipt");
        }
        let receipts = sandbox.root().join("var/lib/ddt/receipts");
        let receipts = || {
            sandbox
                .tree()
                .into_iter()
                .filter(|(path, _)| path.starts_with(&receipts))
                .collect::<Vec<_>>()
        };
        let before = receipts();
        let pruned = node.prune().await.expect("pruned");
        assert_eq!((pruned.removed, pruned.left), (2, 3));
        assert!(pruned.removed_kib > 0, "{pruned:?}");
        assert_eq!(cached(sandbox), hex([other, new, failing]));
        assert_eq!(receipts(), before, "a receipt was changed");
        let nothing = PrunedNode {
            left: 3,
            ..PrunedNode::default()
        };
        assert_eq!(node.prune().await, Ok(nothing));
        // What was pruned is sent again by whoever needs it, also by the same connection.
        node.upload(&payloads).await.expect("uploaded");
        let again = [old, unused].map(|payload| payload.digest.clone());
        assert_eq!(cached(sandbox), hex(&payloads));
        start(&mut node, &attempt("package", 11, old))
            .await
            .0
            .expect("a receipt");
        assert!(again.iter().all(|digest| {
            sandbox
                .root()
                .join(CACHE)
                .join(digest.hex())
                .join("deploy")
                .exists()
        }));
    })
    .await;
}

#[tokio::test]
async fn an_attempt_that_waits_for_its_reboot_keeps_its_payload() {
    in_every_shell(async |sandbox| {
        let payloads = releases(sandbox);
        let [waiting, later, ..] = &payloads;
        let mut node = sandbox.node();
        node.upload(&payloads).await.expect("uploaded");
        let mut rebooting = attempt("package", 7, waiting);
        rebooting.commit = Commit::AfterReboot {
            records: records(),
            verify: None,
        };
        start(&mut node, &rebooting).await.0.expect("a receipt");
        start(&mut node, &attempt("package", 8, later))
            .await
            .0
            .expect("a receipt");
        node.prune().await.expect("pruned");
        assert_eq!(cached(sandbox), hex([waiting, later]));
    })
    .await;
}

#[tokio::test]
async fn nothing_is_removed_while_an_attempt_is_at_work() {
    in_every_shell(async |sandbox| {
        let script = "#!/bin/sh\n: > \"$DDT_ROOT/begun\"\nwhile [ -d \"$DDT_ROOT\" ] && ! [ -e \"$DDT_ROOT/end\" ]; do sleep 0.01; done\n";
        let payloads = [sandbox.payload(&[("deploy", script)]), sandbox.payload(&[("other", "")])];
        let (mut owner, mut other) = (sandbox.node(), sandbox.node());
        owner.upload(&payloads).await.expect("uploaded");
        let request = attempt("package", 7, &payloads[0]);
        let pruning = async {
            while !sandbox.root().join("begun").exists() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            let refused = other.prune().await;
            sandbox.write("end", "");
            refused
        };
        let ((receipt, _), refused) = tokio::join!(start(&mut owner, &request), pruning);
        assert_eq!(refused, Err(NodeError::Busy(Box::new(request.id))));
        receipt.expect("a receipt");
        assert_eq!(owner.prune().await.expect("pruned").removed, 1);
    })
    .await;
}

#[tokio::test]
async fn a_dry_run_prunes_nothing() {
    in_every_shell(async |sandbox| {
        let payload = sandbox.payload(&[("deploy", SUCCEEDS)]);
        sandbox.node().upload(&[payload]).await.expect("uploaded");
        let refused = sandbox.node_for(Purpose::DryRun).prune().await;
        assert!(
            matches!(refused, Err(NodeError::Protocol(_))),
            "{refused:?}"
        );
        assert_eq!(cached(sandbox).len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_node_that_nothing_was_deployed_to_has_nothing_to_prune() {
    in_every_shell(async |sandbox| {
        assert_eq!(sandbox.node().prune().await, Ok(PrunedNode::default()));
        assert!(sandbox.tree().is_empty(), "something was written");
    })
    .await;
}

/// Here the tool that removes does not work; as far as the next session sees, the one that was
/// pruning might as well have been killed.
#[tokio::test]
async fn what_is_half_removed_is_never_taken_for_whole() {
    in_every_shell(async |sandbox| {
        let payload = sandbox.payload(&[("deploy", SUCCEEDS)]);
        let digest: Digest = payload.digest.clone();
        sandbox
            .node()
            .upload(std::slice::from_ref(&payload))
            .await
            .expect("uploaded");
        let path = sandbox.path_with("rm", "echo 'rm: it is in the way' >&2\nexit 1\n");
        let error = sandbox.node_with(Purpose::Deploy, &path).prune().await;
        insta::allow_duplicates! {
            insta::assert_snapshot!(error.expect_err("it cannot"), @"cannot keep ddt's state: rm: it is in the way");
        }
        assert_eq!(cached(sandbox), [] as [&str; 0]);
        let bundles = sandbox.root().join("var/lib/ddt/bundles");
        let count = || bundles.read_dir_utf8().expect("there").count();
        assert_eq!(count(), 2, "what is left has a name of its own");
        let mut node = sandbox.node();
        // The session that could not may take a moment to be gone.
        while count() > 1 {
            assert_eq!(node.prune().await, Ok(PrunedNode::default()));
        }
        node.upload(&[payload]).await.expect("uploaded");
        assert_eq!(cached(sandbox), [digest.hex()]);
    })
    .await;
}

#[tokio::test]
async fn the_number_of_an_attempt_says_nothing() {
    in_every_shell(async |sandbox| {
        let payloads = releases(sandbox);
        let [old, new, ..] = &payloads;
        let mut node = sandbox.node();
        node.upload(&payloads).await.expect("uploaded");
        let mut first = attempt("package", 7, old);
        first.id.number = id(12).number;
        start(&mut node, &first).await.0.expect("a receipt");
        start(&mut node, &attempt("package", 8, new))
            .await
            .0
            .expect("a receipt");
        node.prune().await.expect("pruned");
        assert_eq!(cached(sandbox), hex([new]));
    })
    .await;
}

//! Attempts that a newer run takes up: from then on the older one is refused, and what it
//! began is the newer one's to end.

use super::sandbox::{
    RELEASES, Sandbox, id, in_every_shell, query, records, request, start, take_up, until,
};
use crate::node::attempt::{AttemptOutcome, AttemptRequest, Commit};
use crate::node::{Follow, Node as _, NodeError, Purpose, RebootRequest, TakeUp, end_channel};

const REFUSED: NodeError = NodeError::StaleEpoch { seen: 8, ours: 7 };

fn follow(attempt: TakeUp) -> Follow {
    Follow { attempt, offset: 0 }
}

/// The attempt as the newer run takes it up.
fn newer() -> TakeUp {
    TakeUp {
        epoch: 8,
        ..take_up(1)
    }
}

/// An attempt that waits for its reboot.
async fn waiting(sandbox: &Sandbox) -> AttemptRequest {
    let mut node = sandbox.node();
    let payload = sandbox
        .upload(&mut node, &[("deploy", "#!/bin/sh\n")])
        .await;
    let request = AttemptRequest {
        commit: Commit::AfterReboot {
            records: records(),
            verify: None,
        },
        ..request(payload)
    };
    start(&mut node, &request).await.0.expect("a receipt");
    request
}

#[tokio::test]
async fn an_older_run_ends_nothing_that_a_newer_one_has_taken_up() {
    in_every_shell(async |sandbox| {
        let request = waiting(sandbox).await;
        let (mut old, mut new) = (sandbox.node(), sandbox.node());
        let followed = new.follow(&follow(newer()), &mut |_| {}).await;
        let since = followed.expect("a receipt").boot_id;
        assert_eq!(new.facts(&query()).await.expect("facts").epoch, 8);

        let reboot = |epoch| RebootRequest {
            epoch,
            since: since.clone(),
            timeout_seconds: 60,
        };
        assert_eq!(old.reboot(&reboot(7)).await, Err(REFUSED));
        new.reboot(&reboot(8)).await.expect("a new boot");
        let before = sandbox.tree();
        let followed = old.follow(&follow(take_up(1)), &mut |_| {}).await;
        assert_eq!(followed, Err(REFUSED));
        assert_eq!(old.finish(&take_up(1), &mut |_| {}).await, Err(REFUSED));
        let another = AttemptRequest {
            id: id(2),
            ..request
        };
        assert_eq!(start(&mut old, &another).await.0, Err(REFUSED));
        assert_eq!(sandbox.tree(), before);

        let receipt = new.finish(&newer(), &mut |_| {}).await.expect("a receipt");
        let ended = (receipt.outcome, receipt.epoch);
        assert_eq!(ended, (AttemptOutcome::Succeeded, 7));
        assert_eq!(sandbox.read(RELEASES).lines().count(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_older_run_does_not_stop_what_a_newer_one_waits_for() {
    in_every_shell(async |sandbox| {
        let script = "#!/bin/sh\n: > \"$DDT_ROOT/began\"\n\
                      while [ -d \"$DDT_ROOT\" ] && ! [ -e \"$DDT_ROOT/go-on\" ]; do sleep 0.1; done\n";
        let payload = sandbox
            .upload(&mut sandbox.node(), &[("deploy", script)])
            .await;
        let request = request(payload);
        let (mut first, mut old, mut new) = (sandbox.node(), sandbox.node(), sandbox.node());
        let taken_over = async {
            until("the step", || sandbox.root().join("began").exists()).await;
            let (newer, mut unread) = (follow(newer()), |_: &[u8]| {});
            let followed = new.follow(&newer, &mut unread);
            let refused = async {
                while old.facts(&query()).await.expect("facts").epoch < 8 {}
                let (end, wanted) = end_channel();
                old.end_when(wanted);
                end.end();
                let refused = old.follow(&follow(take_up(1)), &mut |_| {}).await;
                sandbox.write("go-on", "");
                refused
            };
            tokio::join!(followed, refused)
        };
        let (started, (followed, refused)) = tokio::join!(start(&mut first, &request), taken_over);
        assert_eq!(refused, Err(REFUSED));
        let receipt = followed.expect("a receipt");
        assert_eq!(receipt.outcome, AttemptOutcome::Succeeded);
        // The session that has run the steps says how they ended.
        assert_eq!(started.0, Ok(receipt));
    })
    .await;
}

#[tokio::test]
async fn only_an_epoch_that_is_new_to_the_node_is_written_there() {
    in_every_shell(async |sandbox| {
        waiting(sandbox).await;
        let path = sandbox.path_that_tells_of_sync();
        let synced = || {
            let said = std::fs::read_to_string(sandbox.root().join("../synced"));
            said.unwrap_or_default().lines().count()
        };
        let mut node = sandbox.node_with(Purpose::Deploy, &path);
        for (attempt, expected) in [(take_up(1), 0), (newer(), 1), (newer(), 1)] {
            let followed = node.follow(&follow(attempt), &mut |_| {}).await;
            followed.expect("a receipt");
            assert_eq!(synced(), expected);
        }
    })
    .await;
}

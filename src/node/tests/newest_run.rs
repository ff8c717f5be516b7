//! The newest run that a node has seen, and its last attempt, across losses of power.

use super::sandbox::{Sandbox, in_every_shell, query, request, start};
use crate::node::attempt::{AttemptId, AttemptOutcome, AttemptRequest};
use crate::node::{Node as _, NodeError, Purpose};

/// The first and the second file of runs.
const FILES: [&str; 2] = ["var/lib/ddt/current.a", "var/lib/ddt/current.b"];

/// An attempt of a run.
async fn attempt(sandbox: &Sandbox, run: &str, epoch: u64) -> AttemptRequest {
    let script = "#!/bin/sh\ncd \"$DDT_ROOT\"\n[ ! -e ../synced ] || cat ../synced > synced\n";
    let payload = sandbox
        .upload(&mut sandbox.node(), &[("deploy", script)])
        .await;
    let mut request = request(payload);
    request.id.run = run.parse().expect("a name");
    request.epoch = epoch;
    request
}

/// Runs an attempt of a run.
async fn run(sandbox: &Sandbox, run: &str, epoch: u64) -> Result<AttemptOutcome, NodeError> {
    let request = attempt(sandbox, run, epoch).await;
    let receipt = start(&mut sandbox.node(), &request).await.0?;
    Ok(receipt.outcome)
}

async fn last(sandbox: &Sandbox) -> Option<AttemptId> {
    let facts = sandbox.node().facts(&query()).await.expect("facts");
    facts.last_attempt.map(|attempt| attempt.id)
}

async fn epoch(sandbox: &Sandbox) -> u64 {
    let facts = sandbox.node().facts(&query()).await;
    facts.expect("facts").epoch
}

async fn last_run(sandbox: &Sandbox) -> Option<String> {
    last(sandbox).await.map(|id| id.run.to_string())
}

#[tokio::test]
async fn the_last_attempt_is_that_of_the_newest_run() {
    in_every_shell(async |sandbox| {
        for (epoch, name) in (7..).zip(["run1", "run2", "run3", "run4"]) {
            assert_eq!(
                run(sandbox, name, epoch).await,
                Ok(AttemptOutcome::Succeeded)
            );
            assert_eq!(last_run(sandbox).await.as_deref(), Some(name));
            assert_eq!(self::epoch(sandbox).await, epoch);
        }
        assert_eq!(
            FILES.map(|file| sandbox.read(file)),
            ["9 run3 3\n", "10 run4 4\n"]
        );
    })
    .await;
}

/// The power went while the first attempt of a run was on its way to the disk: nothing of the
/// run has begun, and what came before it is not forgotten, however often that happens.
#[tokio::test]
async fn a_run_whose_first_attempt_is_lost_hides_no_other() {
    in_every_shell(async |sandbox| {
        assert_eq!(run(sandbox, "run1", 7).await, Ok(AttemptOutcome::Succeeded));
        for (epoch, name) in (8..).zip(["run2", "run3", "run4"]) {
            assert_eq!(
                run(sandbox, name, epoch).await,
                Ok(AttemptOutcome::Succeeded)
            );
            let receipts = sandbox.root().join(format!("var/lib/ddt/receipts/{name}"));
            std::fs::remove_dir_all(receipts).expect("removed");
            assert_eq!(last_run(sandbox).await.as_deref(), Some("run1"));
            assert_eq!(self::epoch(sandbox).await, epoch);
        }
        let older = run(sandbox, "run5", 9).await;
        assert_eq!(older, Err(NodeError::StaleEpoch { seen: 10, ours: 9 }));
    })
    .await;
}

#[tokio::test]
async fn a_run_that_was_noted_in_part_does_not_count() {
    for kept in ["", "8", "8 run2", "8 run2 2"] {
        in_every_shell(async |sandbox| {
            assert_eq!(run(sandbox, "run1", 7).await, Ok(AttemptOutcome::Succeeded));
            sandbox.write(FILES[1], kept);
            assert_eq!(last_run(sandbox).await.as_deref(), Some("run1"));
            assert_eq!(epoch(sandbox).await, 7);
            assert_eq!(run(sandbox, "run2", 8).await, Ok(AttemptOutcome::Succeeded));
            assert_eq!(last_run(sandbox).await.as_deref(), Some("run2"));
        })
        .await;
    }
}

#[tokio::test]
async fn what_ddt_did_not_write_is_named() {
    in_every_shell(async |sandbox| {
        sandbox.write(FILES[0], "what is this\n");
        let facts = sandbox.node().facts(&query()).await;
        let Err(NodeError::State(why)) = facts else {
            panic!("{facts:?}");
        };
        assert!(
            why.ends_with("var/lib/ddt/current.a is not what ddt wrote"),
            "{why}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_run_is_on_the_disk_before_its_first_step() {
    in_every_shell(async |sandbox| {
        let request = attempt(sandbox, "run1", 7).await;
        let path = sandbox.path_that_tells_of_sync();
        let mut node = sandbox.node_with(Purpose::Deploy, &path);
        start(&mut node, &request).await.0.expect("a receipt");
        let synced = sandbox.read("synced");
        let state = sandbox.root().join("var/lib/ddt");
        for wanted in [format!("{state}/current.a"), state.to_string()] {
            let is_there = synced.split_whitespace().any(|file| file == wanted);
            assert!(is_there, "{wanted}: {synced}");
        }
    })
    .await;
}

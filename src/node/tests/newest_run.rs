//! The newest run that a node has seen, and its last attempt, across losses of power.

use super::sandbox::{Sandbox, in_every_shell, query, request, start, until};
use crate::node::attempt::{AttemptId, AttemptOutcome, AttemptRequest};
use crate::node::{Node as _, NodeError, Purpose};

/// The file of the run that a node has seen as the first, the second and so on.
fn file(number: usize) -> String {
    format!("var/lib/ddt/current.{number}")
}

/// An attempt of a run.
async fn attempt(sandbox: &Sandbox, run: &str, epoch: u64) -> AttemptRequest {
    let script = "#!/bin/sh\ncd \"$DDT_ROOT\"\n[ ! -e ../synced ] || cat ../synced > synced\n";
    attempt_of(sandbox, script, run, epoch).await
}

/// An attempt of a run that deploys with a script.
async fn attempt_of(sandbox: &Sandbox, script: &str, run: &str, epoch: u64) -> AttemptRequest {
    let steps = [("deploy", script)];
    let mut request = request(sandbox.upload(&mut sandbox.node(), &steps).await);
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
        assert_eq!(sandbox.read(&file(4)), "10 run4 end\n");
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
    for kept in ["", "8", "8 run2", "8 run2 end"] {
        in_every_shell(async |sandbox| {
            assert_eq!(run(sandbox, "run1", 7).await, Ok(AttemptOutcome::Succeeded));
            sandbox.write(&file(2), kept);
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
        sandbox.write(&file(1), "what is this\n");
        let facts = sandbox.node().facts(&query()).await;
        let Err(NodeError::State(why)) = facts else {
            panic!("{facts:?}");
        };
        assert!(
            why.ends_with("var/lib/ddt/current.1 is not what ddt wrote"),
            "{why}"
        );
    })
    .await;
}

/// What a word of a later ddt asks for is not known: nothing is said of the attempt.
#[tokio::test]
async fn an_attempt_of_a_newer_ddt_is_left_to_it() {
    in_every_shell(async |sandbox| {
        assert_eq!(run(sandbox, "run1", 7).await, Ok(AttemptOutcome::Succeeded));
        let id = last(sandbox).await.expect("an attempt");
        let AttemptId {
            component,
            package,
            number,
            ..
        } = &id;
        let claim = format!("var/lib/ddt/receipts/run1/{component},{package},{number}.request");
        let words = format!("later=yes {}", sandbox.read(&claim));
        sandbox.write(&claim, &words);
        let before = sandbox.tree();
        let facts = sandbox.node().facts(&query()).await;
        let said = facts.expect_err("it is not known").to_string();
        let root = sandbox.root();
        insta::allow_duplicates! {
            insta::assert_snapshot!(said.replace(root.as_str(), ""), @"was deployed to by a newer ddt, which is needed from now on: /var/lib/ddt/receipts/run1/hostos,hostos-boot-release,1 says later, which this one does not know");
        }
        assert_eq!(sandbox.tree(), before);
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
        for wanted in [format!("{state}/current.1"), state.to_string()] {
            let is_there = synced.split_whitespace().any(|file| file == wanted);
            assert!(is_there, "{wanted}: {synced}");
        }
    })
    .await;
}

/// The files of runs that nothing depends on any more are removed now and then.
#[tokio::test]
async fn of_many_runs_the_last_few_are_kept() {
    in_every_shell(async |sandbox| {
        let mut request = attempt(sandbox, "run", 0).await;
        let mut node = sandbox.node();
        for epoch in 1..=25 {
            request.id.run = format!("run{epoch}").parse().expect("a name");
            request.epoch = epoch;
            start(&mut node, &request).await.0.expect("a receipt");
        }
        assert_eq!(last_run(sandbox).await.as_deref(), Some("run25"));
        assert_eq!(self::epoch(sandbox).await, 25);
        let there = (1..=25).filter(|number| !sandbox.read(&file(*number)).is_empty());
        let there: Vec<usize> = there.collect();
        assert!((2..=10).contains(&there.len()), "{there:?}");
        assert_eq!(there.last(), Some(&25));
    })
    .await;
}

/// Starts an attempt that has found nobody, and claims itself only when another one of another
/// run is at work, which ends once the first one has. Says what came of both.
async fn at_once(
    sandbox: &Sandbox,
    held: &AttemptRequest,
    other: &AttemptRequest,
) -> [Result<AttemptOutcome, NodeError>; 2] {
    let root = sandbox.root();
    drop(std::fs::remove_dir(root.join("var/lib/ddt/secrets")));
    let wait = format!("while [ -d '{root}' ] && ! [ -e '{root}/begun' ]; do sleep 0.01; done");
    let script = format!(": > '{root}/held'\n{wait}\nexec mkdir \"$@\"\n");
    let path = sandbox.path_with("mkdir", &script);
    let holding = async {
        let mut node = sandbox.node_with(Purpose::Deploy, &path);
        let ended = start(&mut node, held).await.0;
        sandbox.write("end", "");
        ended
    };
    let working = async {
        until("the first one has looked", || root.join("held").exists()).await;
        start(&mut sandbox.node(), other).await.0
    };
    let (held, other) = tokio::join!(holding, working);
    [held, other].map(|receipt| receipt.map(|receipt| receipt.outcome))
}

/// An attempt that is at work until `end` is there.
async fn working(sandbox: &Sandbox, run: &str, epoch: u64) -> AttemptRequest {
    let script = "#!/bin/sh\ncd \"$DDT_ROOT\" && : > begun\n\
                  while [ -d \"$DDT_ROOT\" ] && ! [ -e end ]; do sleep 0.01; done\n";
    attempt_of(sandbox, script, run, epoch).await
}

#[tokio::test]
async fn an_older_run_that_looked_before_a_newer_one_began_is_refused() {
    in_every_shell(async |sandbox| {
        assert_eq!(run(sandbox, "run1", 7).await, Ok(AttemptOutcome::Succeeded));
        let mut older = attempt(sandbox, "run1", 7).await;
        older.id.number = 2;
        let newer = working(sandbox, "run2", 8).await;
        let [older, newer] = at_once(sandbox, &older, &newer).await;
        assert_eq!(older, Err(NodeError::StaleEpoch { seen: 8, ours: 7 }));
        assert_eq!(newer, Ok(AttemptOutcome::Succeeded));
        assert_eq!(last_run(sandbox).await.as_deref(), Some("run2"));
    })
    .await;
}

#[tokio::test]
async fn a_newer_run_that_looked_before_an_older_one_began_waits_its_turn() {
    in_every_shell(async |sandbox| {
        assert_eq!(run(sandbox, "run1", 7).await, Ok(AttemptOutcome::Succeeded));
        let mut older = working(sandbox, "run1", 7).await;
        older.id.number = 2;
        let newer = attempt(sandbox, "run2", 8).await;
        let [refused, ended] = at_once(sandbox, &newer, &older).await;
        assert_eq!(refused, Err(NodeError::Busy(Box::new(older.id.clone()))));
        assert_eq!(ended, Ok(AttemptOutcome::Succeeded));
        // Nothing of it has begun, and it can still begin.
        assert_eq!(last(sandbox).await, Some(older.id));
        let begun = start(&mut sandbox.node(), &newer).await.0;
        assert_eq!(begun.expect("a receipt").outcome, AttemptOutcome::Succeeded);
    })
    .await;
}

/// Of two that begin to note themselves, the second finds the first, whatever their epochs.
#[tokio::test]
async fn of_two_runs_that_are_new_one_begins() {
    for epoch in [7, 8, 9] {
        in_every_shell(async |sandbox| {
            let first = working(sandbox, "run1", 8).await;
            let second = attempt(sandbox, "run2", epoch).await;
            let [refused, ended] = at_once(sandbox, &second, &first).await;
            let expected = match epoch {
                7 => NodeError::StaleEpoch { seen: 8, ours: 7 },
                _ => NodeError::Busy(Box::new(first.id.clone())),
            };
            assert_eq!(refused, Err(expected));
            assert_eq!(ended, Ok(AttemptOutcome::Succeeded));
            assert_eq!(last(sandbox).await, Some(first.id));
        })
        .await;
    }
}

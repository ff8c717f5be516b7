//! The line that is appended to the releases file, cut short as a loss of power cuts it, and
//! the stage that is lost with it.

use std::fs::OpenOptions;
use std::time::{Duration, SystemTime};

use super::sandbox::{
    HISTORY, RELEASES, STAGE, Sandbox, in_every_shell, records, request, start, take_up,
};
use crate::node::attempt::{AttemptOutcome, AttemptRequest, Commit, Receipt};
use crate::node::{Follow, Node as _, Purpose};

/// What the releases file says before: only to a file with whole lines is one appended.
const BEFORE: &str = "2022-06-01T00:00:00Z an-earlier-release 1.0.0 line\n";

/// The stage before.
const STAGE_BEFORE: &str = "before\n";

/// What a machine had not written to its disk when the power went.
#[derive(Clone, Copy, Debug)]
struct Loss {
    /// Whether the attempt sets a stage, and whether that arrived.
    stage: Option<bool>,
    /// The bytes of the releases file that arrived.
    kept: usize,
}

/// An attempt that has a release to record, and a stage if so wanted.
async fn attempt(sandbox: &Sandbox, sets_stage: bool) -> AttemptRequest {
    let script = "#!/bin/sh\necho x >> \"$DDT_ROOT/effects\"\n";
    let payload = sandbox
        .upload(&mut sandbox.node(), &[("deploy", script)])
        .await;
    let mut records = records();
    records.stage = records.stage.filter(|_| sets_stage);
    AttemptRequest {
        commit: Commit::AfterSteps(records),
        ..request(payload)
    }
}

/// The records, as they have been for long.
fn write_records_before(sandbox: &Sandbox) {
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 30);
    for (path, text) in [(RELEASES, BEFORE), (STAGE, STAGE_BEFORE)] {
        sandbox.write(path, text);
        let file = OpenOptions::new()
            .append(true)
            .open(sandbox.root().join(path));
        file.expect("there").set_modified(long_ago).expect("set");
    }
}

/// A machine that loses its power while the records are on their way to the disk: a part of
/// them arrives there, and the runner is gone.
fn path_of_power_loss(sandbox: &Sandbox, loss: Loss) -> String {
    let Loss { stage, kept } = loss;
    let lost = match stage {
        Some(false) => format!("printf '{STAGE_BEFORE}' > '{}/{STAGE}'", sandbox.root()),
        _ => ":".into(),
    };
    let script = format!(
        "for path; do\n  case $path in\n    */release-bundles)\n      \
         head -c {kept} \"$path\" > '{root}/../kept'\n      cat '{root}/../kept' > \"$path\"\n      \
         {lost}\n      kill -KILL $PPID ;;\n  esac\ndone\nexec sync \"$@\"\n",
        root = sandbox.root(),
    );
    sandbox.path_with("sync", &script)
}

/// Runs the attempt on such a machine; its releases file says what it says then.
async fn lose_power(sandbox: &Sandbox, loss: Loss) {
    write_records_before(sandbox);
    let request = attempt(sandbox, loss.stage.is_some()).await;
    let path = path_of_power_loss(sandbox, loss);
    let mut node = sandbox.node_with(Purpose::Deploy, &path);
    node.do_not_reconnect();
    let lost = start(&mut node, &request).await.0;
    assert!(lost.is_err(), "{loss:?}: {lost:?}");
    assert_eq!(sandbox.read(RELEASES).len(), loss.kept, "{loss:?}");
}

async fn finish(sandbox: &Sandbox) -> Receipt {
    let follow = Follow {
        attempt: take_up(1),
        offset: 0,
    };
    let receipt = sandbox.node().follow(&follow, &mut |_| {}).await;
    receipt.expect("a receipt")
}

/// The length of the releases file after an attempt that nothing disturbed.
async fn whole_length(sandbox: &Sandbox) -> usize {
    write_records_before(sandbox);
    let request = attempt(sandbox, false).await;
    start(&mut sandbox.node(), &request)
        .await
        .0
        .expect("a receipt");
    sandbox.read(RELEASES).len()
}

/// Whatever arrived: the records are finished, once, and no step runs again.
async fn is_finished_after(sandbox: &Sandbox, loss: Loss, whole: usize) {
    lose_power(sandbox, loss).await;
    assert_eq!(finish(sandbox).await.outcome, AttemptOutcome::Succeeded);
    let releases = sandbox.read(RELEASES);
    assert_eq!(releases.len(), whole, "{loss:?}: {releases}");
    assert!(releases.starts_with(BEFORE), "{loss:?}: {releases}");
    assert_eq!(releases.lines().count(), 2, "{loss:?}: {releases}");
    let stage = loss.stage.map_or(STAGE_BEFORE, |_| "pre-config\n");
    assert_eq!(sandbox.read(STAGE), stage, "{loss:?}");
    assert_eq!(sandbox.read(HISTORY).lines().count(), 1, "{loss:?}");
    assert_eq!(sandbox.read("effects"), "x\n", "{loss:?}");
    let records = sandbox.root().join("etc/genesis");
    let left = records.read_dir_utf8().expect("there").count();
    assert_eq!(left, 2, "{loss:?}: nothing is left beside");
}

#[tokio::test]
async fn records_that_were_cut_short_are_finished_once() {
    in_every_shell(async |shell| {
        let whole = whole_length(&Sandbox::new(shell.shell.clone())).await;
        let middle = BEFORE.len().midpoint(whole);
        for kept in [BEFORE.len(), BEFORE.len() + 1, middle, whole - 1, whole] {
            for stage in [None, Some(false), Some(true)] {
                let sandbox = Sandbox::new(shell.shell.clone());
                is_finished_after(&sandbox, Loss { stage, kept }, whole).await;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_line_cut_short_to_which_somebody_else_wrote_is_left_alone() {
    in_every_shell(async |sandbox| {
        let kept = BEFORE.len() + 10;
        lose_power(sandbox, Loss { stage: None, kept }).await;
        let found = sandbox.read(RELEASES) + "by hand\n";
        sandbox.write(RELEASES, &found);
        let outcome = finish(sandbox).await.outcome;
        assert!(
            matches!(outcome, AttemptOutcome::RecordRefused { .. }),
            "{outcome:?}"
        );
        assert_eq!(sandbox.read(RELEASES), found);
    })
    .await;
}

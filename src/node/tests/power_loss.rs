//! The line that is appended to the releases file, cut short as a loss of power cuts it.

use std::os::unix::fs::PermissionsExt as _;

use super::sandbox::{
    HISTORY, RELEASES, Sandbox, in_every_shell, records, request, start, take_up,
};
use crate::node::attempt::{AttemptOutcome, AttemptRequest, Commit, Receipt, Records};
use crate::node::{Follow, Node as _, Purpose};

/// What the releases file says before: only to a file with whole lines is one appended.
const BEFORE: &str = "2022-06-01T00:00:00Z an-earlier-release 1.0.0 line\n";

/// An attempt that only has a release to record.
async fn attempt(sandbox: &Sandbox) -> AttemptRequest {
    let script = "#!/bin/sh\necho x >> \"$DDT_ROOT/effects\"\n";
    let payload = sandbox
        .upload(&mut sandbox.node(), &[("deploy", script)])
        .await;
    let records = Records {
        stage: None,
        ..records()
    };
    AttemptRequest {
        commit: Commit::AfterSteps(records),
        ..request(payload)
    }
}

/// A machine that loses its power while the releases file is on its way to the disk:
/// `kept` bytes of the file arrive there, and the runner is gone.
fn path_of_power_loss(sandbox: &Sandbox, kept: usize) -> String {
    let directory = sandbox.directory.path().join(format!("tools-{kept}"));
    std::fs::create_dir(&directory).expect("made");
    let tools = &sandbox.shell.path;
    let script = format!(
        "#!/bin/sh\nPATH='{tools}'\nfor path; do\n  case $path in\n    */release-bundles)\n      \
         head -c {kept} \"$path\" > '{root}/../kept'\n      cat '{root}/../kept' > \"$path\"\n      \
         kill -KILL $PPID ;;\n  esac\ndone\nexec sync \"$@\"\n",
        root = sandbox.root(),
    );
    let path = directory.join("sync");
    std::fs::write(&path, script).expect("written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("set");
    format!("{}:{tools}", directory.display())
}

/// Runs the attempt on such a machine; its releases file says what it says then.
async fn lose_power(sandbox: &Sandbox, kept: usize) {
    sandbox.write(RELEASES, BEFORE);
    let request = attempt(sandbox).await;
    let path = path_of_power_loss(sandbox, kept);
    let mut node = sandbox.node_with(Purpose::Deploy, &path);
    node.do_not_reconnect();
    let lost = start(&mut node, &request).await.0;
    assert!(lost.is_err(), "{kept}: {lost:?}");
    assert_eq!(sandbox.read(RELEASES).len(), kept);
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
    sandbox.write(RELEASES, BEFORE);
    let request = attempt(sandbox).await;
    start(&mut sandbox.node(), &request)
        .await
        .0
        .expect("a receipt");
    sandbox.read(RELEASES).len()
}

#[tokio::test]
async fn a_release_line_that_was_cut_short_is_finished_once() {
    in_every_shell(async |shell| {
        let whole = whole_length(&Sandbox::new(shell.shell.clone())).await;
        let middle = BEFORE.len().midpoint(whole);
        for kept in [BEFORE.len(), BEFORE.len() + 1, middle, whole - 1, whole] {
            let sandbox = Sandbox::new(shell.shell.clone());
            lose_power(&sandbox, kept).await;
            assert_eq!(finish(&sandbox).await.outcome, AttemptOutcome::Succeeded);
            let releases = sandbox.read(RELEASES);
            assert_eq!(releases.len(), whole, "{kept}: {releases}");
            assert!(releases.starts_with(BEFORE), "{kept}: {releases}");
            assert_eq!(releases.lines().count(), 2, "{kept}: {releases}");
            assert_eq!(sandbox.read(HISTORY).lines().count(), 1, "{kept}");
            assert_eq!(sandbox.read("effects"), "x\n", "{kept}");
            let records = sandbox.root().join("etc/genesis");
            let left = records.read_dir_utf8().expect("there").count();
            assert_eq!(left, 1, "{kept}: nothing is left beside");
        }
    })
    .await;
}

#[tokio::test]
async fn a_line_cut_short_to_which_somebody_else_wrote_is_left_alone() {
    in_every_shell(async |sandbox| {
        lose_power(sandbox, BEFORE.len() + 10).await;
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

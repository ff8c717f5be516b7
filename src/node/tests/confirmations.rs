//! The watch over an attempt that somebody has to confirm: the node goes back by itself,
//! or does not, and never both.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use camino::Utf8PathBuf;

use super::sandbox::{
    RELEASES, STAGE, Sandbox, Shell, TAG, id, in_every_shell, query, records, request, start, step,
    until,
};
use crate::digest::Digest;
use crate::node::attempt::{
    AttemptId, AttemptOutcome, AttemptRequest, AttemptState, Commit, Release, StepKind, Watch,
};
use crate::node::channel::{Channel, Link};
use crate::node::facts::ReleaseOutcome;
use crate::node::local::Local;
use crate::node::runner::RunnerNode;
use crate::node::script::PATH;
use crate::node::{ConnectOptions, Follow, Node as _, NodeError, Purpose, RebootRequest};

const OLD: &str = "3.0.5-20220502T124916Z_987ca13";

/// Installs, and lets nobody in any more; going back counts itself and lets all in again.
const CUTS: &str = "#!/bin/sh\necho deploy; : > \"$DDT_ROOT/cut\"\n";
const OPENS: &str =
    "#!/bin/sh\necho back to \"$DDT_FROM_TAG\" >> \"$DDT_ROOT/back\"; rm -f \"$DDT_ROOT/cut\"\n";

/// Runs a test where `sh` is each of the shells, because a watch is started by `sh`.
async fn in_every_sh(test: impl AsyncFn(&Sandbox)) {
    in_every_shell(async |sandbox| {
        let Shell { words, path } = &sandbox.shell;
        let directory = sandbox.directory.path().join("shell");
        std::fs::create_dir(&directory).expect("made");
        let mut places = path.split(':').chain(PATH.split(':'));
        let place = places.find(|place| Path::new(place).join(words[0]).exists());
        let shell = Path::new(place.expect("a place")).join(words[0]);
        symlink(shell, directory.join("sh")).expect("linked");
        let path = format!("{}:{path}", directory.display());
        test(&Sandbox::new(Shell {
            words: vec!["sh"],
            path,
        }))
        .await;
    })
    .await;
}

/// A machine that nobody can reach while there is a file `cut` on it.
struct Cuttable {
    link: Local,
    cut: Utf8PathBuf,
}

#[async_trait]
impl Link for Cuttable {
    async fn open(&mut self) -> Result<Channel, NodeError> {
        match self.cut.exists() {
            true => Err(NodeError::Unreachable("cut".into())),
            false => self.link.open().await,
        }
    }

    fn explain(&self, said: &str) -> NodeError {
        self.link.explain(said)
    }

    async fn disconnect(&mut self) {}
}

fn node(sandbox: &Sandbox) -> RunnerNode<Cuttable> {
    let link = Cuttable {
        link: sandbox.link(Purpose::Deploy, &sandbox.shell.path),
        cut: sandbox.root().join("cut"),
    };
    let name = "node1".parse().expect("a name");
    RunnerNode::new(name, link, &ConnectOptions::default())
}

/// An attempt that goes back unless it is confirmed: its `deploy`, and its `rollback`.
pub(super) async fn watched(
    sandbox: &Sandbox,
    within_seconds: u32,
    scripts: [&str; 2],
) -> AttemptRequest {
    let [deploy, rollback] = scripts;
    let steps = [("deploy", deploy), ("rollback", rollback)];
    let mut request = request(sandbox.upload(&mut sandbox.node(), &steps).await);
    request.from_tag = Some(OLD.parse().expect("a tag"));
    request.stage = Some("fresh".into());
    request.watch = Some(Watch {
        within_seconds,
        rollback: step(StepKind::Rollback, "rollback"),
        release: Release {
            tag: OLD.parse().expect("a tag"),
            digest: Digest::of(b"old bundle"),
            outcome: ReleaseOutcome::RolledBack,
        },
        stage: Some("fresh".into()),
        reboots: false,
    });
    sandbox.write(STAGE, "fresh\n");
    request
}

/// The release that the node's record names, and how it came there.
fn recorded(sandbox: &Sandbox) -> String {
    let releases = sandbox.read(RELEASES);
    let words: Vec<&str> = releases.split_whitespace().collect();
    match words.as_slice() {
        [] => String::new(),
        [_, _, release, _, _, outcome] => format!("{release} {outcome}"),
        _ => panic!("more than one line: {releases}"),
    }
}

fn was_undone(sandbox: &Sandbox) -> bool {
    let back = format!("back to {OLD}\n");
    let release = format!("hostos-boot-release:{OLD} rolled-back");
    match sandbox.read("back") {
        nothing if nothing.is_empty() => {
            let release = format!("hostos-boot-release:{TAG} deployed");
            assert_eq!(recorded(sandbox), release);
            assert_eq!(sandbox.read(STAGE), "pre-config\n");
            false
        }
        said => {
            assert_eq!(said, back, "once");
            assert_eq!(recorded(sandbox), release);
            assert_eq!(sandbox.read(STAGE), "fresh\n");
            true
        }
    }
}

/// How the node's last attempt ended, once it has.
async fn end_of_last(sandbox: &Sandbox) -> AttemptOutcome {
    let receipt = format!(
        "var/lib/ddt/receipts/run1/hostos,{},1.receipt",
        id(1).package
    );
    let is_whole = || sandbox.read(&receipt).ends_with("\nend\n");
    until("there is a receipt", is_whole).await;
    let facts = sandbox.node().facts(&query()).await.expect("facts");
    match facts.last_attempt.expect("an attempt").state {
        AttemptState::Ended(receipt) => receipt.outcome,
        state => panic!("it has a receipt, and is {state:?}"),
    }
}

fn watches(sandbox: &Sandbox) -> bool {
    sandbox.root().join("var/lib/ddt/watch").exists()
}

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

/// Starts an attempt and leaves before it ends; returns once its step is at work.
async fn abandon(sandbox: &Sandbox, request: &AttemptRequest) {
    let mut node = sandbox.node();
    let started = || !sandbox.read("started").is_empty();
    tokio::select! {
        (receipt, _) = start(&mut node, request) => panic!("it ended: {receipt:?}"),
        () = until("the step is at work", started) => {}
    }
}

const WAITS: &str = "#!/bin/sh\necho $$ > \"$DDT_ROOT/started\"\n\
                     until [ -e \"$DDT_ROOT/go\" ]; do sleep 0.05; done\n";

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
            id: id(1),
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
        let receipt = sandbox.node().finish(&id(1), &mut |_| {}).await;
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
        let receipt = sandbox.node().finish(&id(1), &mut |_| {}).await;
        assert_eq!(
            receipt.map(|receipt| receipt.outcome),
            Ok(AttemptOutcome::Undone)
        );
    })
    .await;
}

/// Comes back so long after the steps have ended; whoever wins, the records, the receipt
/// and the steps tell of the same end.
async fn come_late(sandbox: &Sandbox, pause: Duration) {
    let sandbox = Sandbox::new(sandbox.shell.clone());
    let request = watched(&sandbox, 1, [WAITS, OPENS]).await;
    abandon(&sandbox, &request).await;
    sandbox.write("go", "");
    let waiting = format!(
        "var/lib/ddt/receipts/run1/hostos,{},1.awaiting",
        id(1).package
    );
    let is_there = || sandbox.root().join(&waiting).exists();
    until("the steps are over", is_there).await;
    tokio::time::sleep(pause).await;
    let receipt = sandbox.node().finish(&id(1), &mut |_| {}).await;
    let outcome = receipt.expect("a receipt").outcome;
    assert_eq!(outcome == AttemptOutcome::Undone, was_undone(&sandbox));
}

#[tokio::test]
async fn a_confirmation_and_the_deadline_never_both_win() {
    in_every_sh(async |sandbox| {
        let late = |milliseconds| come_late(sandbox, Duration::from_millis(milliseconds));
        tokio::join!(late(700), late(1000), late(1200), late(1400), late(1700));
    })
    .await;
}

/// The claims themselves, as processes that begin at the same time.
#[tokio::test]
async fn one_claim_wins() {
    let claims = include_str!("../runner/watch.sh");
    let race = "
      attempt_state=unconfirmed
      for round in $(seq 30); do
        attempt=$PWD/$round
        : > $attempt.awaiting
        { until [ -e $attempt.go ]; do :; done; ! confirm_attempt 2>/dev/null || echo $round; } &
        { until [ -e $attempt.go ]; do :; done; ! claim_undo 2>/dev/null || echo $round; } &
        : > $attempt.go
        wait
      done";
    in_every_sh(async |sandbox| {
        let output = std::process::Command::new("sh")
            .args(["-c", &format!("{claims}\n{race}")])
            .env("PATH", &sandbox.shell.path)
            .current_dir(sandbox.root())
            .output()
            .expect("a shell");
        let rounds: String = (1..=30).map(|round| format!("{round}\n")).collect();
        assert_eq!(String::from_utf8_lossy(&output.stdout), rounds);
    })
    .await;
}

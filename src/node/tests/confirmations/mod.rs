//! The watch over an attempt that somebody has to confirm: the node goes back by itself,
//! or does not, and never both.

mod claims;
mod ends;
mod losses;
mod reboots;

use std::os::unix::fs::symlink;
use std::path::Path;

use async_trait::async_trait;
use camino::Utf8PathBuf;

use super::sandbox::{
    RELEASES, STAGE, Sandbox, Shell, TAG, id, in_every_shell, query, request, start, step, until,
};
use crate::digest::Digest;
use crate::node::attempt::{
    AttemptOutcome, AttemptRequest, AttemptState, Release, StepKind, Watch,
};
use crate::node::channel::{Channel, Link};
use crate::node::facts::ReleaseOutcome;
use crate::node::local::Local;
use crate::node::runner::RunnerNode;
use crate::node::script::PATH;
use crate::node::{ConnectOptions, Node as _, NodeError, Purpose};

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
                     while [ -d \"$DDT_ROOT\" ] && ! [ -e \"$DDT_ROOT/go\" ]; do sleep 0.05; done\n";

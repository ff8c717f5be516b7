//! A node in a temporary directory, behind each of the shells that a node may have.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::TempDir;

use crate::digest::Digest;
use crate::node::attempt::{
    AttemptId, AttemptRequest, Commit, Receipt, Records, Release, Step, StepKind,
};
use crate::node::facts::ReleaseOutcome;
use crate::node::local::Local;
use crate::node::runner::RunnerNode;
use crate::node::script::{Bootstrap, PATH};
use crate::node::{
    ComponentFiles, ConnectOptions, FactsQuery, Node, NodeError, Payload, Purpose, TakeUp,
};

/// Returns when something is so that other processes bring about.
///
/// # Panics
/// When it is not within two minutes: no test needs as long.
pub(super) async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let looks = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let ended = tokio::time::timeout(Duration::from_secs(120), looks).await;
    assert!(ended.is_ok(), "waited in vain until {what}");
}

/// A shell and the tools that go with it.
#[derive(Clone, Debug)]
pub(super) struct Shell {
    pub(super) words: Vec<&'static str>,
    pub(super) path: String,
}

/// The machine of a test.
pub(super) struct Sandbox {
    pub(super) directory: TempDir,
    pub(super) shell: Shell,
}

/// Runs a test under dash, bash in both its modes, and busybox with its own tools. A
/// shell that is not installed is reported, and counted as missing where CI is set.
pub(super) async fn in_every_shell(test: impl AsyncFn(&Sandbox)) {
    let tools = tempfile::tempdir().expect("a directory");
    for words in [
        vec!["dash"],
        vec!["bash"],
        vec!["bash", "--posix"],
        vec!["busybox", "sh"],
    ] {
        let Some(path) = tools_of(words[0], tools.path()) else {
            assert!(
                std::env::var_os("CI").is_none(),
                "{} is not installed",
                words[0]
            );
            eprintln!("skipped: {} is not installed", words[0]);
            continue;
        };
        eprintln!("shell: {}", words.join(" "));
        test(&Sandbox::new(Shell { words, path })).await;
    }
}

fn tools_of(shell: &str, directory: &Path) -> Option<String> {
    let is_there = |directory: &&str| Path::new(directory).join(shell).exists();
    let there = PATH.split(':').find(is_there)?;
    if shell != "busybox" {
        return Some(PATH.into());
    }
    let busybox = Path::new(there).join(shell);
    let install = ["--install", "-s"];
    std::os::unix::fs::symlink(&busybox, directory.join(shell)).expect("linked");
    let installed = Command::new(busybox).args(install).arg(directory).status();
    assert!(installed.expect("busybox runs").success());
    Some(directory.to_str().expect("a path").into())
}

impl Sandbox {
    pub(super) fn new(shell: Shell) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        std::fs::create_dir(directory.path().join("root")).expect("a root");
        Self { directory, shell }
    }

    /// A search path on which a tool stands before the shell's own, which its script has.
    pub(super) fn path_with(&self, tool: &str, script: &str) -> String {
        let directory = self.directory.path().join("tools");
        std::fs::create_dir_all(&directory).expect("made");
        let (path, tools) = (directory.join(tool), &self.shell.path);
        let script = format!("#!/bin/sh\nPATH='{tools}'\n{script}");
        std::fs::write(&path, script).expect("written");
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&path, mode).expect("set");
        format!("{}:{tools}", directory.display())
    }

    /// A search path whose `sync` adds a line to `../synced` each time: what is to be on the disk.
    pub(super) fn path_that_tells_of_sync(&self) -> String {
        let told = self.root().join("../synced");
        self.path_with(
            "sync",
            &format!("echo \"$@\" >> '{told}'\nexec sync \"$@\"\n"),
        )
    }

    /// The node's root directory.
    pub(super) fn root(&self) -> Utf8PathBuf {
        let root = self.directory.path().join("root");
        Utf8PathBuf::from_path_buf(root).expect("a path")
    }

    pub(super) fn node(&self) -> RunnerNode<Local> {
        self.node_for(Purpose::Deploy)
    }

    pub(super) fn node_for(&self, purpose: Purpose) -> RunnerNode<Local> {
        self.node_with(purpose, &self.shell.path)
    }

    /// What opens sessions on the machine, with the tools of a search path.
    pub(super) fn link(&self, purpose: Purpose, path: &str) -> Local {
        let words = self.shell.words.clone();
        let path = path.to_owned();
        self.link_behind(&Shell { words, path }, purpose)
    }

    fn link_behind(&self, shell: &Shell, purpose: Purpose) -> Local {
        let bootstrap = Bootstrap::new(Some(&self.root()), purpose).expect("a root");
        Local::new(bootstrap).with_shell(&shell.words, &shell.path)
    }

    pub(super) fn node_with(&self, purpose: Purpose, path: &str) -> RunnerNode<Local> {
        let words = self.shell.words.clone();
        let path = path.to_owned();
        self.node_behind(&Shell { words, path }, purpose)
    }

    /// The same machine behind another shell.
    pub(super) fn node_behind(&self, shell: &Shell, purpose: Purpose) -> RunnerNode<Local> {
        let link = self.link_behind(shell, purpose);
        let options = ConnectOptions {
            purpose,
            ..ConnectOptions::default()
        };
        RunnerNode::new("node1".parse().expect("a name"), link, &options)
    }

    /// Writes a file below the root.
    pub(super) fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("directories");
        std::fs::write(path, text).expect("written");
    }

    /// Reads a file below the root; empty where there is none.
    pub(super) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.root().join(path)).unwrap_or_default()
    }

    /// Packs executables into a payload, and puts it on the node.
    pub(super) async fn upload(&self, node: &mut dyn Node, steps: &[(&str, &str)]) -> Digest {
        let payload = self.payload(steps);
        node.upload(std::slice::from_ref(&payload))
            .await
            .expect("uploaded");
        payload.digest
    }

    /// Packs executables into a payload.
    pub(super) fn payload(&self, steps: &[(&str, &str)]) -> Payload {
        let digest = Digest::of(&packed("", steps));
        let bytes = packed(&format!("{}/", digest.hex()), steps);
        let path = self.directory.path().join(format!("{}.tar", digest.hex()));
        std::fs::write(&path, &bytes).expect("written");
        Payload {
            digest,
            path: Utf8PathBuf::from_path_buf(path).expect("a path"),
            size: bytes.len() as u64,
            archive: Digest::of(&bytes),
        }
    }

    /// The archive of executables without a prefix, whose digest a payload has.
    pub(super) fn canonical(&self, steps: &[(&str, &str)]) -> Vec<u8> {
        packed("", steps)
    }

    /// All files of the machine with mode and content: two equal ones are the same tree.
    pub(super) fn tree(&self) -> BTreeMap<Utf8PathBuf, (u32, Vec<u8>)> {
        let mut files = BTreeMap::new();
        collect(&self.root(), &mut files);
        files
    }
}

/// An archive of executables, their names behind a prefix.
fn packed(prefix: &str, steps: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, text) in steps {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o755);
        archive
            .append_data(&mut header, format!("{prefix}{name}"), text.as_bytes())
            .expect("packed");
    }
    archive.into_inner().expect("packed")
}

fn collect(directory: &Utf8Path, files: &mut BTreeMap<Utf8PathBuf, (u32, Vec<u8>)>) {
    for entry in directory.read_dir_utf8().expect("a directory") {
        let path = entry.expect("an entry").into_path();
        let metadata = path.symlink_metadata().expect("there");
        let content = if metadata.is_file() {
            std::fs::read(&path).expect("read")
        } else {
            vec![]
        };
        files.insert(path.clone(), (metadata.permissions().mode(), content));
        if metadata.is_dir() {
            collect(&path, files);
        }
    }
}

pub(super) const STAGE: &str = "etc/genesis/deploy_stage";
pub(super) const RELEASES: &str = "etc/genesis/release-bundles";
pub(super) const HISTORY: &str = "var/log/deployment_history.log";
pub(super) const TAG: &str = "3.0.6-20220602T124916Z_887ca13";

/// What the tests ask of a node's files.
pub(super) fn query() -> FactsQuery {
    FactsQuery {
        components: vec![ComponentFiles {
            component: "hostos".parse().expect("a name"),
            stage: format!("/{STAGE}").into(),
            releases: format!("/{RELEASES}").into(),
            network: Some("/etc/genesis/network.conf".into()),
        }],
        payloads: vec![],
    }
}

pub(super) fn id(number: u32) -> AttemptId {
    AttemptId {
        run: "run1".parse().expect("a name"),
        component: "hostos".parse().expect("a name"),
        package: "hostos-boot-release".parse().expect("a name"),
        number,
    }
}

pub(super) fn records() -> Records {
    Records {
        stage: Some((format!("/{STAGE}").into(), "pre-config".into())),
        releases: format!("/{RELEASES}").into(),
        release: Release {
            tag: TAG.parse().expect("a tag"),
            digest: Digest::of(b"bundle"),
            outcome: ReleaseOutcome::Deployed,
        },
        history: format!("/{HISTORY}").into(),
    }
}

pub(super) fn step(kind: StepKind, path: &str) -> Step {
    Step {
        kind,
        path: path.into(),
        timeout_seconds: None,
    }
}

/// An attempt that runs the payload's `deploy` and records its success.
pub(super) fn request(payload: Digest) -> AttemptRequest {
    AttemptRequest {
        id: id(1),
        epoch: 7,
        journal_head: "head of the journal".into(),
        zone: "mzone7204".parse().expect("a name"),
        bundle: "hostos-boot-release".parse().expect("a name"),
        tag: TAG.parse().expect("a tag"),
        from_tag: None,
        digest: Digest::of(b"bundle"),
        payload,
        mode: "fresh".into(),
        stage: None,
        steps: vec![step(StepKind::Deploy, "deploy")],
        flags: vec![],
        config: "{}".into(),
        commit: Commit::AfterSteps(records()),
        watch: None,
    }
}

/// An attempt as the run that started it takes it up.
pub(super) fn take_up(number: u32) -> TakeUp {
    TakeUp {
        id: id(number),
        epoch: 7,
    }
}

/// Runs an attempt; its receipt and its log.
pub(super) async fn start(
    node: &mut dyn Node,
    request: &AttemptRequest,
) -> (Result<Receipt, NodeError>, Vec<u8>) {
    let mut log = Vec::new();
    let receipt = node
        .start(request, &mut |bytes| log.extend_from_slice(bytes))
        .await;
    (receipt, log)
}

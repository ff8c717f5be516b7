//! Secrets on a node: handed to the steps in memory, on no disk, and gone afterwards.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::sandbox::{Sandbox, Shell, id, in_every_shell, request, start, step, take_up, until};
use super::sshd::Sshd;
use crate::name::Name;
use crate::node::attempt::{AttemptOutcome, Commit, StepKind};
use crate::node::script::PATH;
use crate::node::{Node, Purpose};
use crate::secret::{PackageSecrets, RunSecrets, SecretValue};

/// A value that `sed`, shells and `printf` would like to read in their own way.
const CANARY: &str = r"hunter2 ]^\[-*/.$&%s\0041'`canary";

fn secrets(values: &[(&str, &[u8])]) -> RunSecrets {
    let name = |text: &str| text.parse::<Name>().expect("a name");
    let value = |bytes: &[u8]| SecretValue::new(bytes.to_vec());
    let values = values.iter().map(|(key, bytes)| (name(key), value(bytes)));
    let package = (id(1).component, id(1).package);
    RunSecrets::new(BTreeMap::from([(
        package,
        values.collect::<PackageSecrets>(),
    )]))
}

fn canary() -> RunSecrets {
    secrets(&[("password", CANARY.as_bytes())])
}

fn script(body: &str) -> String {
    format!("#!/bin/sh\n{body}\n")
}

/// A body that notes where the secrets are, says them, and waits for `go`.
fn says_and_waits(sandbox: &Sandbox) -> String {
    let root = sandbox.root();
    script(&format!(
        "echo \"$DDT_SECRETS\" > {root}/where.new && mv {root}/where.new {root}/where\n\
         cat \"$DDT_SECRETS/password\"; echo\n\
         : > {root}/said\n\
         while [ ! -e {root}/go ]; do sleep 0.02; done"
    ))
}

fn where_they_are(sandbox: &Sandbox) -> PathBuf {
    sandbox.read("where").trim_end().into()
}

/// Every file below a directory, and every process's arguments and environment, that holds the canary.
fn leaks(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    look_below(directory, &mut found);
    for process in fs::read_dir("/proc").expect("there").flatten() {
        for file in ["cmdline", "environ"] {
            look_into(process.path().join(file), &mut found);
        }
    }
    found
}

fn look_below(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a directory").flatten() {
        match entry.file_type().expect("a type") {
            kind if kind.is_dir() => look_below(&entry.path(), found),
            // What a link leads to is in memory.
            kind if kind.is_file() => look_into(entry.path(), found),
            _ => {}
        }
    }
}

fn look_into(path: PathBuf, found: &mut Vec<PathBuf>) {
    let content = fs::read(&path).unwrap_or_default();
    if content
        .windows(CANARY.len())
        .any(|window| window == CANARY.as_bytes())
    {
        found.push(path);
    }
}

#[tokio::test]
async fn every_byte_reaches_the_step_with_the_least_permissions() {
    let bytes: Vec<u8> = (0..=255).chain([0, 0, 10]).collect();
    in_every_shell(async |sandbox| {
        let root = sandbox.root();
        let body = format!(
            "cp \"$DDT_SECRETS/bytes\" {root}/copy; stat -c %a \"$DDT_SECRETS\" \"$DDT_SECRETS\"/*"
        );
        let mut node = sandbox.node();
        let payload = sandbox
            .upload(&mut node, &[("deploy", &script(&body))])
            .await;
        node.keep_secrets(secrets(&[("bytes", &bytes), ("password", b"p")]));
        let (receipt, log) = start(&mut node, &request(payload)).await;
        assert_eq!(
            receipt.expect("a receipt").outcome,
            AttemptOutcome::Succeeded
        );
        assert_eq!(log, b"700\n600\n600\n");
        assert_eq!(fs::read(root.join("copy")).expect("copied"), bytes);
    })
    .await;
}

/// Waits for the step that says the secret, and looks for it meanwhile.
async fn nothing_leaks_while_it_runs(sandbox: &Sandbox) {
    until("the step has said it", || {
        sandbox.root().join("said").exists()
    })
    .await;
    assert_eq!(
        leaks(sandbox.directory.path()),
        [] as [PathBuf; 0],
        "while the step runs"
    );
}

#[tokio::test]
async fn nothing_of_a_secret_is_anywhere_but_in_memory_and_then_nowhere() {
    in_every_shell(async |sandbox| {
        let mut node = sandbox.node();
        let body = says_and_waits(sandbox);
        let payload = sandbox.upload(&mut node, &[("deploy", &body)]).await;
        node.keep_secrets(canary());
        let request = request(payload);
        let running = start(&mut node, &request);
        let looking = async {
            nothing_leaks_while_it_runs(sandbox).await;
            assert!(where_they_are(sandbox).join("password").exists());
            sandbox.write("go", "");
        };
        let ((receipt, log), ()) = tokio::join!(running, looking);
        let receipt = receipt.expect("a receipt");
        assert_eq!(log, b"***\n");
        assert_eq!(receipt.log_bytes, CANARY.len() as u64 + 1);
        assert_eq!(
            leaks(sandbox.directory.path()),
            [] as [PathBuf; 0],
            "afterwards"
        );
        let memory = where_they_are(sandbox);
        assert!(!memory.parent().expect("a parent").exists(), "{memory:?}");
    })
    .await;
}

#[tokio::test]
async fn a_step_after_the_reboot_gets_them_again_and_so_does_a_dry_run() {
    in_every_shell(async |sandbox| {
        let says = script("cat \"$DDT_SECRETS/password\"; echo \" from $0\"");
        let steps = [("deploy", says.as_str()), ("verify", &says)];
        let mut node = sandbox.node();
        let payload = sandbox.upload(&mut node, &steps).await;
        node.keep_secrets(canary());
        let mut request = request(payload);
        request.commit = Commit::AfterReboot {
            records: super::sandbox::records(),
            verify: Some(step(StepKind::Verify, "verify")),
        };
        let (receipt, log) = start(&mut node, &request).await;
        assert_eq!(
            receipt.expect("a receipt").outcome,
            AttemptOutcome::AwaitingReboot
        );
        assert_eq!(log, b"*** from ./deploy\n");
        sandbox.write("proc/sys/kernel/random/boot_id", "another-boot\n");
        let mut node = sandbox.node();
        node.keep_secrets(canary());
        let mut log = Vec::new();
        let receipt = node
            .finish(&take_up(1), &mut |bytes| log.extend_from_slice(bytes))
            .await;
        assert_eq!(
            receipt.expect("a receipt").outcome,
            AttemptOutcome::Succeeded
        );
        assert_eq!(String::from_utf8_lossy(&log), "*** from ./verify\n");

        let mut dry = sandbox.node_for(Purpose::DryRun);
        dry.keep_secrets(canary());
        request.commit = Commit::Never;
        let (receipt, log) = start(&mut dry, &request).await;
        assert_eq!(
            receipt.expect("a receipt").outcome,
            AttemptOutcome::Succeeded
        );
        assert_eq!(log, b"*** from ./deploy\n");
        dry.close().await;
        assert_eq!(leaks(sandbox.directory.path()), [] as [PathBuf; 0]);
    })
    .await;
}

/// Kills the runner of a step that has said its secret and waits for `go`.
async fn leave_a_step_without_its_runner(sandbox: &Sandbox) {
    let mut node = sandbox.node();
    node.do_not_reconnect();
    let body = says_and_waits(sandbox);
    let payload = sandbox.upload(&mut node, &[("deploy", &body)]).await;
    node.keep_secrets(canary());
    let request = request(payload);
    let looking = async {
        until("the step has said it", || {
            sandbox.root().join("said").exists()
        })
        .await;
        kill_runner(&where_they_are(sandbox));
    };
    let ((receipt, _), ()) = tokio::join!(start(&mut node, &request), looking);
    receipt.expect_err("the runner is dead");
}

#[tokio::test]
async fn what_a_killed_runner_left_is_swept_once_its_step_has_ended() {
    in_every_shell(async |sandbox| {
        leave_a_step_without_its_runner(sandbox).await;
        let kept = where_they_are(sandbox).join("password");
        sandbox
            .node()
            .facts(&Default::default())
            .await
            .expect("facts");
        assert!(kept.exists(), "the step still reads it");
        sandbox.write("go", "");
        let swept = async {
            while kept.exists() {
                sandbox
                    .node()
                    .facts(&Default::default())
                    .await
                    .expect("facts");
            }
        };
        let swept = tokio::time::timeout(std::time::Duration::from_secs(120), swept).await;
        assert!(swept.is_ok(), "never swept");
        assert_eq!(leaks(sandbox.directory.path()), [] as [PathBuf; 0]);
        let log = "var/lib/ddt/receipts/run1/hostos,hostos-boot-release,1.log";
        assert_eq!(sandbox.read(log), format!("{}\n", "*".repeat(CANARY.len())));
    })
    .await;
}

/// The first session is held when it covers the log, and the second one comes meanwhile.
#[tokio::test]
async fn of_two_sessions_that_sweep_at_once_neither_loses_the_log() {
    in_every_shell(async |sandbox| {
        leave_a_step_without_its_runner(sandbox).await;
        let root = sandbox.root();
        let progress = "var/lib/ddt/receipts/run1/hostos,hostos-boot-release,1.progress";
        let progress = sandbox.read(progress);
        let step = progress
            .lines()
            .find_map(|line| line.strip_prefix("step "))
            .expect("a step");
        let step = step.split(' ').nth(1).expect("its process");
        sandbox.write("go", "");
        until("the step has ended", || {
            !Path::new("/proc").join(step).exists()
        })
        .await;
        let wait = "while [ -d \"$1\" ] && ! [ -e \"$1/looked\" ]; do sleep 0.01; done";
        let script = format!(": > '{root}/covers'\n(set -- '{root}'; {wait})\nexec sed \"$@\"\n");
        let path = sandbox.path_with("sed", &script);
        let kept = where_they_are(sandbox).join("password");
        let first = async {
            let mut first = sandbox.node_with(Purpose::Deploy, &path);
            first.facts(&Default::default()).await.expect("facts");
        };
        let second = async {
            // Other sessions of this machine sweep, too.
            until("one sweeps", || {
                root.join("covers").exists() || !kept.exists()
            })
            .await;
            let facts = sandbox.node().facts(&Default::default()).await;
            facts.expect("facts");
            sandbox.write("looked", "");
        };
        tokio::join!(first, second);
        until("it is swept", || !kept.exists()).await;
        let log = "var/lib/ddt/receipts/run1/hostos,hostos-boot-release,1.log";
        assert_eq!(sandbox.read(log), format!("{}\n", "*".repeat(CANARY.len())));
    })
    .await;
}

/// The directory's name says whose it is.
fn kill_runner(secrets: &Path) {
    let directory = secrets.parent().and_then(Path::file_name).expect("a name");
    let name = directory.to_str().expect("text");
    let process = name.trim_start_matches("ddt-secrets-").split('-').next();
    let kill = std::process::Command::new("kill")
        .args(["-KILL", process.expect("a pid")])
        .status();
    assert!(kill.expect("kill runs").success());
}

#[tokio::test]
async fn without_secrets_there_is_an_empty_directory() {
    in_every_shell(async |sandbox| {
        let mut node = sandbox.node();
        let body = script("ls -A \"$DDT_SECRETS\"; echo \"$DDT_SECRETS\"");
        let payload = sandbox.upload(&mut node, &[("deploy", &body)]).await;
        let mut other = secrets(&[]);
        node.keep_secrets(std::mem::take(&mut other));
        let (_, log) = start(&mut node, &request(payload)).await;
        assert_eq!(
            String::from_utf8_lossy(&log),
            format!("{}/var/lib/ddt/secrets\n", sandbox.root())
        );
    })
    .await;
}

#[tokio::test]
async fn they_reach_a_node_over_ssh_and_nothing_else_there() {
    let Some(sshd) = Sshd::start().await else {
        return;
    };
    let sandbox = Sandbox::new(Shell {
        words: vec!["sh"],
        path: PATH.into(),
    });
    let mut node = sshd.node(&sandbox.root(), sshd.target());
    let body = says_and_waits(&sandbox);
    let payload = sandbox.upload(&mut *node, &[("deploy", &body)]).await;
    node.keep_secrets(canary());
    let request = request(payload);
    let looking = async {
        nothing_leaks_while_it_runs(&sandbox).await;
        sandbox.write("go", "");
    };
    let ((receipt, log), ()) = tokio::join!(start(&mut *node, &request), looking);
    assert_eq!(
        receipt.expect("a receipt").outcome,
        AttemptOutcome::Succeeded
    );
    assert_eq!(log, b"***\n");
    assert_eq!(
        leaks(sandbox.directory.path()),
        [] as [PathBuf; 0],
        "afterwards"
    );
    assert!(!where_they_are(&sandbox).exists());
    node.close().await;
}

/// What a `sed` makes of a text.
fn covered_by(sed: &[&str], script: &[u8], text: &[u8]) -> Vec<u8> {
    let directory = tempfile::tempdir().expect("a directory");
    let file = |name: &str, content: &[u8]| {
        let path = directory.path().join(name);
        fs::write(&path, content).expect("written");
        path
    };
    let output = std::process::Command::new(sed[0])
        .args(&sed[1..])
        .arg("-f")
        .arg(file("script", script))
        .arg(file("text", text))
        .env("LC_ALL", "C")
        .output();
    output.expect("sed runs").stdout
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]

    /// Whatever a value is made of, every `sed` covers it and moves nothing.
    #[test]
    fn the_log_keeps_its_length_and_holds_no_value(
        value in proptest::collection::vec(32_u8..=255, 4..40),
        before in proptest::collection::vec(proptest::num::u8::ANY, 0..40),
    ) {
        let value = value.trim_ascii();
        proptest::prop_assume!(value.len() >= crate::secret::SHORTEST_MASKED && !value.contains(&127));
        let secret = SecretValue::new(value.to_vec());
        let script = crate::secret::Mask::of([&secret]).sed_script();
        let text = [&before, value, b"\n", value, b"."].concat();
        // A machine without busybox is reported by the tests that need its shell.
        let is_there = |sed: &&[&str]| std::process::Command::new(sed[0]).arg("--help").output().is_ok();
        for sed in [&["sed"][..], &["busybox", "sed"]].into_iter().filter(is_there) {
            let covered = covered_by(sed, &script, &text);
            proptest::prop_assert_eq!(covered.len(), text.len());
            let is_left = covered.windows(value.len()).any(|window| window == value && !is_cover(window));
            proptest::prop_assert!(!is_left, "{:?}", covered);
        }
    }
}

/// A value of asterisks is its own cover.
fn is_cover(text: &[u8]) -> bool {
    text.iter().all(|byte| *byte == b'*')
}

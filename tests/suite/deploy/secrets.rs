//! Secrets, as the users of `ddt` meet them: named by a bundle, found by the project, and shown by nobody.

use std::fs;
use std::path::PathBuf;

use crate::support::tree::{files_holding, holds};
use crate::support::zone::Zone;

const PACKAGE: &str = "hostos-boot-release";

/// What no file and no process may hold but the source.
const CANARY: &str = "canary-hunter2";

/// A zone with one package, whose bundle reads the secret `password`.
fn zone() -> Zone {
    let mut zone = Zone::hostos(&["node-1"]);
    let release = zone.release(PACKAGE);
    release
        .descriptor("secrets: [ \"password\" ]")
        .step("check", "test -s \"$DDT_SECRETS/password\"");
    zone
}

/// The processes that hold the canary in their arguments or their environment.
fn processes() -> Vec<PathBuf> {
    let entries = fs::read_dir("/proc").expect("there").flatten();
    let files =
        entries.flat_map(|entry| ["cmdline", "environ"].map(|file| entry.path().join(file)));
    files.filter(|path| holds(path, CANARY)).collect()
}

/// Everything on both machines but the secret's own file.
fn assert_no_leak(zone: &Zone, when: &str) {
    let found: Vec<PathBuf> = [".ddt", "deploy_logs", "nodes", "witnesses", "bundles"]
        .iter()
        .flat_map(|directory| files_holding(&zone.path(directory), CANARY))
        .collect();
    assert!(found.is_empty(), "{when}: {found:?}");
    let found = processes();
    assert!(found.is_empty(), "{when}: {found:?}");
}

#[test]
fn a_secret_is_nowhere_but_in_the_hands_of_the_step() {
    for options in [["--verbose"], ["--json"]] {
        let mut zone = zone();
        zone.write("secrets/password", CANARY);
        zone.write(
            "ddt.hjson",
            "{\n  secrets: {\n    password: file:secrets/password\n  }\n}\n",
        );
        let gate = zone.gate("said");
        let body = format!(
            "cat \"$DDT_SECRETS/password\"; echo; echo \"${{#DDT_SECRETS}}\" >&2\n{}\nexit 7",
            gate.wait_here()
        );
        zone.release(PACKAGE).step("deploy", &body);
        let running = zone.start_deploy(&options);
        gate.reached_by("node-1");
        assert_no_leak(&zone, "while the step runs");
        gate.open();
        running.end().exits(4).does_not_say(CANARY);
        assert_no_leak(&zone, "afterwards");
        let log = format!("deploy_logs/latest/hostos/{PACKAGE}/node-1.log");
        let log = fs::read_to_string(zone.path(&log)).expect("a log");
        assert!(log.starts_with("***\n"), "{log}");
    }
}

#[test]
fn every_secret_that_cannot_be_had_is_told_before_anything_runs() {
    let mut zone = zone();
    zone.release(PACKAGE)
        .entry(r#"secrets: { password: "file:absent" }"#);
    zone.release("hostos-base-os-sw-release")
        .descriptor("secrets: [ \"token\" ]")
        .entry(r#"secrets: { token: "env:NO_SUCH_TOKEN" }"#);
    for options in [&[][..], &["--dry-run"]] {
        zone.deploy(options)
            .exits(2)
            .says("not every secret can be had; nothing was started")
            .says("the secret password of hostos-boot-release, from file:absent: cannot read")
            .says("the secret token of hostos-base-os-sw-release, from env:NO_SUCH_TOKEN: the variable NO_SUCH_TOKEN is not set")
            .says("export NO_SUCH_TOKEN");
        assert!(zone.node("node-1").steps().is_empty(), "something ran");
    }
}

#[test]
fn a_secret_needs_a_source_and_a_source_a_secret() {
    let mut zone = zone();
    zone.deploy(&[])
        .exits(2)
        .says("nothing says where the secret `password` of `hostos-boot-release` comes from")
        .says(r#"secrets: { password: "SOURCE" }"#);
    zone.release(PACKAGE)
        .entry(r#"secrets: { pasword: "env:PASSWORD" }"#);
    zone.deploy(&[])
        .exits(2)
        .says("the bundle of `hostos-boot-release` reads no secret `pasword`")
        .says("did you mean `password`?");
    let mut zone = self::zone();
    zone.release(PACKAGE)
        .entry(r#"secrets: { password: "hunter2" }"#);
    zone.deploy(&[])
        .exits(2)
        .says("a secret's source begins with `env:`");
}

#[test]
fn what_the_manifest_says_goes_before_what_the_project_says() {
    let mut zone = zone();
    zone.write(
        "ddt.hjson",
        "{\n  secrets: {\n    password: env:NO_SUCH_PASSWORD\n  }\n}\n",
    );
    zone.write("secrets/password", CANARY);
    zone.release(PACKAGE)
        .entry(r#"secrets: { password: "file:secrets/password" }"#)
        .step(
            "deploy",
            &format!("test \"$(cat \"$DDT_SECRETS/password\")\" = {CANARY}"),
        );
    zone.deploy(&["--dry-run"]).exits(0);
    zone.deploy(&[]).exits(0);
    // What is up to date needs no secret.
    fs::remove_file(zone.path("secrets/password")).expect("removed");
    zone.deploy(&[]).exits(0);
}

#[test]
fn a_resumed_run_asks_for_them_again() {
    let mut zone = zone();
    zone.write("secrets/password", CANARY);
    zone.release(PACKAGE)
        .entry(r#"secrets: { password: "file:secrets/password" }"#)
        .step(
            "deploy",
            "cat \"$DDT_SECRETS/password\"; test -e \"$DDT_ROOT/../fixed\"",
        );
    zone.deploy(&[]).exits(4).says("***");
    zone.write("nodes/fixed", "");
    zone.run(&["resume"]).exits(0).does_not_say(CANARY);
    assert_no_leak(&zone, "after the resumed run");
}

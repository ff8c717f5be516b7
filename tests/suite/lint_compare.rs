//! `ddt lint` against what was there before: the records of a zone, and a git revision.

use crate::support::ddt::{Workspace, seal};
use crate::support::process::{Ended, Running};
use crate::support::snapshot::assert_said;
use crate::support::zone::Zone;
use snapbox::str;
use std::process::Command;

const KERNEL: &str = "hostos-kernel-patch-release";

/// A zone on whose nodes everything is deployed.
fn deployed() -> Zone {
    let zone = Zone::hostos(&["node-1", "node-2"]);
    zone.deploy(&[]).exits(0);
    zone
}

/// The records as a file.
fn status_file(zone: &Zone) {
    let status = zone.run(&["status", "--json", "--releases"]).exits(0);
    zone.write("status.json", status.stdout);
}

fn lint(zone: &Zone, options: &[&str]) -> Ended {
    let lint = ["lint", "manifest.hjson", "--output", "concise"];
    zone.run(&[&lint, options].concat())
}

#[test]
fn records_say_what_every_node_has() {
    let mut zone = deployed();
    zone.release(KERNEL).tag("3.1.11-20220710T081245Z_5e0d9aa");
    zone.deploy(&["--limit", "node-2"]).exits(0);
    let status = zone.run(&["status", "--json", "--releases"]).exits(0);
    let releases = &status.json()["zones"][0]["releases"];
    let node = |name: &str| &releases["nodes"][name]["hostos"];
    assert_eq!(node("node-1")["stage"], "post-config");
    assert_eq!(
        node("node-1")["packages"]
            .as_object()
            .map(serde_json::Map::len),
        Some(7)
    );
    assert_eq!(
        node("node-1")["packages"][KERNEL],
        "3.1.10-20220622T070711Z_1412be2"
    );
    assert_eq!(
        node("node-2")["packages"][KERNEL],
        "3.1.11-20220710T081245Z_5e0d9aa"
    );
    let seen = serde_json::json!([
        "3.1.10-20220622T070711Z_1412be2",
        "3.1.11-20220710T081245Z_5e0d9aa",
    ]);
    assert_eq!(releases["seen"]["hostos"][KERNEL], seen);
}

#[test]
fn a_run_that_only_looked_records_what_it_saw() {
    let mut zone = deployed();
    zone.release(KERNEL).tag("3.1.11-20220710T081245Z_5e0d9aa");
    zone.deploy(&["--dry-run"]).exits(0);
    let status = zone.run(&["status", "--json", "--releases"]).exits(0);
    let node = &status.json()["zones"][0]["releases"]["nodes"]["node-1"]["hostos"];
    assert_eq!(node["packages"][KERNEL], "3.1.10-20220622T070711Z_1412be2");
}

#[test]
fn a_node_of_another_major_keeps_its_records() {
    let mut zone = deployed();
    zone.keep(KERNEL);
    zone.release(KERNEL).tag("4.0.0-20230710T081245Z_5e0d9aa");
    zone.deploy(&[]).exits(8);
    let said = lint(&zone, &["--state", "zone-1"]).exits(1).stdout;
    assert_said(
        &said,
        str![[r#"
manifest.hjson:8:16: error[DDT602]: `hostos-kernel-patch-release` changes its major version: node-1 and node-2 have 3.1.10-20220622T070711Z_1412be2

"#]],
    );
}

#[test]
fn the_linter_says_what_the_planner_would_refuse() {
    let mut zone = deployed();
    status_file(&zone);
    let said = lint(&zone, &["--state", "zone-1"]).exits(0).stdout;
    assert_said(
        &said,
        str![[r#"
manifest.hjson:2:10: info[DDT606]: every node of `zone-1` has what the manifest wants

"#]],
    );
    zone.release(KERNEL).tag("3.1.9-20220610T081245Z_5e0d9aa");
    zone.release("hostos-boot-release")
        .tag("3.0.7-20220710T081245Z_5e0d9aa");
    zone.release("hostos-base-os-sw-release")
        .tag("3.4.83-20220708T144532Z_5e0d9ab");
    zone.write_documents();
    let said = lint(&zone, &["--state", "zone-1"]).exits(1).stdout;
    assert_said(
        &said,
        str![[r#"
manifest.hjson:8:16: info[DDT403]: node-1 is ready; an upgrade does not install `hostos-boot-release`
manifest.hjson:14:16: error[DDT604]: `hostos-base-os-sw-release` has version 3.4.83 of another commit: node-1 and node-2 have 3.4.83-20220708T144532Z_1b241f2
manifest.hjson:26:16: warning[DDT306]: commit 5e0d9aa is 3.0.7 and 3.1.9
manifest.hjson:26:16: error[DDT601]: `hostos-kernel-patch-release` goes back: node-1 and node-2 have 3.1.10-20220622T070711Z_1412be2

"#]],
    );
    assert_eq!(
        lint(&zone, &["--state", "status.json"]).exits(1).stdout,
        said
    );
    zone.run(&["plan", "manifest.hjson"])
        .exits(2)
        .says("the manifest wants the older 3.1.9")
        .says("the same version and build time from another commit");
}

#[test]
fn releases_between_are_those_that_were_seen() {
    let mut zone = deployed();
    zone.release(KERNEL).tag("3.1.11-20220710T081245Z_5e0d9aa");
    zone.deploy(&["--limit", "node-2"]).exits(0);
    zone.release(KERNEL).tag("3.1.12-20220801T101500Z_77ab01c");
    zone.write_documents();
    let said = lint(&zone, &["--state", "zone-1", "--select", "upgrade-gap"]);
    assert_said(
        &said.exits(0).stdout,
        str![[r#"
manifest.hjson:26:16: info[DDT605]: `hostos-kernel-patch-release` skips 1 release: node-1 has 3.1.10-20220622T070711Z_1412be2

"#]],
    );
    assert_eq!(lint(&zone, &["--state", "zone-1"]).exits(0).stdout, "");
}

#[test]
fn a_state_that_is_none_is_said() {
    let zone = deployed();
    zone.write("plain.json", zone.run(&["status", "--json"]).stdout);
    zone.write("text.json", "zone-1\n");
    let said = |state: &str, code| lint(&zone, &["--state", state]).exits(code).stderr;
    assert_said(
        &said("zone-2", 3),
        str![[r#"
error: zone zone-2 has no run
  help: did you mean `zone-1`?

"#]],
    );
    assert_said(
        &said("plain.json", 2),
        str![[r#"
error: plain.json does not say which releases nodes have
  cause: it holds no releases
  help: `ddt status --json --releases` prints such a file

"#]],
    );
    assert_said(
        &said("text.json", 2),
        str![[r#"
error: text.json does not say which releases nodes have
  cause: it is not what `ddt status --json` prints
  cause: expected value at line 1 column 1
  help: `ddt status --json --releases` prints such a file

"#]],
    );
    assert_said(
        &said("missing/status.json", 2),
        str![[r#"
error: cannot read missing/status.json
  cause: No such file or directory (os error 2)
  help: correct the path, or write the file

"#]],
    );
    assert_said(
        &said(".", 2),
        str![[r#"
error: cannot read .
  cause: it is a directory, a file is expected
  help: name a file in it

"#]],
    );
}

/// A repository with a manifest, and nobody's settings.
struct Repository {
    workspace: Workspace,
}

impl Repository {
    fn new() -> Self {
        let repository = Self {
            workspace: Workspace::new(),
        };
        repository.git(&["init", "--quiet", "--initial-branch", "main"]);
        repository.write("zones/a.hjson", "3.1.10-20220622T070711Z_1412be2");
        repository.git(&["add", "--all"]);
        repository.git(&["commit", "--quiet", "--message", "a manifest"]);
        repository
    }

    /// Writes a manifest of one package.
    fn write(&self, name: &str, tag: &str) {
        let good = include_str!("../../fixtures/lint/DDT101/good.hjson");
        let text = good.replace("3.1.10-20220622T070711Z_1412be2", tag);
        self.workspace.write(name, text);
    }

    fn git(&self, arguments: &[&str]) {
        let home = self.workspace.path();
        let mut command = Command::new("git");
        seal(&mut command, &home);
        command
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .arg("-C")
            .arg(&home)
            .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
            .args(arguments);
        assert!(command.status().expect("git starts").success());
    }

    fn lint(&self, arguments: &[&str]) -> Ended {
        let words = ["lint", "--output", "concise"].iter().chain(arguments);
        let mut command = self.workspace.ddt(words.copied());
        command.env("GIT_CONFIG_NOSYSTEM", "1");
        Running::start(command, &self.workspace.path()).end()
    }
}

#[test]
fn manifests_are_held_against_a_revision() {
    let repository = Repository::new();
    assert_eq!(repository.lint(&["--against", "main"]).exits(0).stdout, "");
    let said = |tag: &str, code| {
        repository.write("zones/a.hjson", tag);
        repository.lint(&["--against", "main"]).exits(code).stdout
    };
    assert_said(
        &said("3.1.9-20220710T081245Z_5e0d9aa", 1),
        str![[r#"
zones/a.hjson:7:16: error[DDT601]: `hostos-kernel-patch-release` goes back: at `main` it was 3.1.10-20220622T070711Z_1412be2

"#]],
    );
    assert_said(
        &said("4.0.0-20220710T081245Z_5e0d9aa", 1),
        str![[r#"
zones/a.hjson:7:16: error[DDT602]: `hostos-kernel-patch-release` changes its major version: at `main` it was 3.1.10-20220622T070711Z_1412be2

"#]],
    );
    assert_said(
        &said("3.1.11-20220610T081245Z_5e0d9aa", 1),
        str![[r#"
zones/a.hjson:7:16: warning[DDT603]: `hostos-kernel-patch-release` has a higher version that was built earlier: at `main` it was 3.1.10-20220622T070711Z_1412be2

"#]],
    );
    assert_said(
        &said("3.1.10-20220710T081245Z_5e0d9aa", 1),
        str![[r#"
zones/a.hjson:7:16: error[DDT604]: `hostos-kernel-patch-release` has version 3.1.10 of another commit: at `main` it was 3.1.10-20220622T070711Z_1412be2

"#]],
    );
    assert_eq!(said("3.1.11-20220710T081245Z_5e0d9aa", 0), "");
}

#[test]
fn a_file_that_is_new_or_was_none_is_no_error() {
    let repository = Repository::new();
    repository.write("zones/new.hjson", "3.1.9-20220610T081245Z_5e0d9aa");
    repository.write("more/new.hjson", "3.1.9-20220610T081245Z_5e0d9aa");
    let said = repository.lint(&["--against", "main", "--ignore", "DDT506"]);
    assert_eq!(said.exits(0).stdout, "");
    let said = repository.lint(&["--against", "HEAD", "zones/a.hjson"]);
    assert_eq!(said.exits(0).stdout, "");
}

#[test]
fn the_settings_of_a_hook_do_not_lead_elsewhere() {
    let repository = Repository::new();
    repository.write("zones/a.hjson", "3.1.9-20220610T081245Z_5e0d9aa");
    let lint = ["lint", "--output", "concise", "--against", "main"];
    let mut command = repository.workspace.ddt(lint);
    command
        .env("GIT_DIR", ".git")
        .env("GIT_INDEX_FILE", "index");
    let ended = Running::start(command, &repository.workspace.path()).end();
    ended.exits(1).says("error[DDT601]");
}

#[test]
fn a_revision_that_is_none_is_said() {
    let repository = Repository::new();
    let path = repository.workspace.path();
    let said = |arguments: &[&str]| {
        let said = repository.lint(arguments).exits(2).stderr;
        said.replace(&path.display().to_string(), "WORK")
    };
    assert_said(
        &said(&["--against", "mian"]),
        str![[r#"
error: the documents cannot be held against `mian`
  cause: the git repository of [DIR]/zones has no revision `mian`
  help: name a branch, a tag or a commit that the repository has; a shallow clone lacks most

"#]],
    );
    assert_said(
        &said(&["--against", "a\nb"]),
        str![[r#"
error: the documents cannot be held against `a
b`
  cause: "a\nb" has a line break, which git cannot be asked for

"#]],
    );
    std::fs::remove_dir_all(path.join(".git")).expect("it was there");
    assert_said(
        &said(&["--against", "main"]),
        str![[r#"
error: the documents cannot be held against `main`
  cause: git cannot read [DIR]/zones: fatal: not a git repository (or any of the parent directories): .git
  help: `--against` needs the documents to be in a git repository

"#]],
    );
}

#[test]
fn people_see_both_documents_of_a_conflict() {
    let repository = Repository::new();
    repository.write("zones/b.hjson", "3.1.10-20220710T081245Z_5e0d9aa");
    let command = repository.workspace.ddt(["lint", "zones"]);
    let ended = Running::start(command, &repository.workspace.path()).end();
    assert_said(
        &ended.exits(1).stdout,
        str![[r#"
error[DDT506]: another manifest wants other tags in `mzone7204`
   ╭─[zones/b.hjson:2:10]
 1 │ {
 2 │   mzone: mzone7204
   ·          ────┬────
   ·              ╰── the same zone
 3 │   components: {
   ╰────
   ╭─[zones/b.hjson:7:16]
 6 │         hostos-kernel-patch-release: {
 7 │           tag: 3.1.10-20220710T081245Z_5e0d9aa
   ·                ───────────────┬───────────────
   ·                               ╰── this tag differs
 8 │           artifrepo: registry.example.com/team
   ╰────
see also zones/a.hjson
   ╭─[zones/a.hjson:7:16]
 6 │         hostos-kernel-patch-release: {
 7 │           tag: 3.1.10-20220622T070711Z_1412be2
   ·                ───────────────┬───────────────
   ·                               ╰── from this one
 8 │           artifrepo: registry.example.com/team
   ╰────
  note: the tags differ for hostos-kernel-patch-release
  help: keep one of the two, or write the same tags

error[DDT307]: `hostos-kernel-patch-release` 3.1.10 is of commit 5e0d9aa and of commit 1412be2
   ╭─[zones/b.hjson:7:16]
 6 │         hostos-kernel-patch-release: {
 7 │           tag: 3.1.10-20220710T081245Z_5e0d9aa
   ·                ───────────────┬───────────────
   ·                               ╰── 5e0d9aa here
 8 │           artifrepo: registry.example.com/team
   ╰────
see also zones/a.hjson
   ╭─[zones/a.hjson:7:16]
 6 │         hostos-kernel-patch-release: {
 7 │           tag: 3.1.10-20220622T070711Z_1412be2
   ·                ───────────────┬───────────────
   ·                               ╰── 1412be2 here
 8 │           artifrepo: registry.example.com/team
   ╰────
  help: verify both tags against the builds; a version has one commit

2 errors

"#]],
    );
}

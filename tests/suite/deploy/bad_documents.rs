//! The documents around a manifest: inventory, component definition, bundle descriptor, project configuration. Whatever
//! is wrong with one of them is said of that file; exit 2, and nothing is started.

use crate::support::snapshot::assert_said;
use crate::support::zone::Zone;
use snapbox::str;
use std::fs;

const INVENTORY: &str = "inventory.hjson";
const DEFINITION: &str = "definitions/lamps.hjson";
const DESCRIPTOR: &str = "bundles/hostos-boot-release/3.0.6-20220602T124916Z_887ca13/bundle.hjson";
const PROJECT: &str = "ddt.hjson";
const DOCUMENTS: [&str; 4] = [INVENTORY, DEFINITION, DESCRIPTOR, PROJECT];

const LAMPS: &str = "{
  component: lamps
  stages: [
    lit
  ]
  ready: lit
  files: {
    stage: /etc/lamps/stage
    releases: /etc/lamps/releases
    history: /var/log/lamps.log
  }
  packages: [
    {
      package: lamp-light
      sets: lit
    }
  ]
}
";

/// A zone whose documents are all there, and sound.
fn sound() -> Zone {
    let zone = Zone::hostos(&["node-1"]);
    zone.write_documents();
    zone.write(PROJECT, "{\n  components: [\n    definitions\n  ]\n}\n");
    zone.write(DEFINITION, LAMPS);
    zone
}

#[track_caller]
fn refused(zone: &Zone) -> String {
    let ended = zone
        .run(&["deploy", "manifest.hjson"])
        .exits(2)
        .does_not_say("panicked");
    assert!(!zone.path("nodes").exists(), "a node was touched");
    ended.stderr
}

/// Every document after a change to its bytes is refused by its name.
#[track_caller]
fn every_document_is_refused(change: impl Fn(Vec<u8>) -> Vec<u8>, said: &str) {
    for document in DOCUMENTS {
        let zone = sound();
        let bytes = fs::read(zone.path(document)).expect("a document");
        zone.write(document, change(bytes));
        let stderr = refused(&zone);
        assert!(
            stderr.contains(file_name(document)),
            "{document} is not named:\n{stderr}"
        );
        assert!(
            stderr.contains(said),
            "{document}: `{said}` is not said:\n{stderr}"
        );
    }
}

/// What is said after a change to the text of one document.
#[track_caller]
fn refused_with(document: &str, from: &str, to: &str) -> String {
    let zone = sound();
    let text = fs::read_to_string(zone.path(document)).expect("a document");
    assert!(text.contains(from), "there is no `{from}` to change");
    zone.write(document, text.replacen(from, to, 1));
    refused(&zone)
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[test]
fn are_taken_when_they_are_sound() {
    sound()
        .run(&["deploy", "manifest.hjson", "--dry-run"])
        .exits(0);
}

#[test]
fn that_are_directories() {
    for document in DOCUMENTS {
        let zone = sound();
        fs::remove_file(zone.path(document)).expect("a document");
        fs::create_dir(zone.path(document)).expect("a directory");
        let stderr = refused(&zone);
        let name = if document == DESCRIPTOR {
            "hostos-boot-release"
        } else {
            file_name(document)
        };
        assert!(stderr.contains(name), "{document} is not named:\n{stderr}");
    }
}

#[test]
fn that_hold_a_nul() {
    every_document_is_refused(|bytes| [&bytes[..], b"\0"].concat(), "NUL character");
}

#[test]
fn that_are_not_utf8() {
    every_document_is_refused(|bytes| [&bytes[..], b"# \xff\n"].concat(), "UTF-8");
}

#[test]
fn that_are_too_deep() {
    every_document_is_refused(|_| b"[".repeat(1_000_000), "128");
}

#[test]
fn that_are_too_large() {
    every_document_is_refused(|_| vec![b' '; 100_000_000], "");
}

#[test]
fn that_never_close() {
    every_document_is_refused(|_| b"{\n  nodes: {\n".to_vec(), "never close");
}

#[test]
fn an_inventory_with_an_unknown_key() {
    assert_said(&refused_with(INVENTORY, "root:", "rot:"), str![[r#"
error[DDT201]: unknown key `rot`
   ╭─[inventory.hjson:8:7]
 7 │     node-1: {
 8 │       rot: nodes/node-1
   ·       ───
 9 │     }
   ╰────
  help: did you mean `root`?

1 error
error: inventory.hjson is not usable; nothing was started

"#]]);
}

#[test]
fn an_inventory_with_a_key_twice() {
    assert_said(
        &refused_with(INVENTORY, "root:", "root: a\n      root:"),
        str![[r#"
error[DDT105]: `root` is repeated; the one at 8:7 is ignored
    ╭─[inventory.hjson:9:7]
  7 │     node-1: {
  8 │       root: a
    ·       ──┬─
    ·         ╰── this one is ignored
  9 │       root: nodes/node-1
    ·       ──┬─
    ·         ╰── this one counts
 10 │     }
    ╰────
  help: keep one of them

1 error
error: inventory.hjson is not usable; nothing was started

"#]],
    );
}

#[test]
fn an_inventory_with_a_name_that_is_none() {
    assert_said(&refused_with(INVENTORY, "node-1:", "-node:"), str![[r#"
error[DDT203]: a name starts with a letter or a digit, not with '-'
   ╭─[inventory.hjson:7:5]
 6 │   nodes: {
 7 │     -node: {
   ·     ─────
 8 │       root: nodes/node-1
   ╰────
  help: choose another name

1 error
error: inventory.hjson is not usable; nothing was started

"#]]);
}

#[test]
fn a_local_node_without_a_root() {
    assert_said(
        &refused_with(INVENTORY, "root: nodes/node-1", "port: 22"),
        str![[r#"
error[DDT202]: the local node `node-1` lacks `root`
   ╭─[inventory.hjson:7:13]
 6 │   nodes: {
 7 │     node-1: {
   ·             ─
 8 │       port: 22
   ╰────
  help: add `root: DIRECTORY`; all files of the node are below it

1 error
error: inventory.hjson is not usable; nothing was started

"#]],
    );
}

#[test]
fn a_definition_with_an_unknown_key() {
    assert_said(&refused_with(DEFINITION, "ready:", "redy:"), str![[r#"
error[DDT202]: the document lacks `ready`
   ╭─[definitions/lamps.hjson:1:1]
 1 │ {
   · ─
 2 │   component: lamps
   ╰────
  help: add `ready: …`

error[DDT201]: unknown key `redy`
   ╭─[definitions/lamps.hjson:6:3]
 5 │   ]
 6 │   redy: lit
   ·   ────
 7 │   files: {
   ╰────
  help: did you mean `ready`?

2 errors
error: definitions/lamps.hjson is not usable; nothing was started

"#]]);
}

#[test]
fn a_definition_with_a_stage_it_does_not_have() {
    assert_said(
        &refused_with(DEFINITION, "ready: lit", "ready: dark"),
        str![[r#"
error[DDT205]: unknown stage `dark`
   ╭─[definitions/lamps.hjson:6:10]
 5 │   ]
 6 │   ready: dark
   ·          ────
 7 │   files: {
   ╰────
  help: known here: lit

1 error
error: definitions/lamps.hjson is not usable; nothing was started

"#]],
    );
}

#[test]
fn a_descriptor_with_an_unknown_key() {
    assert_said(&refused_with(DESCRIPTOR, "steps:", "step:"), str![]);
}

#[test]
fn a_descriptor_of_another_release() {
    assert_said(&refused_with(DESCRIPTOR, "3.0.6-", "3.0.7-"), str![]);
}

#[test]
fn a_descriptor_with_a_step_that_is_not_there() {
    assert_said(
        &refused_with(DESCRIPTOR, "check: check", "check: chek"),
        str![],
    );
}

#[test]
fn a_project_with_an_unknown_key() {
    assert_said(&refused_with(PROJECT, "components:", "component:"), str![[r#"
error[DDT201]: unknown key `component`
   ╭─[ddt.hjson:2:3]
 1 │ {
 2 │   component: [
   ·   ─────────
 3 │     definitions
   ╰────
  help: did you mean `components`?

1 error
error: ddt.hjson is not usable; nothing was started

"#]]);
}

#[test]
fn a_project_with_a_directory_that_is_not_there() {
    assert_said(&refused_with(PROJECT, "definitions", "defs"), str![[r#"
error: cannot read the component directory [DIR]/defs
  cause: No such file or directory (os error 2)
  help: ddt.hjson names it in `components`

"#]]);
}

//! Every kind of document with every mistake that all of them can have: it is named, with the place, and refused.

use super::{DEFINITION, DESCRIPTOR, INVENTORY, MANIFEST, PROJECT, refused, sound};
use crate::support::snapshot::assert_said;
use crate::support::zone::Zone;
use snapbox::{Data, file};
use std::fs;
use std::os::unix::fs::symlink;

const DOCUMENTS: [&str; 5] = [MANIFEST, INVENTORY, DEFINITION, DESCRIPTOR, PROJECT];

/// Compares what is said of each kind of document after the same change.
#[track_caller]
fn every_kind_is_refused(change: impl Fn(&Zone, &str), snapshot: Data) {
    let said = DOCUMENTS.map(|document| {
        let zone = sound();
        change(&zone, document);
        format!("── {document}\n{}\n", refused(&zone))
    });
    assert_said(&said.concat(), snapshot);
}

/// The same, for a change of the bytes.
#[track_caller]
fn every_kind_is_refused_with(change: impl Fn(Vec<u8>) -> Vec<u8>, snapshot: Data) {
    let rewrite = |zone: &Zone, document: &str| {
        let bytes = fs::read(zone.path(document)).expect("a document");
        zone.write(document, change(bytes));
    };
    every_kind_is_refused(rewrite, snapshot);
}

/// The same, for a part of the text that differs from kind to kind.
#[track_caller]
fn every_kind_is_refused_where(changes: [(&str, &str); 5], snapshot: Data) {
    let rewrite = |zone: &Zone, document: &str| {
        let mut changes = DOCUMENTS.into_iter().zip(changes);
        let (_, (from, to)) = changes
            .find(|(changed, _)| *changed == document)
            .expect("a change of every kind");
        let text = fs::read_to_string(zone.path(document)).expect("a document");
        assert!(text.contains(from), "{document} has no `{from}`");
        zone.write(document, text.replacen(from, to, 1));
    };
    every_kind_is_refused(rewrite, snapshot);
}

/// A definition and a project that are not there are not wanted either: there, it is a link that leads nowhere.
#[test]
fn that_does_not_exist() {
    let remove = |zone: &Zone, document: &str| {
        let path = zone.path(document);
        fs::remove_file(&path).expect("a document");
        if [DEFINITION, PROJECT].contains(&document) {
            symlink("nowhere", path).expect("a link");
        }
    };
    every_kind_is_refused(remove, file!["every_kind/missing.txt"]);
}

#[test]
fn that_is_a_directory() {
    let replace = |zone: &Zone, document: &str| {
        fs::remove_file(zone.path(document)).expect("a document");
        fs::create_dir(zone.path(document)).expect("a directory");
    };
    every_kind_is_refused(replace, file!["every_kind/directory.txt"]);
}

/// An empty project says nothing, which is allowed.
#[test]
fn that_is_empty() {
    let empty = |zone: &Zone, document: &str| {
        let nothing = if document == PROJECT { "[]" } else { "" };
        zone.write(document, nothing);
    };
    every_kind_is_refused(empty, file!["every_kind/empty.txt"]);
}

#[test]
fn that_begins_with_a_byte_order_mark() {
    every_kind_is_refused_with(
        |bytes| ["\u{feff}".as_bytes(), &bytes].concat(),
        file!["every_kind/byte_order_mark.txt"],
    );
}

#[test]
fn that_holds_a_nul() {
    every_kind_is_refused_with(
        |bytes| [&bytes, &b"# \0\n"[..]].concat(),
        file!["every_kind/nul.txt"],
    );
}

#[test]
fn that_is_not_utf8() {
    every_kind_is_refused_with(
        |bytes| [&bytes, &b"# \xff\n"[..]].concat(),
        file!["every_kind/not_utf8.txt"],
    );
}

#[test]
fn that_is_a_million_levels_deep() {
    every_kind_is_refused_with(|_| b"[".repeat(1_000_000), file!["every_kind/too_deep.txt"]);
}

#[test]
fn that_has_100_megabytes() {
    every_kind_is_refused_with(
        |_| vec![b' '; 100_000_000],
        file!["every_kind/too_large.txt"],
    );
}

#[test]
fn that_ends_too_early() {
    every_kind_is_refused_with(
        |_| b"{\n  nodes: {\n".to_vec(),
        file!["every_kind/unclosed.txt"],
    );
}

#[test]
fn that_has_a_key_twice() {
    every_kind_is_refused_where(
        [
            ("  artifrepo:", "  mzone: zone-2\n  artifrepo:"),
            ("root:", "root: a\n      root:"),
            ("  ready:", "  ready: lit\n  ready:"),
            ("steps:", "bundle: other\nsteps:"),
            (
                "  components:",
                "  logs_dir: a\n  logs_dir: b\n  components:",
            ),
        ],
        file!["every_kind/repeated_key.txt"],
    );
}

#[test]
fn that_has_an_unknown_key() {
    every_kind_is_refused_where(
        [
            ("  artifrepo:", "  artifrepos:"),
            ("root:", "rot:"),
            ("ready:", "redy:"),
            ("steps:", "step:"),
            ("components:", "component:"),
        ],
        file!["every_kind/unknown_key.txt"],
    );
}

#[test]
fn in_which_a_key_swallows_the_next_line() {
    every_kind_is_refused_where(
        [
            (
                "tag: 3.0.6-20220602T124916Z_887ca13",
                "tag:\n          forcereboot: yes",
            ),
            ("root: nodes/node-1", "root:\n      port: 22"),
            ("ready: lit", "ready:\n  boot_cycle: lamp-light"),
            ("steps:", "idempotent:\ntimeout: 10m\nsteps:"),
            ("components:", "state_dir:\n  logs_dir: logs\n  components:"),
        ],
        file!["every_kind/swallowed_line.txt"],
    );
}

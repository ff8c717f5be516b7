//! The documents around a manifest, each with the same mistakes: it is named, and it is refused.

use super::{DEFINITION, DESCRIPTOR, INVENTORY, PROJECT, refused, sound};
use std::fs;

const DOCUMENTS: [&str; 4] = [INVENTORY, DEFINITION, DESCRIPTOR, PROJECT];

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

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
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

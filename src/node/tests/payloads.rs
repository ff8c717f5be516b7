//! Payloads: verified on the node, or not there at all.

use std::sync::{Arc, Mutex};

use camino::Utf8Path;

use super::sandbox::{Sandbox, in_every_shell};
use crate::digest::Digest;
use crate::node::runner::RunnerNode;
use crate::node::{ConnectOptions, FactsQuery, Node as _, NodeError, Payload, Purpose};

/// How many entries a directory has.
fn count(directory: &Utf8Path) -> usize {
    directory.read_dir_utf8().expect("there").count()
}

/// How much is in each directory of a node's bundles: its trees, and nothing of an upload.
fn kept(sandbox: &Sandbox) -> Vec<usize> {
    let bundles = sandbox.root().join("var/lib/ddt/bundles");
    let entries = bundles.read_dir_utf8().expect("there");
    entries
        .map(|entry| count(entry.expect("an entry").path()))
        .collect()
}

/// Changes the first byte of a text in a payload's archive.
fn tamper_with(payload: &Payload, text: &[u8]) {
    let mut bytes = std::fs::read(&payload.path).expect("read");
    let mut windows = bytes.windows(text.len());
    let at = windows.position(|window| window == text).expect("there");
    bytes[at] ^= 1;
    std::fs::write(&payload.path, bytes).expect("written");
}

#[tokio::test]
async fn payloads_are_verified_and_sent_once() {
    in_every_shell(async |sandbox| {
        let payloads: Vec<_> = ["a", "b", "c"]
            .map(|name| sandbox.payload(&[(name, "#!/bin/sh\n"), ("x/y", &"z".repeat(70_000))]))
            .into();
        let mut node = sandbox.node();
        node.upload(&payloads).await.expect("uploaded");
        let digests: Vec<Digest> = payloads
            .iter()
            .map(|payload| payload.digest.clone())
            .collect();
        let query = FactsQuery {
            payloads: digests.clone(),
            ..FactsQuery::default()
        };
        let facts = node.facts(&query).await.expect("facts");
        assert!(
            facts
                .payloads
                .iter()
                .eq(&std::collections::BTreeSet::from_iter(digests))
        );
        // Without the archives only what is there already can be had.
        for payload in &payloads {
            std::fs::remove_file(&payload.path).expect("removed");
        }
        sandbox
            .node()
            .upload(&payloads)
            .await
            .expect("nothing to send");
        assert_eq!(kept(sandbox), [3]);
    })
    .await;
}

#[tokio::test]
async fn every_byte_that_is_sent_is_told_of() {
    in_every_shell(async |sandbox| {
        let payloads = [
            sandbox.payload(&[("a", "x")]),
            sandbox.payload(&[("b", &"z".repeat(200_000))]),
        ];
        let told = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&told);
        let mut node = sandbox.node();
        node.tell_sent(Arc::new(move |sent| sink.lock().expect("whole").push(sent)));
        node.upload(&payloads).await.expect("uploaded");
        let told = std::mem::take(&mut *told.lock().expect("whole"));
        let [first, .., last] = &told[..] else {
            panic!("too little was told: {told:?}");
        };
        // Every archive but the last goes without its end of 1024 bytes.
        let of = payloads.iter().map(|payload| payload.size).sum::<u64>() - 1024;
        assert_eq!((first.bytes, last.bytes), (0, of));
        assert!(told.is_sorted_by_key(|sent| sent.bytes), "{told:?}");
        assert!(told.iter().all(|sent| sent.of == of), "{told:?}");
    })
    .await;
}

#[tokio::test]
async fn a_payload_that_was_tampered_with_leaves_nothing() {
    in_every_shell(async |sandbox| {
        let good = sandbox.payload(&[("good", "#!/bin/sh\n")]);
        let bad = sandbox.payload(&[("bad", "#!/bin/sh\necho good\n")]);
        tamper_with(&bad, b"good");
        let mut node = sandbox.node();
        let error = node
            .upload(&[good.clone(), bad])
            .await
            .expect_err("refused");
        assert!(matches!(error, NodeError::Digest(_)), "{error}");
        assert!(!sandbox.root().join("var/lib/ddt/bundles").exists());
        // The node is as good as before.
        node.upload(&[good]).await.expect("uploaded");
    })
    .await;
}

/// The controller sends what it has verified; here a tool of the node changes a byte of it.
#[tokio::test]
async fn a_byte_that_changes_on_its_way_is_found_by_the_node() {
    in_every_shell(async |sandbox| {
        let path = sandbox.path_with("head", "head \"$@\" | tr '~' '^'\n");
        let mut node = sandbox.node_with(Purpose::Deploy, &path);
        let whole = sandbox.payload(&[("good", "#!/bin/sh\n")]);
        node.upload(&[whole]).await.expect("nothing is changed");
        let before = kept(sandbox);
        let changed = sandbox.payload(&[("bad", "#!/bin/sh\necho '~'\n")]);
        let error = node.upload(&[changed]).await.expect_err("refused");
        assert!(matches!(error, NodeError::Digest(_)), "{error}");
        assert_eq!(kept(sandbox), before, "something unverified was kept");
    })
    .await;
}

#[tokio::test]
async fn an_archive_that_is_too_short_is_not_sent_to_its_end() {
    in_every_shell(async |sandbox| {
        let mut payload = sandbox.payload(&[("a", "#!/bin/sh\n")]);
        payload.size += 512;
        let error = sandbox
            .node()
            .upload(&[payload])
            .await
            .expect_err("refused");
        assert!(
            error
                .to_string()
                .ends_with(".tar was changed after it had been packed"),
            "{error}"
        );
    })
    .await;
}

/// The nodes of a run share what was read for the first of them.
#[tokio::test]
async fn what_changes_after_it_was_sent_to_one_node_is_refused_by_the_next() {
    in_every_shell(async |sandbox| {
        let other = Sandbox::new(sandbox.shell.clone());
        let options = ConnectOptions::default();
        let [mut first, mut second] = [sandbox, &other].map(|sandbox| {
            let link = sandbox.link(Purpose::Deploy, &sandbox.shell.path);
            RunnerNode::new("node1".parse().expect("a name"), link, &options)
        });
        let payloads = [sandbox.payload(&[("good", "#!/bin/sh\n")])];
        first.upload(&payloads).await.expect("uploaded");
        tamper_with(&payloads[0], b"#!/bin/sh");
        let error = second.upload(&payloads).await.expect_err("refused");
        assert!(matches!(error, NodeError::Digest(_)), "{error}");
        assert_eq!(kept(&other), [0]);
    })
    .await;
}

#[tokio::test]
async fn a_payload_that_another_session_puts_there_first_is_the_same() {
    in_every_shell(async |sandbox| {
        let script = "for last; do :; done\ncp -R \"$1\" \"$last\"\nmv \"$@\"\n";
        let path = sandbox.path_with("mv", script);
        let mut node = sandbox.node_with(Purpose::Deploy, &path);
        let payloads = ["a", "b"].map(|name| sandbox.payload(&[(name, "#!/bin/sh\n")]));
        node.upload(&payloads).await.expect("uploaded");
        assert_eq!(kept(sandbox), [2]);
        for payload in &payloads {
            let tree = sandbox.root().join("var/lib/ddt/bundles/sha256");
            let tree = tree.join(payload.digest.hex());
            assert_eq!(count(&tree), 1, "a tree within a tree");
        }
    })
    .await;
}

/// Uploads a payload to a node where a tool is this script.
async fn upload_with(sandbox: &Sandbox, tool: &str, script: &str) -> Result<(), NodeError> {
    let path = sandbox.path_with(tool, script);
    let mut node = sandbox.node_with(Purpose::Deploy, &path);
    let payload = sandbox.payload(&[("a", "#!/bin/sh\n")]);
    node.upload(&[payload]).await
}

#[tokio::test]
async fn a_disk_that_fills_while_the_archive_arrives_is_said() {
    in_every_shell(async |sandbox| {
        let script = "[ -f /proc/self/fd/1 ] || exec head \"$@\"\n\
                      echo 'head: error writing: No space left on device' >&2\nexit 1\n";
        let error = upload_with(sandbox, "head", script).await.expect_err("full");
        insta::allow_duplicates! {
            insta::assert_snapshot!(error, @"has no space left: head: error writing: No space left on device");
        }
        assert_eq!(kept(sandbox), [0]);
    })
    .await;
}

#[tokio::test]
async fn a_disk_that_is_full_is_said_and_nothing_is_left() {
    in_every_shell(async |sandbox| {
        // A disk that fills while the archive is unpacked, as `tar` tells it.
        let script = "cat > /dev/null\n\
                      echo 'tar: x: Cannot write: No space left on device' >&2\nexit 2\n";
        let error = upload_with(sandbox, "tar", script).await.expect_err("full");
        insta::allow_duplicates! {
            insta::assert_snapshot!(error, @"has no space left: tar: x: Cannot write: No space left on device");
        }
    })
    .await;
}

//! Archives that arrive other than they were promised: the node itself refuses them,
//! whatever its controller believes that it sent.

use super::sandbox::{Sandbox, in_every_shell};
use crate::digest::Digest;
use crate::node::response::Response;
use crate::node::session::{Patience, Session};
use crate::node::{Node as _, NodeError, Payload, Purpose};
use tokio::io::AsyncWriteExt as _;

/// What a controller says that it will send.
struct Promise<'a> {
    size: usize,
    archive: Digest,
    payload: &'a Payload,
}

impl<'a> Promise<'a> {
    fn of(payload: &'a Payload, bytes: &[u8]) -> Self {
        Self {
            size: bytes.len(),
            archive: Digest::of(bytes),
            payload,
        }
    }

    fn request(&self) -> String {
        let (archive, payload) = (self.archive.hex(), self.payload.digest.hex());
        format!("upload {} {archive} {payload}", self.size)
    }
}

async fn session(sandbox: &Sandbox) -> Session {
    let mut link = sandbox.link(Purpose::Deploy, &sandbox.shell.path);
    Session::open(&mut link).await.expect("a session")
}

async fn send(
    sandbox: &Sandbox,
    promise: &Promise<'_>,
    bytes: &[u8],
) -> Result<Response, NodeError> {
    let mut session = session(sandbox).await;
    let id = session.begin(&promise.request()).await?;
    session.input().write_all(bytes).await.expect("sent");
    let answer = session.answer(&id, Patience::Short).await;
    // The runner says why first, and removes what it has afterwards.
    session.end().await;
    answer
}

fn packed(sandbox: &Sandbox) -> (Payload, Vec<u8>) {
    let payload = sandbox.payload(&[("deploy", "#!/bin/sh\necho good\n")]);
    let bytes = std::fs::read(&payload.path).expect("read");
    (payload, bytes)
}

/// No payload is there, nor a piece of one, and the node takes the right bytes.
async fn assert_untouched(sandbox: &Sandbox, payload: Payload) {
    let bundles = sandbox.root().join("var/lib/ddt/bundles");
    let names = |directory: &camino::Utf8Path| -> Vec<String> {
        let entries = directory.read_dir_utf8().expect("there");
        entries
            .map(|entry| entry.expect("an entry").file_name().to_owned())
            .collect()
    };
    assert_eq!(names(&bundles), ["sha256"]);
    assert_eq!(names(&bundles.join("sha256")), [""; 0]);
    let hex = payload.digest.hex().to_owned();
    sandbox.node().upload(&[payload]).await.expect("uploaded");
    assert_eq!(names(&bundles.join("sha256")), [hex]);
}

#[tokio::test]
async fn a_node_refuses_other_bytes_than_it_was_promised() {
    in_every_shell(async |sandbox| {
        let (payload, good) = packed(sandbox);
        let mut bad = good.clone();
        let at = bad.windows(4).position(|window| window == b"good");
        bad[at.expect("there")] = b'f';
        let refused = send(sandbox, &Promise::of(&payload, &good), &bad).await;
        assert!(matches!(refused, Err(NodeError::Digest(_))), "{refused:?}");
        assert_untouched(sandbox, payload).await;
    })
    .await;
}

#[tokio::test]
async fn a_stream_that_ends_early_leaves_nothing_on_the_node() {
    in_every_shell(async |sandbox| {
        let (payload, good) = packed(sandbox);
        for kept in [0, 1, 512, good.len() - 1] {
            let promise = Promise::of(&payload, &good);
            let mut session = session(sandbox).await;
            session.begin(&promise.request()).await.expect("begun");
            let sent = session.input().write_all(&good[..kept]).await;
            sent.expect("sent");
            session.end().await;
        }
        assert_untouched(sandbox, payload).await;
    })
    .await;
}

#[tokio::test]
async fn a_node_refuses_an_archive_that_is_none() {
    in_every_shell(async |sandbox| {
        let (payload, good) = packed(sandbox);
        // Cut within the only file, by the one who promised it.
        let cut = &good[..520];
        let refused = send(sandbox, &Promise::of(&payload, cut), cut).await;
        assert!(matches!(refused, Err(NodeError::State(_))), "{refused:?}");
        assert_untouched(sandbox, payload).await;
    })
    .await;
}

#[tokio::test]
async fn a_node_refuses_an_archive_without_the_payload() {
    in_every_shell(async |sandbox| {
        let (payload, _) = packed(sandbox);
        let other = sandbox.payload(&[("other", "#!/bin/sh\n")]);
        let bytes = std::fs::read(&other.path).expect("read");
        let refused = send(sandbox, &Promise::of(&payload, &bytes), &bytes).await;
        assert!(matches!(refused, Err(NodeError::Digest(_))), "{refused:?}");
        assert_untouched(sandbox, payload).await;
    })
    .await;
}

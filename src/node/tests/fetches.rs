//! Payloads that a node reads itself: verified, and whatever it cannot read is sent.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::Duration;

use async_trait::async_trait;

use super::sandbox::{Sandbox, in_every_shell};
use crate::digest::Digest;
use crate::node::{Node as _, Payload, PayloadOrigin, Purpose, RemoteArchive};
use crate::secret::SecretValue;

const STEPS: [(&str, &str); 2] = [("deploy", "#!/bin/sh\n"), ("x/y", "z")];

/// An origin that knows one address, or that there is none.
struct Origin(Result<String, String>);

#[async_trait]
impl PayloadOrigin for Origin {
    async fn locate(&self, _payload: &Digest) -> Result<RemoteArchive, String> {
        Ok(RemoteArchive {
            url: SecretValue::new(self.0.clone()?.into()),
            scheme: "http",
            authorization: Some(SecretValue::new(b"Basic canary".to_vec())),
            authorities: None,
            timeout: Duration::from_secs(60),
        })
    }
}

/// Serves bytes to whoever authorizes, as long as the test's process lives.
fn serve(bytes: Vec<u8>) -> Origin {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/[a]{{b}}", listener.local_addr().expect("bound"));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let mut request = Vec::new();
            let mut byte = [0];
            while !request.ends_with(b"\r\n\r\n")
                && stream.read(&mut byte).is_ok_and(|read| read == 1)
            {
                request.push(byte[0]);
            }
            let request = String::from_utf8_lossy(&request).into_owned();
            let may = request.contains("Authorization: Basic canary\r\n");
            let head = if may { "200 OK" } else { "401 Unauthorized" };
            let length = bytes.len();
            let head =
                format!("HTTP/1.1 {head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
            // A node that has read enough leaves.
            let _ = stream
                .write_all(head.as_bytes())
                .and_then(|()| stream.write_all(&bytes));
        }
    });
    Origin(Ok(url))
}

fn has_curl(sandbox: &Sandbox) -> bool {
    let mut places = sandbox.shell.path.split(':');
    places.any(|place| std::path::Path::new(place).join("curl").exists())
}

/// Why the node did not read a payload, and that it left nothing behind.
async fn refusal(sandbox: &Sandbox, payload: &Payload, origin: &Origin) -> String {
    let mut node = sandbox.node();
    let payloads = std::slice::from_ref(payload);
    let refused = node.fetch(payloads, origin).await.expect("an answer");
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert_eq!(refused[0].payload, payload.digest);
    let left = sandbox.tree().into_keys();
    let left: Vec<_> = left
        .filter(|path| path.as_str().contains("upload-"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    // The session goes on, and the payload can still be sent.
    node.upload(payloads).await.expect("uploaded");
    refused[0].why.clone()
}

#[tokio::test]
async fn a_fetched_payload_is_what_would_have_been_sent() {
    in_every_shell(async |sandbox| {
        let payload = sandbox.payload(&STEPS);
        let origin = serve(sandbox.canonical(&STEPS));
        if !has_curl(sandbox) {
            let why = refusal(sandbox, &payload, &origin).await;
            assert_eq!(why, "curl is not installed");
            return;
        }
        let payloads = std::slice::from_ref(&payload);
        for purpose in [Purpose::DryRun, Purpose::Deploy] {
            let archive = payload.path.with_extension("hidden");
            std::fs::rename(&payload.path, &archive).expect("renamed");
            let mut node = sandbox.node_for(purpose);
            assert_eq!(node.fetch(payloads, &origin).await, Ok(Vec::new()));
            // What is not on this machine cannot have been sent.
            node.upload(payloads).await.expect("nothing to send");
            std::fs::rename(&archive, &payload.path).expect("renamed");
            node.close().await;
        }
        let other = Sandbox::new(sandbox.shell.clone());
        let mut node = other.node();
        node.upload(payloads).await.expect("uploaded");
        let fetched = sandbox.tree();
        let fetched = fetched.iter().map(|(path, file)| {
            let path = path.strip_prefix(sandbox.root()).expect("below");
            (other.root().join(path), file.clone())
        });
        assert_eq!(
            fetched.collect::<std::collections::BTreeMap<_, _>>(),
            other.tree()
        );
    })
    .await;
}

#[tokio::test]
async fn other_bytes_are_refused_and_the_right_ones_sent() {
    in_every_shell(async |sandbox| {
        if !has_curl(sandbox) {
            return;
        }
        let (good, other) = (
            sandbox.canonical(&STEPS),
            [("deploy", "#!/bin/sh\nrm\n"), STEPS[1]],
        );
        let longer = [vec![0; 1 << 20], good.clone()].concat();
        for bytes in [
            sandbox.canonical(&other),
            good[1..].to_vec(),
            longer,
            Vec::new(),
        ] {
            let sandbox = Sandbox::new(sandbox.shell.clone());
            let payload = sandbox.payload(&STEPS);
            let why = refusal(&sandbox, &payload, &serve(bytes)).await;
            assert!(!why.contains("canary"), "{why}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_nobody_serves_is_sent() {
    in_every_shell(async |sandbox| {
        if !has_curl(sandbox) {
            return;
        }
        let sandbox = Sandbox::new(sandbox.shell.clone());
        let payload = sandbox.payload(&STEPS);
        let nowhere = Origin(Ok("http://127.0.0.1:1/".into()));
        let why = refusal(&sandbox, &payload, &nowhere).await;
        assert!(why.contains("connect"), "{why}");
        let sandbox = Sandbox::new(sandbox.shell.clone());
        let payload = sandbox.payload(&STEPS);
        let unknown = Origin(Err("its bundle is not in a registry".into()));
        let why = refusal(&sandbox, &payload, &unknown).await;
        assert_eq!(why, "its bundle is not in a registry");
    })
    .await;
}

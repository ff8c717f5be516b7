//! Payloads on their way: one tar stream with a member for each.

use std::io;

use camino::Utf8PathBuf;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::session::{Patience, Session};
use super::{NodeError, Payload};

/// The size of a tar block in bytes.
const BLOCK: u64 = 512;

/// Sends payloads to a runner, which verifies them.
pub(super) async fn upload(session: &mut Session, payloads: &[&Payload]) -> Result<(), NodeError> {
    let mut request = format!("upload {}", stream_size(payloads));
    for payload in payloads {
        request.push_str(&format!(" {}", payload.digest.hex()));
    }
    let id = session.begin(&request).await?;
    let sent = send_all(payloads, session.input()).await;
    let said = match &sent {
        // A runner that refuses what it gets says why, and closes its input.
        Ok(()) => session.answer(&id, Patience::Short).await,
        Err(failure) if failure.is_refusal() => session.answer(&id, Patience::Short).await,
        Err(failure) => return Err(NodeError::Transport(failure.to_string())),
    };
    match (said, sent) {
        (Err(NodeError::Transport(_)), Err(failure)) => {
            Err(NodeError::Transport(failure.to_string()))
        }
        (answer, _) => answer?.expect_part("uploaded").map(drop),
    }
}

/// Why a stream did not get out whole.
#[derive(Debug, thiserror::Error)]
#[error("cannot send {path}: {source}")]
struct SendFailure {
    path: Utf8PathBuf,
    source: io::Error,
}

impl SendFailure {
    /// The other end took no more.
    fn is_refusal(&self) -> bool {
        self.source.kind() == io::ErrorKind::BrokenPipe
    }
}

async fn send_all(
    payloads: &[&Payload],
    input: &mut (dyn AsyncWrite + Send + Unpin),
) -> Result<(), SendFailure> {
    for payload in payloads {
        let failed = |source| SendFailure {
            path: payload.path.clone(),
            source,
        };
        send(payload, input).await.map_err(failed)?;
    }
    let ended = async {
        input.write_all(&[0; 2 * BLOCK as usize]).await?;
        input.flush().await
    };
    let failed = |source| SendFailure {
        path: "the last block".into(),
        source,
    };
    ended.await.map_err(failed)
}

/// The bytes of the whole stream.
fn stream_size(payloads: &[&Payload]) -> u64 {
    let member = |payload: &&Payload| BLOCK + payload.size.next_multiple_of(BLOCK);
    payloads.iter().map(member).sum::<u64>() + 2 * BLOCK
}

async fn send(payload: &Payload, input: &mut (dyn AsyncWrite + Send + Unpin)) -> io::Result<()> {
    input.write_all(header(payload)?.as_bytes()).await?;
    let mut file = File::open(&payload.path).await?.take(payload.size);
    let copied = tokio::io::copy(&mut file, input).await?;
    if copied != payload.size {
        return Err(io::Error::other("the file is shorter than it was"));
    }
    let padding = payload.size.next_multiple_of(BLOCK) - payload.size;
    let zeros = [0; BLOCK as usize];
    input
        .write_all(zeros.get(..padding as usize).unwrap_or_default())
        .await
}

fn header(payload: &Payload) -> io::Result<tar::Header> {
    let mut header = tar::Header::new_ustar();
    header.set_path(format!("{}.tar", payload.digest.hex()))?;
    header.set_size(payload.size);
    header.set_mode(0o600);
    header.set_entry_type(tar::EntryType::Regular);
    header.set_cksum();
    Ok(header)
}

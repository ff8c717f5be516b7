//! Payloads on their way: one tar archive with all of them.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use sha2::{Digest as _, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::session::{Patience, Session};
use super::{NodeError, Payload, Sent};
use crate::crash::crash_point;
use crate::digest::Digest;

/// The zeros at the end of a tar archive, in bytes: two blocks.
const TRAILER: u64 = 1024;

/// The bytes that are read at once.
const CHUNK: usize = 64 << 10;

/// Sends payloads to a runner, which verifies them, and tells how far it has come. What is
/// damaged on this machine is not sent.
pub(super) async fn upload(
    session: &mut Session,
    payloads: &[&Payload],
    told: &(dyn Fn(Sent) + Send + Sync),
) -> Result<(), NodeError> {
    let digest = archive_digest(payloads).await?;
    let mut request = format!("upload {} {}", archive_size(payloads), digest.hex());
    for payload in payloads {
        request.push_str(&format!(" {}", payload.digest.hex()));
    }
    let id = session.begin(&request).await?;
    let sent = send_all(payloads, session.input(), told).await;
    crash_point!("node.payloads-sent");
    let said = match &sent {
        // A runner that refuses what it gets says why, and closes its input.
        Ok(()) | Err(SendError::Refused(_)) => session.answer(&id, Patience::Short).await,
        Err(SendError::Unreadable(_)) => return sent.map_err(NodeError::from),
    };
    match (said, sent) {
        (Err(NodeError::Transport(_)), Err(error)) => Err(error.into()),
        (answer, _) => answer?.expect_part("uploaded").map(drop),
    }
}

/// Why the archive did not get out whole.
#[derive(Debug, thiserror::Error)]
enum SendError {
    /// The other end took no more.
    #[error("{0}")]
    Refused(io::Error),
    /// A payload cannot be read on this machine.
    #[error("{0}")]
    Unreadable(String),
}

impl From<SendError> for NodeError {
    fn from(error: SendError) -> Self {
        Self::Transport(error.to_string())
    }
}

/// The bytes of the archive that is sent.
fn archive_size(payloads: &[&Payload]) -> u64 {
    let bodies = payloads.iter().map(|payload| body_size(payload));
    bodies.sum::<u64>() + TRAILER
}

/// The bytes of a payload's archive up to its end: what follows may be another's.
fn body_size(payload: &Payload) -> u64 {
    payload.size.saturating_sub(TRAILER)
}

/// The digest of the archive that is sent, if every payload is what it was when it was
/// packed.
async fn archive_digest(payloads: &[&Payload]) -> Result<Digest, NodeError> {
    let mut whole = Sha256::new();
    for payload in payloads {
        let (mut found, mut size) = (Sha256::new(), 0);
        let mut chunks = Chunks::open(payload).await?;
        while let Some(chunk) = chunks.next().await? {
            found.update(chunk.bytes);
            size += chunk.bytes.len() as u64;
            whole.update(chunk.body);
        }
        if (Digest::finish(found), size) != (payload.archive.clone(), payload.size) {
            let path = &payload.path;
            let why = format!("{path} was changed after it had been packed");
            return Err(NodeError::Digest(why));
        }
    }
    whole.update([0; TRAILER as usize]);
    Ok(Digest::finish(whole))
}

async fn send_all(
    payloads: &[&Payload],
    input: &mut (dyn AsyncWrite + Send + Unpin),
    told: &(dyn Fn(Sent) + Send + Sync),
) -> Result<(), SendError> {
    let mut sent = Sent {
        bytes: 0,
        of: archive_size(payloads),
    };
    told(sent);
    for payload in payloads {
        let mut chunks = Chunks::open(payload).await?;
        while let Some(chunk) = chunks.next().await? {
            let written = input.write_all(chunk.body).await;
            written.map_err(SendError::Refused)?;
            sent.bytes += chunk.body.len() as u64;
            told(sent);
        }
    }
    let ended = async {
        input.write_all(&[0; TRAILER as usize]).await?;
        input.flush().await
    };
    ended.await.map_err(SendError::Refused)?;
    told(Sent {
        bytes: sent.of,
        ..sent
    });
    Ok(())
}

/// Reads a payload's archive piece by piece.
struct Chunks {
    path: Utf8PathBuf,
    file: File,
    buffer: Vec<u8>,
    /// What is left of the body, in bytes.
    left: u64,
}

/// A piece of an archive, and what of it is before the archive's end.
struct Chunk<'buffer> {
    bytes: &'buffer [u8],
    body: &'buffer [u8],
}

impl Chunks {
    async fn open(payload: &Payload) -> Result<Self, SendError> {
        let path = payload.path.clone();
        let file = File::open(&path).await;
        let file = file.map_err(|error| unreadable(&path, &error))?;
        Ok(Self {
            path,
            file,
            buffer: vec![0; CHUNK],
            left: body_size(payload),
        })
    }

    async fn next(&mut self) -> Result<Option<Chunk<'_>>, SendError> {
        let read = self.file.read(&mut self.buffer).await;
        let length = read.map_err(|error| unreadable(&self.path, &error))?;
        let body = length.min(usize::try_from(self.left).unwrap_or(usize::MAX));
        self.left -= body as u64;
        Ok((length > 0).then(|| Chunk {
            bytes: &self.buffer[..length],
            body: &self.buffer[..body],
        }))
    }
}

fn unreadable(path: &Utf8Path, error: &io::Error) -> SendError {
    SendError::Unreadable(format!("cannot send {path}: {error}"))
}

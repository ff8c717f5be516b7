//! Payloads on their way: one tar archive with all of them.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use sha2::{Digest as _, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::Mutex;

use super::session::{Patience, Session};
use super::{NodeError, Payload, Sent};
use crate::crash::crash_point;
use crate::digest::Digest;

/// The zeros at the end of a tar archive, in bytes: two blocks.
const TRAILER: u64 = 1024;

/// The bytes that are read at once.
const CHUNK: usize = 64 << 10;

/// The digests of the archives that a run sends. Most nodes miss the same payloads and get
/// the same archive, which is read and verified once for all of them.
#[derive(Clone, Debug, Default)]
pub struct Archives(Arc<Mutex<BTreeMap<Vec<Digest>, Digest>>>);

impl Archives {
    /// The digest of the archive with these payloads, if each is what it was when it was
    /// packed. One that changes later is refused by the node that gets it.
    async fn digest(&self, payloads: &[&Payload]) -> Result<Digest, NodeError> {
        let parts = payloads.iter().map(|payload| payload.archive.clone());
        // Held while the payloads are read: whoever asks meanwhile waits for the answer.
        match self.0.lock().await.entry(parts.collect()) {
            Entry::Occupied(known) => Ok(known.get().clone()),
            Entry::Vacant(unknown) => Ok(unknown.insert(archive_digest(payloads).await?).clone()),
        }
    }
}

/// Sends payloads to a runner, which verifies them, and tells how far it has come. What is
/// damaged on this machine is not sent.
pub(super) async fn upload(
    session: &mut Session,
    payloads: &[&Payload],
    archives: &Archives,
    told: &(dyn Fn(Sent) + Send + Sync),
) -> Result<(), NodeError> {
    let digest = archives.digest(payloads).await?;
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
    let payloads: Vec<Payload> = payloads.iter().map(|payload| (*payload).clone()).collect();
    let read = move || {
        let mut whole = Sha256::new();
        for payload in &payloads {
            read_packed(payload, &mut whole)?;
        }
        whole.update([0; TRAILER as usize]);
        Ok(Digest::finish(whole))
    };
    // All at once, because every piece that is read elsewhere costs a change of threads.
    let read = tokio::task::spawn_blocking(read).await;
    read.unwrap_or_else(|error| Err(NodeError::Transport(format!("cannot send: {error}"))))
}

/// Adds a payload to the digest of the archive, unless it is not what was packed.
fn read_packed(payload: &Payload, whole: &mut Sha256) -> Result<(), NodeError> {
    let unreadable = |error| unreadable(&payload.path, &error);
    let mut file = std::fs::File::open(&payload.path).map_err(unreadable)?;
    let (mut found, mut size, mut buffer) = (Sha256::new(), 0, vec![0; CHUNK]);
    loop {
        let length = io::Read::read(&mut file, &mut buffer).map_err(unreadable)?;
        if length == 0 {
            break;
        }
        let left = body_size(payload).saturating_sub(size);
        found.update(&buffer[..length]);
        whole.update(&buffer[..at_most(length, left)]);
        size += length as u64;
    }
    if (Digest::finish(found), size) == (payload.archive.clone(), payload.size) {
        return Ok(());
    }
    let path = &payload.path;
    let why = format!("{path} was changed after it had been packed");
    Err(NodeError::Digest(why))
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
            input.write_all(chunk).await.map_err(SendError::Refused)?;
            sent.bytes += chunk.len() as u64;
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

/// Reads a payload's archive piece by piece, up to its end.
struct Chunks {
    path: Utf8PathBuf,
    file: File,
    buffer: Vec<u8>,
    /// What is left of it, in bytes.
    left: u64,
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

    async fn next(&mut self) -> Result<Option<&[u8]>, SendError> {
        if self.left == 0 {
            return Ok(None);
        }
        let read = self.file.read(&mut self.buffer).await;
        let length = read.map_err(|error| unreadable(&self.path, &error))?;
        if length == 0 {
            let error = io::Error::from(io::ErrorKind::UnexpectedEof);
            return Err(unreadable(&self.path, &error));
        }
        let length = at_most(length, self.left);
        self.left -= length as u64;
        Ok(Some(&self.buffer[..length]))
    }
}

/// A length, bounded by what is left.
fn at_most(length: usize, left: u64) -> usize {
    length.min(usize::try_from(left).unwrap_or(usize::MAX))
}

fn unreadable(path: &Utf8Path, error: &io::Error) -> SendError {
    SendError::Unreadable(format!("cannot send {path}: {error}"))
}

//! A blob on its way into the store: what has come of it survives a broken connection and the end of ddt.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;

use camino::Utf8PathBuf;
use sha2::{Digest as _, Sha256};

use super::store::BlobStore;
use crate::bundle::hashing::Identity;
use crate::digest::Digest;

/// The part of a blob that has come. Locked: nobody else writes to it.
pub(super) struct Partial {
    file: File,
    path: Utf8PathBuf,
    target: Utf8PathBuf,
    hasher: Sha256,
    size: u64,
    resumed: bool,
}

/// What there is of a blob.
pub(super) enum Found {
    /// All of it.
    Whole,
    /// Some or nothing of it.
    Part(Partial),
}

impl Partial {
    /// Opens what there is. Blocks while another process fetches the same blob, and reads all that is there.
    pub(super) fn open(store: &BlobStore, blob: &Identity) -> io::Result<Found> {
        let directory = store.directory()?;
        if store.holds(blob) {
            return Ok(Found::Whole);
        }
        let path = directory.join(format!(".fetching-{}", blob.digest.hex()));
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)?;
        file.lock()?;
        if store.holds(blob) {
            return Ok(Found::Whole);
        }
        let mut partial = Self {
            file,
            path,
            target: store.path(&blob.digest),
            hasher: Sha256::new(),
            size: 0,
            resumed: false,
        };
        partial.read_part(blob.size)?;
        Ok(Found::Part(partial))
    }

    /// What is longer than the blob is no part of it.
    fn read_part(&mut self, limit: u64) -> io::Result<()> {
        if self.file.metadata()?.len() > limit {
            return self.restart();
        }
        let mut reader = BufReader::with_capacity(1 << 20, &self.file);
        let mut buffer = [0; 1 << 16];
        loop {
            let count = reader.read(&mut buffer)?;
            if count == 0 {
                break;
            }
            self.hasher.update(&buffer[..count]);
            self.size += count as u64;
        }
        self.resumed = self.size > 0;
        Ok(())
    }

    /// The number of bytes that have come.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Whether its beginning is from an earlier run.
    pub(super) fn is_resumed(&self) -> bool {
        self.resumed
    }

    /// Adds what came next.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.hasher.update(bytes);
        self.size += bytes.len() as u64;
        Ok(())
    }

    /// Forgets what has come.
    pub(super) fn restart(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.hasher = Sha256::new();
        self.size = 0;
        self.resumed = false;
        Ok(())
    }

    /// The digest of what has come.
    pub(super) fn digest(&self) -> Digest {
        Digest::finish(self.hasher.clone())
    }

    /// Makes it appear in the store. Its digest has been found right.
    pub(super) fn finish(self) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.path, &self.target)
    }
}

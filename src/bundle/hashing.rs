//! Digests of what is written, computed on the way.

use std::io::{self, Write};

use sha2::{Digest as _, Sha256};

use crate::digest::Digest;

/// Passes bytes on and remembers their digest and number.
pub(super) struct HashingWriter<W> {
    inner: W,
    hasher: Sha256,
    size: u64,
}

/// What identifies a sequence of bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    /// The digest of the bytes.
    pub(super) digest: Digest,
    /// Their number.
    pub(super) size: u64,
}

impl Identity {
    /// Identifies bytes in memory.
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self {
            digest: Digest::of(bytes),
            size: bytes.len() as u64,
        }
    }
}

impl<W: Write> HashingWriter<W> {
    /// Starts with nothing written.
    pub(super) fn new(inner: W) -> Self {
        Self {
            inner,
            hasher: Sha256::new(),
            size: 0,
        }
    }

    /// Ends the computation.
    pub(super) fn finish(self) -> (W, Identity) {
        let digest = Digest::finish(self.hasher);
        let size = self.size;
        (self.inner, Identity { digest, size })
    }
}

impl<W: Write> Write for HashingWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes)?;
        self.hasher.update(&bytes[..count]);
        self.size += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

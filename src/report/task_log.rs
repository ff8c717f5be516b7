//! The log of one task: raw on disk up to a cap, its end in memory.

use std::fs::File;
use std::io::{self, Write};

use sha2::{Digest as _, Sha256};

use crate::digest::Digest;

/// How much of a log's end is kept in memory, in bytes.
pub(super) const TAIL_BYTES: usize = 64 * 1024;

/// A log that is being written.
#[derive(Debug)]
pub(super) struct TaskLog {
    file: Option<File>,
    cap: u64,
    received: u64,
    hasher: Sha256,
    tail: Vec<u8>,
    /// Whether the last byte in the file ends a line.
    at_line_start: bool,
}

impl TaskLog {
    /// Starts with an open file, or none where it could not be opened. At most `cap`
    /// bytes of log are written to it.
    pub(super) fn new(file: Option<File>, cap: u64) -> Self {
        Self {
            file,
            cap,
            received: 0,
            hasher: Sha256::new(),
            tail: Vec::new(),
            at_line_start: true,
        }
    }

    /// Takes the next bytes. After an error the file is left alone.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let room = usize::try_from(self.cap.saturating_sub(self.received)).unwrap_or(usize::MAX);
        self.received += bytes.len() as u64;
        self.hasher.update(bytes);
        self.keep(bytes);
        self.append(&bytes[..bytes.len().min(room)])
    }

    /// Ends the log: if the cap left bytes out, the file's last line says how many, and
    /// what the digest of all of them is. Gives the file back to the system.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        let left_out = self.received.saturating_sub(self.cap);
        if left_out > 0 {
            let start = if self.at_line_start { "" } else { "\n" };
            let digest = Digest::finish(self.hasher.clone());
            let line = format!(
                "{start}ddt: {left_out} bytes left out; all {} bytes are {digest}\n",
                self.received
            );
            self.append(line.as_bytes())?;
        }
        self.file = None;
        Ok(())
    }

    /// The last bytes, at most [`TAIL_BYTES`].
    pub(super) fn tail(&self) -> &[u8] {
        &self.tail[self.tail.len().saturating_sub(TAIL_BYTES)..]
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let (Some(file), Some(last)) = (&mut self.file, bytes.last()) else {
            return Ok(());
        };
        self.at_line_start = *last == b'\n';
        file.write_all(bytes).inspect_err(|_| self.file = None)
    }

    /// Keeps twice the tail at most, so that bytes are seldom moved.
    fn keep(&mut self, bytes: &[u8]) {
        let bytes = &bytes[bytes.len().saturating_sub(TAIL_BYTES)..];
        if self.tail.len() + bytes.len() > 2 * TAIL_BYTES {
            let surplus = self.tail.len().saturating_sub(TAIL_BYTES);
            self.tail.drain(..surplus);
        }
        self.tail.extend_from_slice(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(cap: u64, chunks: &[Vec<u8>]) -> (Vec<u8>, Vec<u8>) {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        let mut log = TaskLog::new(Some(file.reopen().expect("the same file")), cap);
        for chunk in chunks {
            log.write(chunk).expect("the disk has room");
        }
        log.finish().expect("the disk has room");
        (
            std::fs::read(file.path()).expect("the file"),
            log.tail().to_vec(),
        )
    }

    #[test]
    fn says_what_the_cap_left_out() {
        let (file, tail) = written(4, &[b"abc".to_vec(), b"defg".to_vec()]);
        let digest = Digest::of(b"abcdefg");
        let expected = format!("abcd\nddt: 3 bytes left out; all 7 bytes are {digest}\n");
        assert_eq!(String::from_utf8_lossy(&file), expected);
        assert_eq!(tail, b"abcdefg");
    }

    #[test]
    fn a_log_that_just_fits_is_not_touched() {
        let (file, _) = written(3, &[b"ab\n".to_vec()]);
        assert_eq!(file, b"ab\n");
    }

    proptest! {
        #[test]
        fn keeps_raw_bytes_and_the_very_end(
            sizes in prop::collection::vec((any::<u8>(), 0_usize..40_000), 0..8)
        ) {
            let chunk = |(first, size): &(u8, usize)| {
                (0..*size).map(|at| first.wrapping_add((at % 251) as u8)).collect()
            };
            let chunks: Vec<Vec<u8>> = sizes.iter().map(chunk).collect();
            let whole = chunks.concat();
            let (file, tail) = written(u64::MAX, &chunks);
            prop_assert_eq!(&file, &whole);
            prop_assert_eq!(tail, &whole[whole.len().saturating_sub(TAIL_BYTES)..]);
        }
    }
}

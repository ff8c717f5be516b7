//! Limits on what an archive may make ddt read, keep and remember.

use std::cell::Cell;
use std::fmt;
use std::io::{self, Read};

const MEBIBYTE: u64 = 1 << 20;

/// What the headers of one entry (long names, extensions) may take: they are read into
/// memory.
const HEADER_BYTES: u64 = MEBIBYTE;

/// How much an archive may decompress to whatever its own size, in bytes.
const ALWAYS_ALLOWED: u64 = 16 * MEBIBYTE;

/// The limits on one bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of all files together.
    pub bytes: u64,
    /// Entries of all layers together.
    pub entries: u64,
    /// How many times larger than a compressed layer its content may be. The first
    /// 16 MiB are always allowed.
    pub ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 16 << 30,
            entries: 200_000,
            ratio: 200,
        }
    }
}

/// The limit that was exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// [`Limits::bytes`].
    Bytes(u64),
    /// [`Limits::entries`].
    Entries(u64),
    /// [`Limits::ratio`].
    Ratio(u64),
    /// The headers of one entry, in bytes.
    Headers(u64),
}

impl fmt::Display for Limit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(limit) => write!(out, "it holds more than {limit} bytes"),
            Self::Entries(limit) => write!(out, "it holds more than {limit} entries"),
            Self::Ratio(limit) => {
                write!(
                    out,
                    "it decompresses to more than {limit} times its own size"
                )
            }
            Self::Headers(limit) => {
                write!(
                    out,
                    "an entry has names and attributes of more than {limit} bytes"
                )
            }
        }
    }
}

/// What may still be read of one archive. Shared by its reader and the one who knows how
/// large the next entry is.
pub struct Meter {
    ratio: u64,
    total_left: Cell<u64>,
    expected_left: Cell<u64>,
    exceeded: Cell<Option<Limit>>,
}

impl Meter {
    /// Starts at the beginning of an archive of this size in bytes.
    pub fn new(limits: &Limits, packed_size: u64) -> Self {
        let total = packed_size.saturating_mul(limits.ratio).max(ALWAYS_ALLOWED);
        Self {
            ratio: limits.ratio,
            total_left: Cell::new(total),
            expected_left: Cell::new(HEADER_BYTES),
            exceeded: Cell::new(None),
        }
    }

    /// Allows for an entry's content, and the headers of the next one.
    pub fn expect(&self, size: u64) {
        self.expected_left.set(size.saturating_add(HEADER_BYTES));
    }

    /// The limit at which reading stopped, if it did.
    pub fn exceeded(&self) -> Option<Limit> {
        self.exceeded.get()
    }

    fn take(&self, count: u64) -> io::Result<()> {
        let exceeded = if count > self.total_left.get() {
            Limit::Ratio(self.ratio)
        } else if count > self.expected_left.get() {
            Limit::Headers(HEADER_BYTES)
        } else {
            self.total_left.update(|left| left - count);
            self.expected_left.update(|left| left - count);
            return Ok(());
        };
        self.exceeded.set(Some(exceeded));
        Err(io::Error::other(exceeded.to_string()))
    }
}

/// Reads an archive as far as its meter allows.
pub struct MeteredReader<'meter, R> {
    inner: R,
    meter: &'meter Meter,
}

impl<'meter, R> MeteredReader<'meter, R> {
    /// Puts a meter in front of a reader.
    pub fn new(inner: R, meter: &'meter Meter) -> Self {
        Self { inner, meter }
    }
}

impl<R: Read> Read for MeteredReader<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.meter.take(count as u64)?;
        Ok(count)
    }
}

//! Where the bytes of a tree's files are kept, and how they are read.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use camino::Utf8PathBuf;

/// Where the bytes of a file are kept.
#[derive(Clone, Debug)]
pub enum Content {
    /// All of a file on disk, which must still have this size when it is read.
    Path(Utf8PathBuf, u64),
    /// A range of an open file.
    Range {
        /// The file.
        file: Arc<File>,
        /// The first byte.
        offset: u64,
        /// The number of bytes.
        size: u64,
    },
}

impl Content {
    /// The number of bytes.
    pub fn size(&self) -> u64 {
        match self {
            Self::Path(_, size) | Self::Range { size, .. } => *size,
        }
    }

    /// Opens the content for reading from its start.
    pub fn open(&self) -> io::Result<Box<dyn Read>> {
        match self {
            Self::Path(path, _) => Ok(Box::new(File::open(path)?)),
            Self::Range { file, offset, size } => Ok(Box::new(RangeReader {
                file: Arc::clone(file),
                offset: *offset,
                end: offset.saturating_add(*size),
            })),
        }
    }

    /// Appends what `reader` gives to `spool` and remembers where.
    pub fn spool(reader: &mut impl Read, spool: &Arc<File>) -> io::Result<Self> {
        let mut file = spool.as_ref();
        let offset = file.seek(SeekFrom::End(0))?;
        let size = io::copy(reader, &mut file)?;
        Ok(Self::Range {
            file: Arc::clone(spool),
            offset,
            size,
        })
    }
}

/// Reads a range without moving the position that the other ranges' readers see.
struct RangeReader {
    file: Arc<File>,
    offset: u64,
    end: u64,
}

impl Read for RangeReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end - self.offset).unwrap_or(usize::MAX);
        let wanted = left.min(buffer.len());
        let count = self.file.read_at(&mut buffer[..wanted], self.offset)?;
        self.offset += count as u64;
        Ok(count)
    }
}

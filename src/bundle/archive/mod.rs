//! The canonical archive of a tree: the same tree gives the same bytes on every machine,
//! under every umask, with every version of ddt.
//!
//! Entries are sorted by path, belong to user 0 and group 0, carry the time 0, and have
//! the mode 0755 (directories, executables) or 0644. The archive is not compressed: the
//! bytes would depend on the compressor's version.

use std::io::{self, Read, Write};

use tar::{Builder, EntryType, Header};

use super::tree::{Content, Entry, Tree};

/// Writes the canonical archive of a tree. A file whose size has changed since the tree
/// was read is an error.
pub(super) fn pack(tree: &Tree, out: impl Write) -> io::Result<()> {
    pack_below("", tree, out)
}

/// The same with every path below a directory; `prefix` is empty or ends with a slash.
pub(super) fn pack_below(prefix: &str, tree: &Tree, out: impl Write) -> io::Result<()> {
    let mut archive = Builder::new(out);
    for (path, entry) in tree.iter() {
        let path = format!("{prefix}{path}");
        match entry {
            Entry::Directory => {
                let mut header = header(EntryType::Directory, 0o755, 0);
                archive.append_data(&mut header, path, io::empty())?;
            }
            Entry::File {
                executable,
                content,
            } => {
                let mode = if *executable { 0o755 } else { 0o644 };
                let mut header = header(EntryType::Regular, mode, content.size());
                archive.append_data(&mut header, path, ExactReader::open(content)?)?;
            }
            Entry::Link(target) => {
                let mut header = header(EntryType::Symlink, 0o777, 0);
                archive.append_link(&mut header, path, target)?;
            }
        }
    }
    archive.into_inner()?.flush()
}

fn header(kind: EntryType, mode: u32, size: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_size(size);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header
}

/// Gives exactly as many bytes as the content is said to have, or an error.
struct ExactReader {
    inner: Box<dyn Read>,
    left: u64,
}

impl ExactReader {
    fn open(content: &Content) -> io::Result<Self> {
        let inner = content.open()?;
        let left = content.size();
        Ok(Self { inner, left })
    }

    /// What follows the last byte must be the end.
    fn end(&mut self) -> io::Result<usize> {
        match self.inner.read(&mut [0])? {
            0 => Ok(0),
            _ => Err(changed()),
        }
    }
}

impl Read for ExactReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return self.end();
        }
        let wanted = buffer
            .len()
            .min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let count = self.inner.read(&mut buffer[..wanted])?;
        if count == 0 && wanted > 0 {
            return Err(changed());
        }
        self.left -= count as u64;
        Ok(count)
    }
}

fn changed() -> io::Error {
    io::Error::other("a file changed its size while it was read; try again")
}

#[cfg(test)]
mod tests;

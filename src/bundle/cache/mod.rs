//! Payloads on the controller, by digest, readable by their owner only.
//!
//! The cache is `DIRECTORY/sha256/HEX`. What is returned has just been written or has
//! just been read and found right; a damaged file is replaced, so none has to survive a
//! loss of power.

mod in_use;
mod prune;

pub(super) use in_use::InUse;
pub(super) use prune::touch;
pub use prune::{PruneError, Pruned, prune};

use std::fs::File;
use std::io::{self, BufWriter, Write};

use camino::{Utf8Path, Utf8PathBuf};

use super::archive;
use super::hashing::{HashingWriter, Identity};
use super::tree::Tree;
use crate::digest::Digest;
use crate::files::{Audience, create_own_directory, place_file, start_file};
use crate::node::Payload;

/// A cache of payloads. As long as it or a clone is there, nothing that it stored is pruned.
#[derive(Clone, Debug)]
pub struct PayloadCache {
    directory: Utf8PathBuf,
    in_use: InUse,
}

impl PayloadCache {
    /// Names the cache's directory, which is created when something is stored.
    pub fn new(directory: impl Into<Utf8PathBuf>) -> Self {
        Self {
            directory: directory.into(),
            in_use: InUse::default(),
        }
    }

    /// Packs a tree for nodes and keeps that, under the digest of its canonical archive. What is there already is read and
    /// not written again.
    pub(super) fn store(&self, tree: &Tree, digest: Digest) -> io::Result<Payload> {
        let directory = self.payloads()?;
        let path = directory.join(digest.hex());
        let identity = match kept(tree, &digest, &path)? {
            Some(identity) => identity,
            None => {
                let mut file = start_file(&directory)?;
                let writer = BufWriter::new(file.as_file_mut());
                let (_, identity) = packed(tree, &digest, writer)?;
                place_file(file, &path, Audience::Owner)?;
                identity
            }
        };
        Ok(Payload {
            digest,
            path,
            size: identity.size,
            archive: identity.digest,
        })
    }

    /// A file without a name, which is gone when it is closed. It is on the cache's disk,
    /// and makes no directory: what is looked at may be refused.
    pub fn scratch(&self) -> io::Result<File> {
        let mut ancestors = self.directory.ancestors();
        let is_there = |directory: &&Utf8Path| directory.is_dir();
        // Above a relative path is the working directory.
        tempfile::tempfile_in(ancestors.find(is_there).unwrap_or(Utf8Path::new(".")))
    }

    fn payloads(&self) -> io::Result<Utf8PathBuf> {
        let directory = self.directory.join("sha256");
        create_own_directory(&self.directory)?;
        create_own_directory(&directory)?;
        self.in_use.begin(&self.directory)?;
        Ok(directory)
    }
}

/// Identifies a tree's payload where it is kept already, as it should be.
fn kept(tree: &Tree, digest: &Digest, path: &Utf8Path) -> io::Result<Option<Identity>> {
    if !path.exists() {
        return Ok(None);
    }
    let (_, identity) = packed(tree, digest, io::sink())?;
    let is_kept = holds(path, &identity);
    if is_kept {
        touch(path);
    }
    Ok(is_kept.then_some(identity))
}

/// Packs a tree as nodes get it: below a directory named by its digest.
fn packed<W: Write>(tree: &Tree, digest: &Digest, to: W) -> io::Result<(W, Identity)> {
    let mut writer = HashingWriter::new(to);
    archive::pack_below(&format!("{}/", digest.hex()), tree, &mut writer)?;
    writer.flush()?;
    Ok(writer.finish())
}

/// Identifies a tree by its canonical archive, which is not kept: the layer that it is in a layout. What nodes get has
/// the tree below a directory and may be longer.
pub(super) fn canonical(tree: &Tree) -> io::Result<Identity> {
    let mut writer = HashingWriter::new(io::sink());
    archive::pack(tree, &mut writer)?;
    Ok(writer.finish().1)
}

fn holds(path: &Utf8Path, identity: &Identity) -> bool {
    let read = || {
        let mut writer = HashingWriter::new(io::sink());
        io::copy(&mut File::open(path)?, &mut writer)?;
        io::Result::Ok(writer.finish().1)
    };
    read().is_ok_and(|found| found == *identity)
}

#[cfg(test)]
mod tests;

//! Blobs on the controller, by digest, readable by their owner only.
//!
//! The directory has the form of an OCI image layout without an index, so a release in it is read as one in a layout.

use std::fs::File;
use std::io::{self, Write};

use camino::{Utf8Path, Utf8PathBuf};

use crate::bundle::cache::{InUse, touch};
use crate::bundle::hashing::{HashingWriter, Identity};
use crate::bundle::layout::Layout;
use crate::digest::Digest;
use crate::files::{Audience, create_directory, finish_file, start_file};

/// A store of blobs. As long as it or a clone is there, nothing of it is pruned once something was stored or fetched.
#[derive(Clone, Debug)]
pub struct BlobStore {
    root: Utf8PathBuf,
    in_use: InUse,
}

impl BlobStore {
    /// Names its directory, which is created when something is stored.
    pub fn new(root: impl Into<Utf8PathBuf>) -> Self {
        Self {
            root: root.into(),
            in_use: InUse::default(),
        }
    }

    /// The store as a layout, to read releases from by their descriptors.
    pub fn layout(&self) -> Layout {
        Layout::at(self.root.as_path())
    }

    /// Where a blob is, or will be.
    pub(super) fn path(&self, digest: &Digest) -> Utf8PathBuf {
        self.root.join("blobs/sha256").join(digest.hex())
    }

    /// Whether a blob is there whole. Reads all of it: a damaged one is not.
    pub(super) fn holds(&self, blob: &Identity) -> bool {
        let path = self.path(&blob.digest);
        let whole = identity_of(&path).is_ok_and(|found| found == *blob);
        if whole {
            touch(&path);
        }
        whole
    }

    /// Keeps a small blob.
    pub(super) fn put(&self, bytes: &[u8]) -> io::Result<Identity> {
        let identity = Identity::of(bytes);
        let mut file = start_file(&self.directory()?)?;
        file.write_all(bytes)?;
        finish_file(file, self.path(&identity.digest), Audience::Owner)?;
        Ok(identity)
    }

    /// The directory of the blobs, which is there then.
    pub(super) fn directory(&self) -> io::Result<Utf8PathBuf> {
        let blobs = self.root.join("blobs");
        let directory = blobs.join("sha256");
        for path in [&self.root, &blobs, &directory] {
            create_directory(path, Audience::Owner)?;
        }
        self.in_use.begin(&self.root)?;
        Ok(directory)
    }
}

fn identity_of(path: &Utf8Path) -> io::Result<Identity> {
    let mut writer = HashingWriter::new(io::sink());
    io::copy(&mut File::open(path)?, &mut writer)?;
    Ok(writer.finish().1)
}

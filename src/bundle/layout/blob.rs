//! Blobs: taken only if their size and digest are right.

use std::fs::File;
use std::io::{self, Read, Write};

use camino::{Utf8Path, Utf8PathBuf};
use oci_spec::image::Descriptor;

use super::{Layout, LayoutError, MAX_DOCUMENT, digest_of};
use crate::bundle::hashing::HashingWriter;
use crate::digest::Digest;

impl Layout {
    /// Where a blob is kept.
    pub(super) fn blob_path(&self, digest: &Digest) -> Utf8PathBuf {
        self.root.join("blobs/sha256").join(digest.hex())
    }

    /// Reads a small blob into memory, verified.
    pub(super) fn read_document(&self, blob: &Descriptor) -> Result<Vec<u8>, LayoutError> {
        if blob.size() > MAX_DOCUMENT {
            let path = self.blob_path(&digest_of(blob)?);
            return Err(LayoutError::TooLarge {
                path,
                limit: MAX_DOCUMENT,
            });
        }
        let mut bytes = Vec::new();
        self.copy_blob(blob, &mut bytes)?;
        Ok(bytes)
    }

    /// Copies a blob. What was copied is right only if this succeeds.
    pub(super) fn copy_blob(&self, blob: &Descriptor, out: impl Write) -> Result<(), LayoutError> {
        let digest = digest_of(blob)?;
        let path = self.blob_path(&digest);
        let failed = |cause| LayoutError::Read {
            path: path.clone(),
            cause,
        };
        let file = File::open(&path).map_err(failed)?;
        let mut writer = HashingWriter::new(out);
        // One byte more than expected is enough to know that the size is wrong.
        let mut expected = file.take(blob.size().saturating_add(1));
        io::copy(&mut expected, &mut writer).map_err(failed)?;
        let (_, found) = writer.finish();
        let tampered = |expected: String, found: String| LayoutError::Tampered {
            path: path.clone(),
            expected,
            found,
        };
        if found.size != blob.size() {
            let size = |count: u64| match count > blob.size() {
                true => "more".to_owned(),
                false => format!("{count} bytes"),
            };
            return Err(tampered(size(blob.size()), size(found.size)));
        }
        if found.digest != digest {
            return Err(tampered(digest.to_string(), found.digest.to_string()));
        }
        Ok(())
    }
}

/// Reads a file of at most so many bytes.
pub(super) fn read_capped(path: &Utf8Path, limit: u64) -> Result<Vec<u8>, LayoutError> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(limit + 1).read_to_end(&mut bytes))
        .map_err(|cause| LayoutError::Read {
            path: path.to_owned(),
            cause,
        })?;
    let within = bytes.len() as u64 <= limit;
    within
        .then_some(bytes)
        .ok_or_else(|| LayoutError::TooLarge {
            path: path.to_owned(),
            limit,
        })
}

//! A release as a whole: its parts, and copies of it that keep its digest.

use std::io;

use oci_spec::image::Descriptor;

use super::{Layout, LayoutError, digest_of};
use crate::bundle::registry::PushedBlob;
use crate::digest::Digest;

/// What a release consists of.
#[derive(Clone, Debug)]
pub struct ReleaseParts {
    /// The bytes of its manifest.
    pub manifest: Vec<u8>,
    /// Its config and its layers, which have been read and found right.
    pub blobs: Vec<PushedBlob>,
}

impl Layout {
    /// Reads a release whole, and says where its parts are.
    pub fn parts(&self, release: &Descriptor) -> Result<ReleaseParts, LayoutError> {
        let image = self.manifest(release)?;
        let blobs = std::iter::once(image.config()).chain(image.layers());
        let blobs = blobs.map(|blob| {
            self.copy_blob(blob, io::sink())?;
            let digest = digest_of(blob)?;
            Ok(PushedBlob {
                path: self.blob_path(&digest),
                digest,
                size: blob.size(),
            })
        });
        Ok(ReleaseParts {
            manifest: self.read_document(release)?,
            blobs: blobs.collect::<Result<_, LayoutError>>()?,
        })
    }

    /// Takes a release of another layout, byte for byte, in place of what had the name.
    pub fn copy_release(
        &self,
        from: &Self,
        release: &Descriptor,
        name: &str,
    ) -> Result<Digest, LayoutError> {
        self.create()?;
        let image = from.manifest(release)?;
        for blob in std::iter::once(image.config()).chain(image.layers()) {
            self.copy_from(from, blob)?;
        }
        self.copy_from(from, release)?;
        self.enter_as(release.clone(), name)?;
        digest_of(release)
    }

    fn copy_from(&self, from: &Self, blob: &Descriptor) -> Result<(), LayoutError> {
        // What could not be read right does not get its name.
        let mut failure = None;
        let copied = self.write_blob(|out| {
            from.copy_blob(blob, out).map_err(|error| {
                failure = Some(error);
                io::Error::other("the blob cannot be read")
            })
        });
        match failure {
            Some(failure) => Err(failure),
            None => copied.map(|_| ()),
        }
    }
}

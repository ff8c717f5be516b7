//! The OCI image layout: a directory of blobs with an index of releases.
//!
//! Everything that is read is untrusted: a blob is taken only if its size and digest are
//! what was asked for, and it is interpreted only after that.

mod attach;
mod blob;
mod error;
mod release;
mod write;

pub(super) use attach::Attachment;
pub use error::LayoutError;
pub use release::ReleaseParts;

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};

use camino::{Utf8Path, Utf8PathBuf};
use flate2::read::MultiGzDecoder;
use oci_spec::image::{ANNOTATION_REF_NAME, Descriptor, ImageIndex, ImageManifest, MediaType};
use serde::de::DeserializeOwned;

use super::unpack::{UnpackError, Unpacker};
use crate::digest::Digest;

/// The file that marks a directory as a layout.
const MARKER: &str = "oci-layout";

/// The index's file.
const INDEX: &str = "index.json";

/// The most bytes that an index or a manifest may have.
const MAX_DOCUMENT: u64 = 4 << 20;

/// How much memory a layer that is compressed with zstd may make ddt use: two to the power of this, in bytes.
const ZSTD_WINDOW_LOG: u32 = 25;

/// How the bytes of a layer become a tar archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compression {
    None,
    Gzip,
    Zstd,
}

/// A layout on disk.
#[derive(Clone, Debug)]
pub struct Layout {
    root: Utf8PathBuf,
}

impl Layout {
    /// Whether a directory says that it is a layout.
    pub fn is_at(root: &Utf8Path) -> bool {
        root.join(MARKER).is_file()
    }

    /// Takes a directory for a layout. It is read when something is asked of it.
    pub fn at(root: impl Into<Utf8PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The names and digests of the releases, sorted by name: `NAME:TAG` and the digest of
    /// the manifest.
    pub fn releases(&self) -> Result<Vec<(String, Digest)>, LayoutError> {
        let index = self.index()?;
        let named = index.manifests().iter().filter_map(|descriptor| {
            let name = ref_name(descriptor)?.to_owned();
            Some((name, digest_of(descriptor).ok()?))
        });
        let mut releases: Vec<_> = named.collect();
        releases.sort();
        Ok(releases)
    }

    /// Finds a release by its `NAME:TAG`.
    pub fn find(&self, name: &str) -> Result<Option<Descriptor>, LayoutError> {
        let index = self.index()?;
        let mut found = index
            .manifests()
            .iter()
            .filter(|descriptor| ref_name(descriptor) == Some(name));
        match (found.next(), found.next()) {
            (Some(_), Some(_)) => Err(LayoutError::Ambiguous {
                path: self.root.join(INDEX),
                name: name.to_owned(),
            }),
            (first, _) => Ok(first.cloned()),
        }
    }

    /// Reads the layers of a release into an unpacker; `scratch` makes files without a
    /// name for the verified copies.
    pub fn unpack(
        &self,
        release: &Descriptor,
        unpacker: &mut Unpacker,
        scratch: &dyn Fn() -> io::Result<File>,
    ) -> Result<(), LayoutError> {
        for layer in self.manifest(release)?.layers() {
            let compression = compression_of(layer)?;
            let mut copy = scratch().map_err(LayoutError::Scratch)?;
            self.copy_blob(layer, &mut copy)?;
            copy.rewind().map_err(LayoutError::Scratch)?;
            let reader = BufReader::new(copy);
            let result = match compression {
                Compression::None => unpacker.add_layer(reader, layer.size()),
                Compression::Gzip => unpacker.add_layer(MultiGzDecoder::new(reader), layer.size()),
                Compression::Zstd => {
                    unzstd(reader).and_then(|archive| unpacker.add_layer(archive, layer.size()))
                }
            };
            result.map_err(|cause| LayoutError::layer(layer, cause))?;
        }
        Ok(())
    }

    fn manifest(&self, release: &Descriptor) -> Result<ImageManifest, LayoutError> {
        match release.media_type() {
            MediaType::ImageManifest => {}
            MediaType::Other(kind)
                if kind == "application/vnd.docker.distribution.manifest.v2+json" => {}
            other => return Err(LayoutError::NotAManifest(other.to_string())),
        }
        let bytes = self.read_document(release)?;
        let path = self.blob_path(&digest_of(release)?);
        parse(path, &bytes)
    }

    fn index(&self) -> Result<ImageIndex, LayoutError> {
        let path = self.root.join(INDEX);
        let bytes = blob::read_capped(&path, MAX_DOCUMENT)?;
        parse(path, &bytes)
    }
}

/// Decompresses, and refuses what would take more memory than ddt gives.
fn unzstd(layer: BufReader<File>) -> Result<impl Read, UnpackError> {
    let mut decoder = zstd::Decoder::with_buffer(layer)?;
    decoder.window_log_max(ZSTD_WINDOW_LOG)?;
    Ok(decoder)
}

/// Reads an OCI document; the path is for the message.
fn parse<T: DeserializeOwned>(path: Utf8PathBuf, bytes: &[u8]) -> Result<T, LayoutError> {
    serde_json::from_slice(bytes).map_err(|error| LayoutError::Malformed {
        path,
        cause: error.to_string(),
    })
}

impl LayoutError {
    fn layer(layer: &Descriptor, cause: UnpackError) -> Self {
        Self::Layer {
            digest: layer.digest().to_string(),
            cause: Box::new(cause),
        }
    }
}

/// The `NAME:TAG` an index gives to a manifest.
fn ref_name(descriptor: &Descriptor) -> Option<&str> {
    let annotations = descriptor.annotations().as_ref()?;
    annotations.get(ANNOTATION_REF_NAME).map(String::as_str)
}

/// The digest of a blob; only SHA-256 is taken.
pub fn digest_of(descriptor: &Descriptor) -> Result<Digest, LayoutError> {
    let text = descriptor.digest().to_string();
    text.parse().map_err(|_| LayoutError::Digest(text))
}

fn compression_of(layer: &Descriptor) -> Result<Compression, LayoutError> {
    let kind = layer.media_type().to_string();
    match kind.as_str() {
        "application/vnd.oci.image.layer.v1.tar" => Ok(Compression::None),
        "application/vnd.oci.image.layer.v1.tar+gzip"
        | "application/vnd.docker.image.rootfs.diff.tar.gzip" => Ok(Compression::Gzip),
        "application/vnd.oci.image.layer.v1.tar+zstd" => Ok(Compression::Zstd),
        _ => Err(LayoutError::LayerKind(kind)),
    }
}

#[cfg(test)]
mod tests;

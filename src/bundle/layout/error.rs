//! What can be wrong with an image layout.

use std::io;

use camino::Utf8PathBuf;
use oci_spec::OciSpecError;

use crate::bundle::unpack::UnpackError;

/// Why a layout, or a release in it, is refused.
#[derive(Debug, thiserror::Error)]
pub enum LayoutError {
    /// A file cannot be read.
    #[error("cannot read {path}: {cause}")]
    Read {
        /// The file.
        path: Utf8PathBuf,
        /// The system's reason.
        cause: io::Error,
    },
    /// A file cannot be written.
    #[error("cannot write {path}: {cause}")]
    Write {
        /// The file or directory.
        path: Utf8PathBuf,
        /// The system's reason.
        cause: io::Error,
    },
    /// A directory that holds something else.
    #[error("{0} holds other files and is no image layout; name an empty or a new directory")]
    Occupied(Utf8PathBuf),
    /// There is no room for the verified copy.
    #[error("cannot keep a copy in the cache: {0}")]
    Scratch(io::Error),
    /// A document that is not what its place says.
    #[error("{path} is not as the OCI image specification says: {cause}")]
    Malformed {
        /// The file.
        path: Utf8PathBuf,
        /// What is wrong.
        cause: String,
    },
    /// More bytes than a document has.
    #[error("{path} has more than {limit} bytes; it is not an OCI document")]
    TooLarge {
        /// The file.
        path: Utf8PathBuf,
        /// The limit in bytes.
        limit: u64,
    },
    /// Two manifests under one name.
    #[error("{path} has two releases named `{name}`; remove one")]
    Ambiguous {
        /// The index.
        path: Utf8PathBuf,
        /// The name.
        name: String,
    },
    /// A digest of another algorithm, or none at all.
    #[error("`{0}` is not a SHA-256 digest")]
    Digest(String),
    /// The bytes are not those that were asked for.
    #[error("{path} is damaged: expected {expected}, found {found}; build the bundle again")]
    Tampered {
        /// The blob.
        path: Utf8PathBuf,
        /// The digest or size in the document that refers to the blob.
        expected: String,
        /// What the file has.
        found: String,
    },
    /// An index of several platforms, or something else.
    #[error("it is a `{0}`; ddt needs a single image manifest, of one platform")]
    NotAManifest(String),
    /// A layer that is compressed in another way, or is no archive.
    #[error("it has a layer of the kind `{0}`; ddt reads tar, tar+gzip and tar+zstd")]
    LayerKind(String),
    /// A layer is refused.
    #[error("layer {digest} is refused: {cause}")]
    Layer {
        /// The layer.
        digest: String,
        /// Why.
        cause: Box<UnpackError>,
    },
    /// What has a document's name is something else.
    #[error("`{0}` in the layout is not what its name says")]
    NotAttached(String),
    /// A document cannot be written.
    #[error("cannot write the manifest: {0}")]
    Manifest(#[from] OciSpecError),
}

//! Why a release cannot be taken.

use std::io;
use std::sync::Arc;

use camino::Utf8PathBuf;
use oci_spec::OciSpecError;

use crate::bundle::layout::LayoutError;
use crate::bundle::registry::{RegistryError, RegistryErrorKind};
use crate::bundle::signature::SignaturesError;
use crate::bundle::source_tree::SourceTreeError;
use crate::bundle::unpack::UnpackError;
use crate::digest::Digest;
use crate::document::Diagnostic;
use crate::reference::BundleReference;

/// A release that cannot be taken, and why.
#[derive(Debug, thiserror::Error)]
#[error("cannot take the bundle {reference}: {kind}")]
pub struct ResolveError {
    /// What was asked for.
    pub reference: Box<BundleReference>,
    /// Why it cannot be had.
    pub kind: ResolveErrorKind,
}

/// Why a release cannot be taken.
#[derive(Debug, thiserror::Error)]
pub enum ResolveErrorKind {
    /// The registry does not give it.
    #[error(transparent)]
    Registry(Arc<RegistryError>),
    /// Only a release of a layout or a registry can be copied as it is.
    #[error("{0} holds a source tree, and no packed release; `ddt bundle build` packs one")]
    NotPacked(Utf8PathBuf),
    /// The repo is not there.
    #[error("{0} is not a directory; correct the `dir:` path, or create it")]
    NoDirectory(Utf8PathBuf),
    /// The repo has no such release.
    #[error("{directory} does not have it{}", list(.others))]
    NotFound {
        /// The repo.
        directory: Utf8PathBuf,
        /// The tags that the bundle has there.
        others: Vec<String>,
    },
    /// The content is that of another bundle or release.
    #[error("{origin} says that it is {says}; correct the reference, or bundle.hjson")]
    Disagrees {
        /// Where the content was found.
        origin: Utf8PathBuf,
        /// The name and tag in the descriptor.
        says: String,
    },
    /// Another digest than the pinned one.
    #[error("it is pinned to {pinned}, but is now {found}; find out who changed it")]
    Pin {
        /// What the document says.
        pinned: Digest,
        /// What was found.
        found: Digest,
    },
    /// The descriptor is wrong; the diagnostics say where.
    #[error("its descriptor is wrong{}", first(.0))]
    Descriptor(Vec<Diagnostic>),
    /// The layout would become part of the next build.
    #[error("{0} is inside the source tree; name a directory outside it")]
    OutputInside(Utf8PathBuf),
    /// The layout is damaged, or holds something else.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// The directory holds what no bundle may hold.
    #[error(transparent)]
    SourceTree(#[from] SourceTreeError),
    /// The content is refused.
    #[error("its content is refused: {0}")]
    Content(#[from] UnpackError),
    /// Its signatures cannot be read.
    #[error(transparent)]
    Signatures(SignaturesError),
    /// Others change its signatures all the time.
    #[error("others change its signatures at the same time; try again")]
    SignaturesChange,
    /// A registry keeps what was attached.
    #[error("signatures that it had stay: its registry does not let them be deleted")]
    SignaturesStay,
    /// The cache cannot be written, or the tree cannot be read.
    #[error("cannot write its payload to the cache: {0}")]
    Cache(io::Error),
    /// The manifest cannot be written.
    #[error("cannot write its manifest: {0}")]
    Manifest(#[from] OciSpecError),
}

impl ResolveError {
    pub(in crate::bundle) fn new(reference: &BundleReference, kind: ResolveErrorKind) -> Self {
        Self {
            reference: Box::new(reference.clone()),
            kind,
        }
    }
}

impl From<Arc<RegistryError>> for ResolveErrorKind {
    fn from(error: Arc<RegistryError>) -> Self {
        match &error.kind {
            RegistryErrorKind::Pin { pinned, found } => Self::Pin {
                pinned: pinned.clone(),
                found: found.clone(),
            },
            _ => Self::Registry(error),
        }
    }
}

impl ResolveErrorKind {
    /// The lint rule that describes it, where one does.
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Self::NoDirectory(_) | Self::NotFound { .. } => Some("DDT205"),
            Self::Registry(error) if matches!(error.kind, RegistryErrorKind::NotFound) => {
                Some("DDT205")
            }
            _ => None,
        }
    }

    /// Whether this machine is at fault, rather than the reference or the bundle.
    pub fn is_environment(&self) -> bool {
        if let Self::Registry(error) = self {
            return error.kind.is_environment();
        }
        matches!(
            self,
            Self::Cache(_)
                | Self::Manifest(_)
                | Self::SourceTree(SourceTreeError::Read { .. })
                | Self::Layout(
                    LayoutError::Read { .. }
                        | LayoutError::Write { .. }
                        | LayoutError::Scratch(_)
                        | LayoutError::Manifest(_)
                )
        )
    }
}

fn list(others: &[String]) -> String {
    match others {
        [] => String::new(),
        others => format!("; it has {}", others.join(", ")),
    }
}

fn first(diagnostics: &[Diagnostic]) -> String {
    let message = diagnostics
        .first()
        .map(|first| format!(": {}", first.message));
    message.unwrap_or_default()
}

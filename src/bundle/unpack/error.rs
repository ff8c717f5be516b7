//! Why an archive is refused.

use std::io;

use camino::Utf8PathBuf;

use crate::bundle::meter::Limit;
use crate::bundle::tree::TreeError;

/// Why an archive is refused. Every message names the entry at fault.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    /// A path or a link that no bundle may hold.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// A device, a pipe, or a kind of entry ddt does not know.
    #[error("`{0}` is neither a file, a directory nor a link")]
    Special(Utf8PathBuf),
    /// Set-user-id or set-group-id.
    #[error("`{0}` is setuid or setgid")]
    Privileged(Utf8PathBuf),
    /// The root of the archive is a file, a link or a device.
    #[error("its root, `.`, is not a directory")]
    Root,
    /// A hard link to something that is not a file of the archive, before it.
    #[error("`{path}` is a hard link to `{target}`, which is not a file of the archive")]
    HardLink {
        /// The link.
        path: Utf8PathBuf,
        /// Its target.
        target: String,
    },
    /// A name with the prefix of deletions, but of nothing that could be deleted.
    #[error("`{0}` is not a deletion that has a meaning")]
    Whiteout(Utf8PathBuf),
    /// Programs would disagree about what this entry holds.
    #[error("`{0}` has two sizes or two kinds, or is sparse: programs disagree about what it is")]
    Ambiguous(Utf8PathBuf),
    /// The archive ends within an entry.
    #[error("`{0}` is cut short")]
    CutShort(Utf8PathBuf),
    /// More than ddt takes.
    #[error("{0}")]
    Limit(Limit),
    /// Not an archive, or the spool file is full.
    #[error("cannot read the archive, or keep what it holds: {0}")]
    Io(#[from] io::Error),
}

//! A bundle's source tree: a directory on the controller, with `bundle.hjson` at its root.

use std::fs::{self, DirEntry, Metadata};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;

use camino::{Utf8Path, Utf8PathBuf};

use super::tree::{Content, Entry, Tree, TreeError, normal_path};
use super::whiteout;

/// Why a directory is not a source tree.
#[derive(Debug, thiserror::Error)]
pub enum SourceTreeError {
    /// The disk says no.
    #[error("cannot read {path}: {cause}")]
    Read {
        /// What was to be read.
        path: Utf8PathBuf,
        /// The system's reason.
        cause: io::Error,
    },
    /// There is nothing, or a file.
    #[error("{0} is not a directory; name one that holds a bundle.hjson")]
    NotADirectory(Utf8PathBuf),
    /// A device, a socket or a pipe.
    #[error("`{0}` is neither a file, a directory nor a link; remove it")]
    Special(Utf8PathBuf),
    /// Set-user-id or set-group-id.
    #[error("`{0}` is setuid or setgid; clear that with chmod")]
    Privileged(Utf8PathBuf),
    /// A name that means a deletion in an OCI layer.
    #[error("`{0}` starts with `.wh.`, which means a deletion in an image; rename it")]
    Whiteout(Utf8PathBuf),
    /// A name or a link that no bundle may hold.
    #[error(transparent)]
    Tree(#[from] TreeError),
}

/// Reads what stands below a directory. The files' bytes stay where they are.
pub fn read(root: &Utf8Path) -> Result<Tree, SourceTreeError> {
    if !root.is_dir() {
        return Err(SourceTreeError::NotADirectory(root.to_owned()));
    }
    let mut tree = Tree::default();
    let mut directories = vec![Utf8PathBuf::new()];
    while let Some(directory) = directories.pop() {
        let absolute = root.join(&directory);
        let failed = |cause| SourceTreeError::Read {
            path: absolute.clone(),
            cause,
        };
        for found in fs::read_dir(&absolute).map_err(failed)? {
            let found = found.map_err(failed)?;
            let (path, entry) = entry(root, &directory, &found)?;
            if matches!(entry, Entry::Directory) {
                directories.push(path.clone());
            }
            tree.insert(path, entry)?;
        }
    }
    tree.check_links()?;
    Ok(tree)
}

fn entry(
    root: &Utf8Path,
    directory: &Utf8Path,
    found: &DirEntry,
) -> Result<(Utf8PathBuf, Entry), SourceTreeError> {
    let name = normal_path(found.file_name().as_bytes())?.unwrap_or_default();
    let path = directory.join(&name);
    if name.as_str().starts_with(whiteout::PREFIX) {
        return Err(SourceTreeError::Whiteout(path));
    }
    let absolute = root.join(&path);
    let failed = |cause| SourceTreeError::Read {
        path: absolute.clone(),
        cause,
    };
    let metadata = found.metadata().map_err(failed)?;
    let entry = if metadata.is_symlink() {
        Entry::Link(link_target(&path, &absolute)?)
    } else {
        classify(&path, &absolute, &metadata)?
    };
    Ok((path, entry))
}

fn classify(
    path: &Utf8Path,
    absolute: &Utf8Path,
    metadata: &Metadata,
) -> Result<Entry, SourceTreeError> {
    let mode = metadata.permissions().mode();
    if metadata.is_dir() {
        // A setgid directory is how groups share their work; it does not reach the archive.
        Ok(Entry::Directory)
    } else if !metadata.is_file() {
        Err(SourceTreeError::Special(path.to_owned()))
    } else if mode & 0o6000 != 0 {
        Err(SourceTreeError::Privileged(path.to_owned()))
    } else {
        Ok(Entry::File {
            executable: mode & 0o100 != 0,
            content: Content::Path(absolute.to_owned(), metadata.len()),
        })
    }
}

fn link_target(path: &Utf8Path, absolute: &Utf8Path) -> Result<Utf8PathBuf, SourceTreeError> {
    let target = fs::read_link(absolute).map_err(|cause| SourceTreeError::Read {
        path: absolute.to_owned(),
        cause,
    })?;
    Utf8PathBuf::from_path_buf(target).map_err(|_| TreeError::OddName(path.to_string()).into())
}

#[cfg(test)]
mod tests;

//! Puts a new text into a file that a person wrote.

use std::fs::{self, File, Metadata};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, fchown};

use camino::Utf8Path;
use tempfile::NamedTempFile;

use crate::failure::Failure;

/// A file and what should become of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rewrite<'a> {
    /// Where the file is; a link is followed.
    pub(super) path: &'a Utf8Path,
    /// What messages call it.
    pub(super) shown: &'a Utf8Path,
    /// What was read from it.
    pub(super) before: &'a str,
    /// What it should hold.
    pub(super) after: &'a str,
}

impl Rewrite<'_> {
    /// Replaces the text as a whole or not at all. The file keeps its owner and permissions. One that no longer holds
    /// what was read, or that may not be written, is left as it is.
    pub(super) fn write(self) -> Result<(), Failure> {
        let shown = self.shown;
        let cannot = |error: &io::Error| {
            Failure::environment(format!("cannot write {shown}")).because(error)
        };
        let path = self
            .path
            .canonicalize_utf8()
            .map_err(|error| cannot(&error))?;
        let metadata = fs::metadata(&path).map_err(|error| cannot(&error))?;
        if metadata.permissions().readonly() {
            return Err(Failure::environment(format!(
                "{shown} is read-only; it was left as it is"
            )));
        }
        let now = fs::read(&path).map_err(|error| cannot(&error))?;
        if now != self.before.as_bytes() {
            return Err(Failure::environment(format!(
                "{shown} was changed by somebody else meanwhile; it was left as it is"
            ))
            .help("run the same command again"));
        }
        replace(&path, &metadata, self.after).map_err(|error| cannot(&error))
    }
}

fn replace(path: &Utf8Path, metadata: &Metadata, text: &str) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Utf8Path::new("/"));
    let mut file = NamedTempFile::with_prefix_in(".ddt-", directory)?;
    file.write_all(text.as_bytes())?;
    own_like(file.as_file(), metadata)?;
    file.as_file().set_permissions(metadata.permissions())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    File::open(directory)?.sync_all()
}

/// Gives a file the owner that another has, where that is not so already.
fn own_like(file: &File, other: &Metadata) -> io::Result<()> {
    let own = file.metadata()?;
    match (own.uid(), own.gid()) == (other.uid(), other.gid()) {
        true => Ok(()),
        false => fchown(file, Some(other.uid()), Some(other.gid())),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use camino::Utf8PathBuf;
    use tempfile::TempDir;

    use super::*;

    fn file(directory: &TempDir, text: &str) -> Utf8PathBuf {
        let root = Utf8Path::from_path(directory.path()).expect("UTF-8");
        let path = root.join("a.hjson");
        fs::write(&path, text).expect("a file");
        path
    }

    fn write(path: &Utf8Path, before: &str) -> Result<(), String> {
        let rewrite = Rewrite {
            path,
            shown: Utf8Path::new("a.hjson"),
            before,
            after: "new",
        };
        rewrite.write().map_err(|failure| failure.message)
    }

    #[test]
    fn a_file_keeps_its_permissions_and_its_links() {
        let directory = TempDir::new().expect("a directory");
        let path = file(&directory, "old");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("permissions");
        let link = path.with_file_name("link.hjson");
        symlink(&path, &link).expect("a link");
        assert_eq!(write(&link, "old"), Ok(()));
        assert_eq!(fs::read_to_string(&path).expect("a text"), "new");
        let mode = fs::metadata(&path).expect("metadata").permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
        assert!(fs::symlink_metadata(&link).expect("metadata").is_symlink());
        let left = fs::read_dir(directory.path()).expect("a directory").count();
        assert_eq!(left, 2, "nothing but the file and the link");
    }

    #[test]
    fn what_changed_meanwhile_or_is_protected_stays() {
        let directory = TempDir::new().expect("a directory");
        let path = file(&directory, "other");
        insta::assert_debug_snapshot!(write(&path, "old"), @r#"
        Err(
            "a.hjson was changed by somebody else meanwhile; it was left as it is",
        )
        "#);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).expect("permissions");
        insta::assert_debug_snapshot!(write(&path, "other"), @r#"
        Err(
            "a.hjson is read-only; it was left as it is",
        )
        "#);
        assert_eq!(fs::read_to_string(&path).expect("a text"), "other");
    }
}

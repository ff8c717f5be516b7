//! Documents of people that are changed in place.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, fchown};

use camino::Utf8Path;

use crate::failure::Failure;

/// Gives a file another text, as a whole or not at all. Its permissions and its owner stay, and a link stays a link.
pub(super) fn rewrite(path: &Utf8Path, shown: &Utf8Path, text: &str) -> Result<(), Failure> {
    replace(path, text).map_err(|error| {
        Failure::environment(format!("cannot write {shown}; it is as it was")).because(&error)
    })
}

fn replace(path: &Utf8Path, text: &str) -> io::Result<()> {
    let path = path.canonicalize_utf8()?;
    // Whoever may not write the file may not replace it either, even where the directory would allow it.
    OpenOptions::new().write(true).open(&path)?;
    let old = fs::metadata(&path)?;
    let directory = path.parent().unwrap_or(&path);
    let mut new = tempfile::Builder::new()
        .prefix(".ddt-")
        .tempfile_in(directory)?;
    new.write_all(text.as_bytes())?;
    keep_owner(new.as_file(), &old)?;
    // Last, because a change of owner clears some of them.
    new.as_file().set_permissions(old.permissions())?;
    new.as_file().sync_all()?;
    new.persist(&path).map_err(|error| error.error)?;
    File::open(directory)?.sync_all()
}

fn keep_owner(new: &File, old: &Metadata) -> io::Result<()> {
    let made = new.metadata()?;
    match (made.uid(), made.gid()) == (old.uid(), old.gid()) {
        true => Ok(()),
        false => fchown(new, Some(old.uid()), Some(old.gid())),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use camino::Utf8PathBuf;
    use tempfile::TempDir;

    use super::*;

    /// A directory with `a.hjson`, and its path.
    fn file() -> (TempDir, Utf8PathBuf) {
        let directory = TempDir::new().expect("a directory");
        let root = Utf8Path::from_path(directory.path()).expect("UTF-8");
        let path = root.join("a.hjson");
        fs::write(&path, "old").expect("a file");
        (directory, path)
    }

    #[test]
    fn permissions_stay_and_nothing_is_left_behind() {
        let (directory, path) = file();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("permissions");
        rewrite(&path, Utf8Path::new("a.hjson"), "new").expect("it is written");
        assert_eq!(fs::read_to_string(&path).expect("the file"), "new");
        let mode = fs::metadata(&path).expect("the file").mode();
        assert_eq!(mode & 0o7777, 0o640);
        assert_eq!(fs::read_dir(&directory).expect("entries").count(), 1);
    }

    #[test]
    fn a_link_stays_a_link() {
        let (directory, path) = file();
        let link = Utf8Path::from_path(directory.path())
            .expect("UTF-8")
            .join("link.hjson");
        symlink("a.hjson", &link).expect("a link");
        rewrite(&link, Utf8Path::new("link.hjson"), "new").expect("it is written");
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(&path).expect("the file"), "new");
    }

    #[test]
    fn what_cannot_be_written_is_named() {
        let (directory, path) = file();
        drop(directory);
        let failure = rewrite(&path, Utf8Path::new("a.hjson"), "new").expect_err("it is gone");
        insta::assert_snapshot!(format!("{failure}: {}", failure.causes.join(": ")), @"cannot write a.hjson; it is as it was: No such file or directory (os error 2)");
    }
}

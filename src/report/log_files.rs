//! The files of a run's logs: an error names the file that it is about.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::symlink;

use camino::Utf8Path;

use crate::files::{self, Audience};

/// Creates a directory, and those above it that are missing, for their owner only.
pub(super) fn create_directory(path: &Utf8Path) -> io::Result<()> {
    files::create_directory(path, Audience::Owner).map_err(|error| at(path, error))
}

/// Opens a file to append to it; creates it if need be.
pub(super) fn open_log(path: &Utf8Path) -> io::Result<File> {
    files::open_log(path).map_err(|error| at(path, error))
}

/// Writes a whole file, which is there completely or not at all.
pub(super) fn write_file(path: &Utf8Path, content: &[u8]) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Utf8Path::new("."));
    let write = || {
        let mut file = files::start_file(directory)?;
        file.write_all(content)?;
        files::place_file(file, path, Audience::Owner)
    };
    write().map_err(|error| at(path, error))
}

/// Makes `directory/link` point to `target`, whatever it pointed to before; at no time
/// is there no link.
pub(super) fn point(directory: &Utf8Path, link: &str, target: &str) -> io::Result<()> {
    let link = directory.join(link);
    let temporary = directory.join(format!(".{target}.link"));
    let pointed = symlink(target, &temporary).and_then(|()| std::fs::rename(&temporary, &link));
    pointed.map_err(|error| {
        // It may not even be there; the first error is the one that counts.
        let _ = std::fs::remove_file(&temporary);
        at(&link, error)
    })
}

fn at(path: &Utf8Path, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{path}: {error}"))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test ends where a value is missing")]

    use super::*;

    #[test]
    fn a_link_that_cannot_be_replaced_leaves_nothing_behind() {
        let directory = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(directory.path()).unwrap();
        std::fs::create_dir(root.join("latest")).unwrap();
        assert!(point(root, "latest", "run-1").is_err());
        let left = std::fs::read_dir(root).unwrap().count();
        assert_eq!(left, 1);
    }
}

//! Files and directories that only their owner may read, under any umask: logs may hold
//! anything that a node says.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt, symlink};

use camino::Utf8Path;

use crate::crash::crash_point;

/// Creates a directory, and those above it that are missing. One that is there keeps
/// its permissions.
pub(super) fn create_directory(path: &Utf8Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent().filter(|parent| !parent.as_str().is_empty()) {
        create_directory(parent)?;
    }
    match DirBuilder::new().mode(0o700).create(path) {
        // The umask can only have taken permissions away from the owner.
        Ok(()) => std::fs::set_permissions(path, Permissions::from_mode(0o700)),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        Err(error) => Err(at(path, error)),
    }
}

/// Opens a file to append to it; creates it if need be.
pub(super) fn open_log(path: &Utf8Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    let file = options.append(true).create(true).mode(0o600).open(path);
    let file = file.map_err(|error| at(path, error))?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    Ok(file)
}

/// Writes a whole file, which is there completely or not at all.
pub(super) fn write_file(path: &Utf8Path, content: &[u8]) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Utf8Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(directory).map_err(|error| at(path, error))?;
    io::Write::write_all(&mut file, content)?;
    file.as_file()
        .set_permissions(Permissions::from_mode(0o600))?;
    crash_point!("report.file-written");
    file.persist(path).map_err(|error| at(path, error.error))?;
    Ok(())
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

    /// Says to a process that it is the child, and where to write.
    const CHILD: &str = "DDT_TEST_PRIVATE_DIRECTORY";

    fn mode(path: &Utf8Path) -> u32 {
        let metadata = std::fs::symlink_metadata(path).unwrap();
        metadata.permissions().mode() & 0o777
    }

    fn write_everything(root: &Utf8Path) {
        create_directory(&root.join("a/b")).unwrap();
        open_log(&root.join("a/b/log")).unwrap();
        open_log(&root.join("a/b/log")).unwrap();
        write_file(&root.join("a/b/whole"), b"text").unwrap();
    }

    #[test]
    fn only_the_owner_may_read_under_any_umask() {
        if let Ok(root) = std::env::var(CHILD) {
            return write_everything(Utf8Path::new(&root));
        }
        let test = "report::private::tests::only_the_owner_may_read_under_any_umask";
        for umask in ["000", "077", "777"] {
            let directory = tempfile::tempdir().unwrap();
            let root = Utf8Path::from_path(directory.path()).unwrap();
            let status = std::process::Command::new("sh")
                .args(["-c", "umask \"$0\" && exec \"$@\"", umask])
                .arg(std::env::current_exe().unwrap())
                .args(["--exact", test])
                .env(CHILD, root)
                .status();
            assert!(status.unwrap().success(), "umask {umask}");
            let modes = ["a", "a/b", "a/b/log", "a/b/whole"].map(|path| mode(&root.join(path)));
            assert_eq!(modes, [0o700, 0o700, 0o600, 0o600], "umask {umask}");
        }
    }

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

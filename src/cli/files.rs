//! Which files a verb works on: those that are named, and the `.hjson` files of directories.

use std::io::Read;

use camino::{Utf8Path, Utf8PathBuf};

use crate::failure::{Failure, FailureKind};
use crate::lint::Origin;

/// The name that means standard input.
pub(super) const STDIN: &str = "-";

/// Directories that hold nothing that a person wrote.
const SKIPPED: &str = "target";

/// Nothing was found to work on.
pub(super) fn no_input(message: String) -> Failure {
    Failure::new(FailureKind::NoInput, message)
        .help("name a file, or a directory with `.hjson` files")
}

/// Reads standard input to its end.
pub(super) fn standard_input() -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().read_to_end(&mut bytes);
    match read {
        Ok(_) => Ok(bytes),
        Err(error) => Err(Failure::environment("cannot read standard input").because(&error)),
    }
}

/// The files that a path stands for, as messages show them: the one that is named, or the `.hjson` files of a directory.
/// What nobody wrote is left out.
pub(super) fn find(
    path: &Utf8Path,
    working_directory: &Utf8Path,
) -> Result<Vec<(Utf8PathBuf, Origin)>, Failure> {
    let absolute = working_directory.join(path);
    if !absolute.exists() {
        return Err(no_input(format!("there is no file or directory `{path}`")));
    }
    if !absolute.is_dir() {
        return Ok(vec![(path.to_owned(), Origin::Named)]);
    }
    let shown = path.strip_prefix(".").unwrap_or(path);
    let mut found = Vec::new();
    let mut pending = vec![shown.to_owned()];
    while let Some(directory) = pending.pop() {
        for entry in entries(&directory, working_directory)? {
            match entry.kind {
                Kind::Directory => pending.push(entry.path),
                Kind::Document => found.push((entry.path, Origin::Found)),
            }
        }
    }
    Ok(found)
}

/// What of a directory is of interest.
struct Entry {
    path: Utf8PathBuf,
    kind: Kind,
}

enum Kind {
    Directory,
    Document,
}

/// Hidden entries are left out, and links to directories are not followed.
fn entries(directory: &Utf8Path, working_directory: &Utf8Path) -> Result<Vec<Entry>, Failure> {
    let cannot = |error: &std::io::Error| {
        Failure::environment(format!("cannot read the directory {directory}")).because(error)
    };
    let absolute = working_directory.join(directory);
    let mut found = Vec::new();
    for entry in absolute.read_dir_utf8().map_err(|error| cannot(&error))? {
        let entry = entry.map_err(|error| cannot(&error))?;
        let name = entry.file_name();
        let is_directory = entry.file_type().map_err(|error| cannot(&error))?.is_dir();
        let kind = match is_directory {
            true if name != SKIPPED => Kind::Directory,
            false if name.ends_with(".hjson") => Kind::Document,
            _ => continue,
        };
        let is_hidden = name.starts_with('.');
        found.extend((!is_hidden).then(|| Entry {
            path: directory.join(name),
            kind,
        }));
    }
    Ok(found)
}

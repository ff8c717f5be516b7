//! Which files a verb works on: those that are named, those that fit a pattern, and the `.hjson` files of directories.

mod search;

use std::io::Read;

use camino::{Utf8Path, Utf8PathBuf};

use crate::failure::{Failure, FailureKind};
use crate::lint::Origin;
use crate::project::PathPattern;

/// The name that means standard input.
pub(super) const STDIN: &str = "-";

/// Where files are looked for.
pub(super) struct Search<'a> {
    /// What paths are relative to.
    pub(super) working_directory: &'a Utf8Path,
    /// What is left out, of what nobody named.
    pub(super) is_excluded: &'a dyn Fn(&Utf8Path) -> bool,
}

impl Search<'_> {
    /// The files that a path stands for, as messages show them: the one that is named, those that fit a pattern, or the
    /// `.hjson` files of a directory. What nobody wrote is left out.
    pub(super) fn find(&self, path: &Utf8Path) -> Result<Vec<(Utf8PathBuf, Origin)>, Failure> {
        let absolute = self.working_directory.join(path);
        if absolute.is_dir() {
            return self.directory(path);
        }
        if absolute.exists() {
            return Ok(vec![(path.to_owned(), Origin::Named)]);
        }
        if !PathPattern::is_pattern(path.as_str()) {
            return Err(no_input(format!("there is no file or directory `{path}`")));
        }
        let found = self.pattern(path)?;
        match found.is_empty() {
            true => Err(no_input(format!("no file fits `{path}`"))),
            false => Ok(found),
        }
    }
}

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

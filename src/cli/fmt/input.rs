//! What is formatted: files, or standard input alone.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use crate::cli::file;
use crate::cli::files::{self, STDIN, Search};
use crate::document::{self, Diagnostic, Source};
use crate::failure::Failure;
use crate::hjson::{self, Parsed};

/// A document, before it is read.
pub(super) struct Input {
    /// What messages call it.
    pub(super) shown: Utf8PathBuf,
    pub(super) place: Place,
}

/// Where a document is.
#[derive(PartialEq, Eq)]
pub(super) enum Place {
    /// At this absolute path.
    File(Utf8PathBuf),
    /// On standard input.
    Standard,
}

/// Finds every document once, sorted by path. None at all is an error.
pub(super) fn find(
    paths: &[Utf8PathBuf],
    stdin_filename: &Utf8Path,
    working_directory: &Utf8Path,
) -> Result<Vec<Input>, Failure> {
    if paths.iter().any(|path| path == STDIN) {
        return match paths {
            [_] => Ok(vec![Input {
                shown: stdin_filename.to_owned(),
                place: Place::Standard,
            }]),
            _ => Err(Failure::refused(
                "standard input is printed, files are changed: not both at once",
            )
            .help("name `-` alone")),
        };
    }
    let search = Search {
        working_directory,
        is_excluded: &|_| false,
    };
    let mut found = BTreeSet::new();
    for path in paths {
        found.extend(search.find(path)?.into_iter().map(|(path, _)| path));
    }
    if found.is_empty() {
        return Err(files::no_input(
            "there is no `.hjson` file to format".to_owned(),
        ));
    }
    let input = |shown: Utf8PathBuf| Input {
        place: Place::File(working_directory.join(&shown)),
        shown,
    };
    Ok(found.into_iter().map(input).collect())
}

impl Input {
    /// Whether the document has to stay JSON, which a formatted one is not.
    pub(super) fn is_json(&self) -> bool {
        self.shown.extension() == Some("json")
    }

    /// Reads the document; it may have syntax errors.
    pub(super) fn read(&self) -> Result<Parsed, Failure> {
        let bytes = match &self.place {
            Place::File(path) => file::read_named(path, &self.shown)?,
            Place::Standard => files::standard_input()?,
        };
        Ok(hjson::parse_bytes(&bytes))
    }

    /// What keeps the document from being read.
    pub(super) fn syntax_errors(&self, document: &Parsed) -> Vec<Diagnostic> {
        let source = Source::new(self.shown.as_path(), document.tree.source());
        document::syntax_errors(&source, document)
    }
}

//! Which files are linted: those that are named, and the `.hjson` files of directories.

use std::collections::BTreeMap;
use std::io::Read;

use camino::{Utf8Path, Utf8PathBuf};

use super::LintArgs;
use crate::cli::context::Context;
use crate::cli::documents;
use crate::cli::files;
use crate::failure::{Failure, FailureKind};
use crate::lint::{DocumentKind, Origin, Subject};

/// Directories that hold nothing that a person wrote.
const SKIPPED: &str = "target";

/// The name that means standard input.
const STDIN: &str = "-";

/// Reads every input once, sorted by path. No input at all is an error.
pub(super) fn read(arguments: &LintArgs, context: &Context) -> Result<Vec<Subject>, Failure> {
    let mut subjects = BTreeMap::new();
    for path in &arguments.paths {
        if path == STDIN {
            let name = &arguments.stdin_filename;
            let subject = Subject::recognise(name.as_str(), &standard_input()?, Origin::Named);
            subjects.insert(name.clone(), subject);
            continue;
        }
        for (shown, origin) in found(path, context)? {
            let bytes = files::read_named(&context.working_directory.join(&shown), &shown)?;
            let subject = Subject::recognise(shown.as_str(), &bytes, origin);
            subjects.insert(shown, subject);
        }
    }
    match subjects.is_empty() {
        true => Err(no_input("there is no `.hjson` file to lint".to_owned())),
        false => Ok(subjects.into_values().collect()),
    }
}

/// Reads the project's own component definitions.
pub(super) fn definitions(context: &Context) -> Result<Vec<Subject>, Failure> {
    let files = documents::definition_files(context)?.into_iter();
    let read = files.map(|path| {
        let shown = context.shown(&path);
        let bytes = files::read_named(&path, shown)?;
        Ok(Subject::of_kind(
            shown.as_str(),
            &bytes,
            DocumentKind::Component,
        ))
    });
    read.collect()
}

fn no_input(message: String) -> Failure {
    Failure::new(FailureKind::NoInput, message)
        .help("name a file, or a directory with `.hjson` files")
}

fn standard_input() -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().read_to_end(&mut bytes);
    match read {
        Ok(_) => Ok(bytes),
        Err(error) => Err(Failure::environment("cannot read standard input").because(&error)),
    }
}

/// The files that a path stands for, as messages show them.
fn found(path: &Utf8Path, context: &Context) -> Result<Vec<(Utf8PathBuf, Origin)>, Failure> {
    let absolute = context.working_directory.join(path);
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
        for entry in entries(&directory, context)? {
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
fn entries(directory: &Utf8Path, context: &Context) -> Result<Vec<Entry>, Failure> {
    let cannot = |error: &std::io::Error| {
        Failure::environment(format!("cannot read the directory {directory}")).because(error)
    };
    let absolute = context.working_directory.join(directory);
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

//! What is linted: the documents, and the project's own component definitions.

use std::collections::BTreeMap;

use camino::Utf8Path;

use super::LintArgs;
use crate::cli::context::Context;
use crate::cli::documents;
use crate::cli::file;
use crate::cli::files::{self, STDIN};
use crate::failure::Failure;
use crate::lint::{DocumentKind, Origin, Subject};

/// Reads every input once, sorted by path. No input at all is an error.
pub(super) fn read(arguments: &LintArgs, context: &Context) -> Result<Vec<Subject>, Failure> {
    let mut subjects = BTreeMap::new();
    for path in &arguments.paths {
        if path == STDIN {
            let name = &arguments.stdin_filename;
            let subject =
                Subject::recognise(name.as_str(), &files::standard_input()?, Origin::Named);
            subjects.insert(name.clone(), subject);
            continue;
        }
        for (shown, origin) in files::find(path, &context.working_directory)? {
            let bytes = file::read_named(&context.working_directory.join(&shown), &shown)?;
            let subject = Subject::recognise(shown.as_str(), &bytes, origin);
            subjects.insert(shown, subject);
        }
    }
    match subjects.is_empty() {
        true => Err(files::no_input(
            "there is no `.hjson` file to lint".to_owned(),
        )),
        false => Ok(subjects.into_values().collect()),
    }
}

/// What standard input is called, if it is linted.
pub(super) fn standard_input_name(arguments: &LintArgs) -> Option<&Utf8Path> {
    let mut paths = arguments.paths.iter();
    let is_read = paths.any(|path| path == STDIN);
    is_read.then_some(&arguments.stdin_filename)
}

/// Reads the project's own component definitions.
pub(super) fn definitions(context: &Context) -> Result<Vec<Subject>, Failure> {
    let files = documents::definition_files(context)?.into_iter();
    let read = files.map(|path| {
        let shown = context.shown(&path);
        let bytes = file::read_named(&path, shown)?;
        Ok(Subject::of_kind(
            shown.as_str(),
            &bytes,
            DocumentKind::Component,
        ))
    });
    read.collect()
}

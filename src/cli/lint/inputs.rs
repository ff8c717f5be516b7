//! Which files are linted: those that are named, those that fit a pattern, and the `.hjson`
//! files of directories.

mod search;

use std::collections::BTreeMap;
use std::io::Read;

use camino::{Utf8Path, Utf8PathBuf};

use super::LintArgs;
use crate::cli::context::Context;
use crate::cli::documents;
use crate::failure::{Failure, FailureKind};
use crate::lint::{DocumentKind, Origin, Subject};
use crate::project::PathPattern;

/// The name that means standard input.
pub(super) const STDIN: &str = "-";

/// Something to lint. A file is read when its turn comes.
#[derive(Clone, Debug)]
pub(super) struct Input {
    /// What messages call it.
    pub(super) shown: Utf8PathBuf,
    content: Content,
}

#[derive(Clone, Debug)]
enum Content {
    /// A file that may be any document.
    File(Origin),
    /// A file that the project says is a component definition.
    Definition,
    /// What standard input said.
    Text(Vec<u8>),
}

impl Input {
    fn file(shown: Utf8PathBuf, origin: Origin) -> Self {
        Self {
            shown,
            content: Content::File(origin),
        }
    }

    /// Reads and parses it.
    pub(super) fn read(&self, context: &Context) -> Result<Subject, Failure> {
        let name = self.shown.as_str();
        let bytes =
            || documents::read_bytes(&context.working_directory.join(&self.shown), &self.shown);
        Ok(match &self.content {
            Content::File(origin) => Subject::recognise(name, &bytes()?, *origin),
            Content::Definition => Subject::of_kind(name, &bytes()?, DocumentKind::Component),
            Content::Text(bytes) => Subject::recognise(name, bytes, Origin::Named),
        })
    }
}

/// Finds every input once, sorted by path. No input at all is an error.
pub(super) fn find(arguments: &LintArgs, context: &Context) -> Result<Vec<Input>, Failure> {
    let mut inputs = BTreeMap::new();
    for path in &arguments.paths {
        for input in meant(path, arguments, context)? {
            inputs.insert(input.shown.clone(), input);
        }
    }
    match inputs.is_empty() {
        true => Err(no_input("there is no `.hjson` file to lint".to_owned())),
        false => Ok(inputs.into_values().collect()),
    }
}

/// The project's own component definitions.
pub(super) fn definitions(context: &Context) -> Result<Vec<Input>, Failure> {
    let files = documents::definition_files(context)?.into_iter();
    let inputs = files.map(|path| {
        let shown = path
            .strip_prefix(&context.working_directory)
            .unwrap_or(&path);
        Input {
            shown: shown.to_owned(),
            content: Content::Definition,
        }
    });
    Ok(inputs.collect())
}

/// What an argument stands for.
fn meant(path: &Utf8Path, arguments: &LintArgs, context: &Context) -> Result<Vec<Input>, Failure> {
    if path == STDIN {
        return Ok(vec![Input {
            shown: arguments.stdin_filename.clone(),
            content: Content::Text(standard_input()?),
        }]);
    }
    let absolute = context.working_directory.join(path);
    if absolute.is_dir() {
        return search::directory(path, context);
    }
    if absolute.exists() {
        return Ok(vec![Input::file(path.to_owned(), Origin::Named)]);
    }
    if !PathPattern::is_pattern(path.as_str()) {
        return Err(no_input(format!("there is no file or directory `{path}`")));
    }
    let found = search::pattern(path, context)?;
    match found.is_empty() {
        true => Err(no_input(format!("no file fits `{path}`"))),
        false => Ok(found),
    }
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

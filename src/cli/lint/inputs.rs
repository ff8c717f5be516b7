//! What is linted: the documents, and the project's own component definitions.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;

use super::LintArgs;
use crate::cli::context::Context;
use crate::cli::files::{self, STDIN, Search};
use crate::cli::{self, documents, file};
use crate::failure::Failure;
use crate::lint::{self, DocumentKind, Origin, Subject};
use crate::project::{self, ProjectPaths};

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
    /// Reads and parses it.
    pub(super) fn read(&self, context: &Context) -> Result<Subject, Failure> {
        let name = self.shown.as_str();
        let bytes = || file::read_named(&context.working_directory.join(&self.shown), &self.shown);
        Ok(match &self.content {
            Content::File(origin) => Subject::recognise(name, &bytes()?, *origin),
            Content::Definition => Subject::of_kind(name, &bytes()?, DocumentKind::Component),
            Content::Text(bytes) => Subject::recognise(name, bytes, Origin::Named),
        })
    }

    /// Whether it came by standard input.
    pub(super) fn is_standard_input(&self) -> bool {
        matches!(self.content, Content::Text(_))
    }
}

/// Finds every input once, sorted by path. No input at all is an error.
pub(super) fn find(arguments: &LintArgs, context: &Context) -> Result<Vec<Input>, Failure> {
    let paths = ProjectPaths::new(&context.project_directory, &context.working_directory);
    let excluded = &context.project.lint.exclude;
    let search = Search {
        working_directory: &context.working_directory,
        is_excluded: &|file| {
            let mut patterns = excluded.iter();
            patterns.any(|pattern| pattern.fits(&paths.in_project(file)))
        },
    };
    let mut inputs = BTreeMap::new();
    for path in &arguments.paths {
        let meant = match path == STDIN {
            true => vec![(
                arguments.stdin_filename.clone(),
                Content::Text(files::standard_input()?),
            )],
            false => {
                let found = search.find(path)?.into_iter();
                found
                    .map(|(shown, origin)| (shown, Content::File(origin)))
                    .collect()
            }
        };
        inputs.extend(meant);
    }
    if inputs.is_empty() {
        let message = "there is no `.hjson` file to lint".to_owned();
        return Err(files::no_input(message));
    }
    let inputs = inputs.into_iter();
    Ok(inputs
        .map(|(shown, content)| Input { shown, content })
        .collect())
}

/// The project's own component definitions.
pub(super) fn definitions(context: &Context) -> Result<Vec<Input>, Failure> {
    let files = documents::definition_files(context)?.into_iter();
    let inputs = files.map(|path| Input {
        shown: context.shown(&path).to_owned(),
        content: Content::Definition,
    });
    Ok(inputs.collect())
}

/// The project's own configuration, where its defaults of flags cannot be used.
pub(super) fn unusable_project(context: &Context) -> Vec<Input> {
    let path = context.project_directory.join(project::FILE_NAME);
    let input = Input {
        shown: context.shown(&path).to_owned(),
        content: Content::File(Origin::Named),
    };
    match lint::takes_defaults(&context.project, cli::command) {
        true => Vec::new(),
        false => vec![input],
    }
}

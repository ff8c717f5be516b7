//! The files around a document that an editor has open.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;

use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;
use tempfile::TempDir;

use crate::cli::context::{Context, GlobalArgs};
use crate::cli::{self, documents};
use crate::clock;
use crate::document::Source;
use crate::failure::Failure;
use crate::lsp::{Knowledge, Origin, Workspace};

/// The inventory that belongs to the manifests of its directory.
const BESIDE: &str = "inventory.hjson";

/// Reads projects from disk.
#[derive(Debug)]
pub(super) struct Files {
    globals: GlobalArgs,
    /// Where copies of the definitions that are built in are; it is removed with the server.
    copies: Option<TempDir>,
}

impl Files {
    pub(super) fn new(globals: GlobalArgs) -> Self {
        Self {
            globals,
            copies: None,
        }
    }

    fn copy(&mut self, source: &Source) -> std::io::Result<Utf8PathBuf> {
        let directory = match self.copies.take() {
            Some(directory) => directory,
            None => tempfile::Builder::new().prefix("ddt-").tempdir()?,
        };
        let directory = self.copies.insert(directory);
        let path = directory
            .path()
            .join(source.path().file_name().unwrap_or("definition.hjson"));
        if !path.exists() {
            let mut options = std::fs::OpenOptions::new();
            let mut file = options
                .write(true)
                .create_new(true)
                .mode(0o400)
                .open(&path)?;
            file.write_all(source.text().as_bytes())?;
        }
        Utf8PathBuf::from_path_buf(path).map_err(|_| std::io::ErrorKind::InvalidFilename.into())
    }
}

impl Workspace for Files {
    fn knowledge(&mut self, document: Option<&Utf8Path>) -> Knowledge {
        let mut knowledge = Knowledge::built_in();
        knowledge.surroundings.command_line = Some(cli::command);
        let Some((document, directory)) = document.and_then(|path| Some((path, path.parent()?)))
        else {
            return knowledge;
        };
        match Context::to_lint(directory.to_owned(), self.globals.clone()) {
            Ok(context) => {
                knowledge.selection = documents::selection(&context);
                knowledge.surroundings.project = context.project.clone();
                if let Err(failure) = add_definitions(&mut knowledge, &context) {
                    knowledge.problems.push(told(&failure));
                }
                add_inventories(&mut knowledge, &context, document);
            }
            Err(failure) => knowledge.problems.push(told(&failure)),
        }
        knowledge
    }

    fn built_in_copy(&mut self, source: &Source) -> Option<Utf8PathBuf> {
        self.copy(source).ok()
    }

    fn now(&self) -> Timestamp {
        clock::now()
    }
}

fn add_definitions(knowledge: &mut Knowledge, context: &Context) -> Result<(), Failure> {
    for path in documents::definition_files(context)? {
        match documents::read(&path, &path) {
            Ok(document) => knowledge.define(document, Origin::Project),
            Err(failure) => knowledge.problems.push(told(&failure)),
        }
    }
    Ok(())
}

/// The rules know the inventories that the project names; the one beside the document, which may be of another zone, is
/// for looking things up.
fn add_inventories(knowledge: &mut Knowledge, context: &Context, document: &Utf8Path) {
    let named = context.project.inventories.iter();
    for path in named.map(|path| context.project_directory.join(path)) {
        match documents::read(&path, &path) {
            Ok(inventory) => knowledge.inventories.push(inventory),
            Err(failure) => knowledge.problems.push(told(&failure)),
        }
    }
    let known = knowledge
        .inventories
        .iter()
        .map(|inventory| inventory.value.clone());
    knowledge.surroundings.inventories = known.collect();
    // Being written it may well have errors, which are shown where it is open.
    let beside = document.with_file_name(BESIDE);
    knowledge
        .inventories
        .extend(documents::read(&beside, &beside).ok());
}

/// A failure in the one line that an editor shows.
fn told(failure: &Failure) -> String {
    let first = failure
        .diagnostics
        .first()
        .map(|diagnostic| diagnostic.message.as_str());
    let causes = failure.causes.iter().map(String::as_str);
    let parts = std::iter::once(failure.message.as_str())
        .chain(first)
        .chain(causes);
    parts.collect::<Vec<_>>().join(": ")
}

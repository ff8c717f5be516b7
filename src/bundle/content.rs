//! What a tree must hold to be a release bundle.

use std::io::Read;

use camino::Utf8Path;

use super::descriptor::{BundleDescriptor, FILE_NAME};
use super::step_path::StepPath;
use super::tree::{Entry, Tree};
use crate::document::{Diagnostic, Source};
use crate::hjson::{KeyPath, Span};
use crate::node::attempt::StepKind;

/// The most bytes a descriptor may have.
const MAX_DESCRIPTOR: u64 = 1 << 20;

/// Reads the descriptor of a tree and checks that its steps are there. `origin` is the
/// place of the tree, for messages.
pub fn read_descriptor(
    tree: &Tree,
    origin: &Utf8Path,
) -> Result<BundleDescriptor, Vec<Diagnostic>> {
    let path = origin.join(FILE_NAME);
    let bytes = read_bytes(tree).map_err(|problem| {
        let source = Source::new(path.as_path(), "");
        vec![problem.at(&source, Span::new(0, 0), "")]
    })?;
    let document = BundleDescriptor::read(&path, &bytes)?;
    let mut problems = Vec::new();
    for (kind, step) in document.value.steps.iter() {
        let key = KeyPath::root().key("steps").key(step_name(kind));
        let problem = step_problem(tree, kind, step);
        let place = document.span(&key);
        problems.extend(problem.map(|problem| problem.at(&document.source, place, "")));
    }
    if problems.is_empty() {
        return Ok(document.value);
    }
    Err(problems)
}

fn read_bytes(tree: &Tree) -> Result<Vec<u8>, Box<Diagnostic>> {
    let content = match tree.get(Utf8Path::new(FILE_NAME)) {
        Some(Entry::File { content, .. }) if content.size() <= MAX_DESCRIPTOR => content,
        unusable => return Err(Box::new(unusable_file(unusable))),
    };
    let mut bytes = Vec::new();
    content
        .open()
        .and_then(|reader| reader.take(MAX_DESCRIPTOR).read_to_end(&mut bytes))
        .map_err(|error| Diagnostic::error(format!("cannot read {FILE_NAME}: {error}")))
        .map_err(Box::new)?;
    Ok(bytes)
}

/// What stands where the descriptor should.
fn unusable_file(entry: Option<&Entry>) -> Diagnostic {
    let (message, help) = match entry {
        Some(Entry::File { .. }) => (
            format!("{FILE_NAME} is larger than 1 MiB, too large for a descriptor"),
            "keep what the steps read in files of their own",
        ),
        Some(Entry::Directory) => (
            format!("{FILE_NAME} is a directory, a file is expected"),
            "`ddt bundle new NAME` writes a bundle that works",
        ),
        _ => (
            format!("there is no file {FILE_NAME} at the root of the bundle"),
            "`ddt bundle new NAME` writes a bundle that works",
        ),
    };
    Diagnostic::error(message).help(help)
}

fn step_problem(tree: &Tree, kind: StepKind, step: &StepPath) -> Option<Diagnostic> {
    let name = step_name(kind);
    let place = tree.resolve(step.as_path());
    match place.and_then(|place| tree.get(&place)) {
        Some(Entry::File { executable, .. }) if *executable => None,
        Some(Entry::File { .. }) => {
            let message = format!("the step `{name}` is not executable: `{step}`");
            let help = format!("run `chmod +x {step}`");
            Some(Diagnostic::error(message).code("DDT203").help(help))
        }
        _ => {
            let message = format!("the step `{name}` is not in the bundle: `{step}`");
            let help = "add the file, or correct the path";
            Some(Diagnostic::error(message).code("DDT205").help(help))
        }
    }
}

/// The key of a step in the descriptor.
pub fn step_name(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Check => "check",
        StepKind::Deploy => "deploy",
        StepKind::Verify => "verify",
        StepKind::Rollback => "rollback",
    }
}

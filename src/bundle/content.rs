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
    let text = match read_text(tree) {
        Ok(text) => text,
        Err(problem) => {
            let source = Source::new(path, "");
            return Err(vec![problem.at(&source, Span::new(0, 0), "")]);
        }
    };
    let source = Source::new(path, text);
    let document = BundleDescriptor::read(&source)?;
    let mut problems = Vec::new();
    for (kind, step) in document.value.steps.iter() {
        let key = KeyPath::root().key("steps").key(step_name(kind));
        let problem = step_problem(tree, kind, step);
        problems.extend(problem.map(|problem| problem.at(&source, document.span(&key), "")));
    }
    if problems.is_empty() {
        return Ok(document.value);
    }
    Err(problems)
}

fn read_text(tree: &Tree) -> Result<String, Box<Diagnostic>> {
    let content = match tree.get(Utf8Path::new(FILE_NAME)) {
        Some(Entry::File { content, .. }) if content.size() <= MAX_DESCRIPTOR => content,
        Some(Entry::File { .. }) => {
            let message = format!("{FILE_NAME} has more than {MAX_DESCRIPTOR} bytes");
            return Err(Box::new(Diagnostic::error(message)));
        }
        _ => {
            let message = format!("there is no file {FILE_NAME} at the root of the bundle");
            let help = "`ddt bundle new NAME` writes a bundle that works";
            return Err(Box::new(Diagnostic::error(message).help(help)));
        }
    };
    let mut text = String::new();
    content
        .open()
        .and_then(|reader| reader.take(MAX_DESCRIPTOR).read_to_string(&mut text))
        .map_err(|error| Diagnostic::error(format!("cannot read {FILE_NAME}: {error}")))
        .map_err(Box::new)?;
    Ok(text)
}

fn step_problem(tree: &Tree, kind: StepKind, step: &StepPath) -> Option<Diagnostic> {
    let name = step_name(kind);
    let place = tree.resolve(step.as_path());
    match place.and_then(|place| tree.get(&place)) {
        Some(Entry::File { executable, .. }) if *executable => None,
        Some(Entry::File { .. }) => {
            let message = format!("the step `{name}` is not executable: `{step}`");
            Some(Diagnostic::error(message).help(format!("run `chmod +x {step}`")))
        }
        _ => {
            let message = format!("the step `{name}` is not in the bundle: `{step}`");
            Some(Diagnostic::error(message).help("add the file, or correct the path"))
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

//! Reads the documents of a deployment: what an error of the linter says is refused.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::context::Surroundings;
use super::kind::Linted;
use super::linter::Linter;
use super::selection::Selection;
use super::subject::Subject;
use crate::document::{Diagnostic, Document};

/// A document without errors.
#[derive(Clone, Debug)]
pub struct Checked<T> {
    /// The document.
    pub document: Document<T>,
    /// What is worth saying about it all the same: warnings and infos.
    pub remarks: Vec<Diagnostic>,
}

/// Reads the bytes of a file by the very rules of `ddt lint`. Where one of them is an
/// error, everything that was found is returned instead of the document.
pub fn read<T>(path: &str, bytes: &[u8], linter: Linter<'_>) -> Result<Checked<T>, Vec<Diagnostic>>
where
    T: Linted + DeserializeOwned + JsonSchema,
{
    let subject = Subject::of_kind(path, bytes, T::KIND);
    let remarks = linter.lint(&subject);
    if remarks.iter().any(Diagnostic::is_error) {
        return Err(remarks);
    }
    match Document::from_tree(subject.source, subject.parsed.tree) {
        Ok(document) => Ok(Checked { document, remarks }),
        Err(error) => Err(vec![*error]),
    }
}

/// The same for a document that is understood by itself.
pub fn read_alone<T>(path: &str, bytes: &[u8]) -> Result<Checked<T>, Vec<Diagnostic>>
where
    T: Linted + DeserializeOwned + JsonSchema,
{
    let linter = Linter {
        surroundings: &Surroundings::default(),
        selection: &Selection::default(),
    };
    read(path, bytes, linter)
}

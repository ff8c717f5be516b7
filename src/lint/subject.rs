//! A document as the linter sees it.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::context::TextContext;
use super::finding::Finding;
use super::kind::{DocumentKind, Linted};
use super::rule::Rule;
use crate::document::{Diagnostic, Document, Source, keeps_structure};
use crate::hjson::{self, Parsed};

/// A text that was parsed, and what kind of document it is taken for.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The text and its name.
    pub source: Source,
    /// What the parser made of it.
    pub parsed: Parsed,
    /// What it is taken for.
    pub kind: DocumentKind,
    /// Whether the user named it.
    pub origin: Origin,
}

/// How a file came to be linted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// By its name: it should be a document of ddt.
    Named,
    /// In a directory: it may be another program's.
    Found,
}

impl Subject {
    /// Parses the bytes of a file and recognises what it is.
    pub fn recognise(path: &str, bytes: &[u8], origin: Origin) -> Self {
        let parsed = hjson::parse_bytes(bytes);
        let kind = DocumentKind::recognise(path.into(), &parsed.tree);
        let subject = Self::new(path, parsed, kind);
        Self { origin, ..subject }
    }

    /// Parses the bytes of a file that must be of a kind.
    pub fn of_kind(path: &str, bytes: &[u8], kind: DocumentKind) -> Self {
        Self::new(path, hjson::parse_bytes(bytes), kind)
    }

    fn new(path: &str, parsed: Parsed, kind: DocumentKind) -> Self {
        Self {
            source: Source::new(path, parsed.tree.source()),
            parsed,
            kind,
            origin: Origin::Named,
        }
    }

    /// The document, if it is one of this type.
    pub fn typed<T>(&self) -> Option<T>
    where
        T: Linted + DeserializeOwned + JsonSchema,
    {
        let is_sound = self.kind == T::KIND && self.parsed.errors.is_empty();
        let tree = is_sound.then(|| self.parsed.tree.clone())?;
        let document = Document::from_tree(self.source.clone(), tree).ok()?;
        Some(document.value)
    }

    pub(super) fn text(&self) -> TextContext<'_> {
        TextContext {
            source: &self.source,
            tree: &self.parsed.tree,
            kind: self.kind,
        }
    }

    /// Whether the document can be looked at beyond its text.
    pub(super) fn has_structure(&self) -> bool {
        self.parsed.errors.iter().all(keeps_structure)
    }

    pub(super) fn locate(
        &self,
        rule: &Rule,
        findings: Vec<Finding>,
    ) -> impl Iterator<Item = Diagnostic> {
        let located = findings
            .into_iter()
            .map(|finding| finding.locate(rule, &self.source, &self.parsed.tree));
        located.collect::<Vec<_>>().into_iter()
    }
}

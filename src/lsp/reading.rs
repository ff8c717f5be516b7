//! A document that is open in the editor: its text as it is being written, and what that means.

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use gen_lsp_types::{Range, TextDocumentContentChangeEvent, TextDocumentItem, TextEdit, Uri};
use jiff::Timestamp;

use super::knowledge::Knowledge;
use super::positions::Positions;
use super::uri;
use crate::document::{Diagnostic, Source};
use crate::hjson::{ColumnUnit, Edit, Span, Tree};
use crate::lint::{DocumentKind, Linter, Origin, Subject};

/// The longest text that is looked at, in bytes; a longer one is for `ddt lint`.
const LONGEST: usize = 8 << 20;

/// A document that the editor has open.
#[derive(Debug)]
pub(super) struct OpenDocument {
    pub(super) uri: Uri,
    /// Where it is a file, its absolute path.
    pub(super) path: Option<Utf8PathBuf>,
    /// The editor's number for the text.
    pub(super) version: i32,
    /// Shared with every reading of the project's other documents.
    pub(super) knowledge: Arc<Knowledge>,
    text: String,
    unit: ColumnUnit,
    reading: Option<Reading>,
    /// Whether the findings of this text have been taken for publication.
    pub(super) is_published: bool,
}

/// What was found in a text.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) subject: Subject,
    pub(super) positions: Positions,
    pub(super) findings: Vec<Diagnostic>,
}

impl OpenDocument {
    /// Takes over a document; `None` if it is none that ddt could read.
    pub(super) fn open(item: TextDocumentItem, unit: ColumnUnit) -> Option<Self> {
        let path = uri::path(&item.uri);
        let is_named = path.as_deref().and_then(Utf8Path::extension) == Some("hjson");
        let language = String::from(item.language_id);
        let is_hjson = is_named || language.eq_ignore_ascii_case("hjson");
        is_hjson.then(|| Self {
            uri: item.uri,
            path,
            version: item.version,
            knowledge: Arc::default(),
            text: item.text,
            unit,
            reading: None,
            is_published: false,
        })
    }

    /// Follows what was typed.
    pub(super) fn change(&mut self, version: i32, changes: Vec<TextDocumentContentChangeEvent>) {
        for change in changes {
            match change {
                TextDocumentContentChangeEvent::TextDocumentContentChangePartial(part) => {
                    let positions = Positions::new(&self.text, self.unit);
                    let span = positions.span(&self.text, part.range);
                    self.text.replace_range(span.start..span.end, &part.text);
                }
                TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(whole) => {
                    self.text = whole.text;
                }
            }
        }
        self.version = version;
        self.forget();
    }

    /// Makes the next reading a new one.
    pub(super) fn forget(&mut self) {
        self.reading = None;
        self.is_published = false;
    }

    /// What the text means now; `None` where it is no document of ddt, or too long.
    pub(super) fn read(&mut self, now: Timestamp) -> Option<&Reading> {
        if self.reading.is_none() && self.text.len() <= LONGEST {
            self.reading = self.fresh_reading(now);
        }
        self.reading()
    }

    /// What the last [`Self::read`] found.
    pub(super) fn reading(&self) -> Option<&Reading> {
        self.reading.as_ref().filter(|reading| reading.is_ours())
    }

    fn fresh_reading(&self, now: Timestamp) -> Option<Reading> {
        let name = self
            .path
            .as_deref()
            .unwrap_or(Utf8Path::new("untitled.hjson"));
        let subject = Subject::recognise(name.as_str(), self.text.as_bytes(), Origin::Found);
        // A text that looks like UTF-16 is decoded first, and has other offsets than the editor's.
        if subject.source.text() != self.text {
            return None;
        }
        let mut surroundings = self.knowledge.surroundings.clone();
        surroundings.now = Some(now);
        let linter = Linter {
            surroundings: &surroundings,
            selection: &self.knowledge.selection,
        };
        let findings = linter.lint(&subject);
        Some(Reading {
            positions: Positions::new(subject.source.text(), self.unit),
            subject,
            findings,
        })
    }
}

impl Reading {
    /// Whether it is a document of ddt. Others are left alone.
    fn is_ours(&self) -> bool {
        let has_entries = |tree: &Tree| {
            let root = tree.root();
            root.is_some_and(|root| {
                root.members().next().is_some() || root.items().next().is_some()
            })
        };
        // One that is still empty may become one.
        self.subject.kind != DocumentKind::Unknown || !has_entries(&self.subject.parsed.tree)
    }

    pub(super) fn source(&self) -> &Source {
        &self.subject.source
    }

    pub(super) fn tree(&self) -> &Tree {
        &self.subject.parsed.tree
    }

    pub(super) fn range(&self, span: Span) -> Range {
        self.positions.range(self.source().text(), span)
    }

    pub(super) fn text_edits(&self, edits: &[Edit]) -> Vec<TextEdit> {
        let edits = edits.iter();
        edits
            .map(|edit| TextEdit::new(self.range(edit.span), edit.replacement.clone()))
            .collect()
    }
}

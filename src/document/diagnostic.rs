//! The one model of a message about a document: what, where, why, and what to type next.
//!
//! `report` renders it for people, `lint` for machines.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Fix, Source};
use crate::hjson::{KeyPath, Span};

/// How bad it is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; never fails anything.
    Info,
    /// Probably a mistake.
    Warning,
    /// The document is refused.
    Error,
}

/// A place in a source and what to say there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The document the span is in.
    pub source: Source,
    /// The bytes that are meant.
    pub span: Span,
    /// What to say beside them; may be empty.
    pub text: String,
    /// The value they belong to, where that is known: it stays when lines move.
    pub path: Option<KeyPath>,
}

/// A message about documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// The lint rule's code (`DDT301`), where a rule raised it.
    pub code: Option<&'static str>,
    /// What is wrong, in lower case, naming the thing.
    pub message: String,
    /// Where; the first label is the primary one.
    pub labels: Vec<Label>,
    /// Further facts.
    pub notes: Vec<String>,
    /// What to do, where that is known.
    pub help: Option<String>,
    /// How the document can be changed so that this is not said again.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// Starts an error message.
    pub fn error(message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code: None,
            message: message.into(),
            labels: Vec::new(),
            notes: Vec::new(),
            help: None,
            fix: None,
        }
    }

    /// Sets how bad it is.
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Names the rule that raised it.
    pub fn code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    /// Adds a place; the first one added is the primary one.
    pub fn at(mut self, source: &Source, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label {
            source: source.clone(),
            span,
            text: text.into(),
            path: None,
        });
        self
    }

    /// Names the value that the place added last belongs to.
    pub fn about(mut self, path: KeyPath) -> Self {
        if let Some(label) = self.labels.last_mut() {
            label.path = Some(path);
        }
        self
    }

    /// Adds a fact.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Says what to do.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says how the document can be changed.
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    /// The primary place.
    pub fn primary(&self) -> Option<&Label> {
        self.labels.first()
    }

    /// The value it is about, where that is known.
    pub fn path(&self) -> Option<&KeyPath> {
        self.primary()?.path.as_ref()
    }

    /// Whether the document must be refused.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

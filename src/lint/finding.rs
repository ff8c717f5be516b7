//! What a rule found, said in key paths; where that stands is looked up at the end.

use super::rule::Rule;
use crate::document::{Diagnostic, Fix, Label, Severity, Source};
use crate::hjson::{KeyPath, Span, Tree};

/// One thing a rule found. The rule's code and severity are added by the linter.
#[derive(Clone, Debug)]
pub struct Finding {
    message: String,
    severity: Option<Severity>,
    places: Vec<(Place, String)>,
    elsewhere: Vec<Label>,
    notes: Vec<String>,
    help: Option<String>,
    fix: Option<Fix>,
    meant: Option<String>,
}

/// A place in the document a rule looks at.
#[derive(Clone, Debug)]
pub enum Place {
    /// A key.
    Key(KeyPath),
    /// A value; of an object or array only its bracket.
    Value(KeyPath),
    /// Some bytes of the text, and the value they belong to.
    Text(KeyPath, Span),
}

impl Finding {
    /// Starts a finding; the message is in lower case and names the thing.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            severity: None,
            places: Vec::new(),
            elsewhere: Vec::new(),
            notes: Vec::new(),
            help: None,
            fix: None,
            meant: None,
        }
    }

    /// Makes it as bad as this, whatever the rule says of its findings in general.
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// Adds a place; the first one added is the primary one. The text may be empty.
    pub fn at(mut self, place: Place, text: impl Into<String>) -> Self {
        self.places.push((place, text.into()));
        self
    }

    /// Adds a place of another document, which is shown behind the others.
    pub fn elsewhere(mut self, label: Label) -> Self {
        self.elsewhere.push(label);
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

    /// Guesses which word should stand at the primary place, where there is a guess.
    pub fn meant(mut self, word: Option<&str>) -> Self {
        self.meant = word.map(str::to_owned);
        self
    }

    /// Looks up the places.
    pub(super) fn locate(self, rule: &Rule, source: &Source, tree: &Tree) -> Diagnostic {
        let mut diagnostic = Diagnostic::error(self.message)
            .severity(self.severity.unwrap_or(rule.severity))
            .code(rule.code);
        let places = self.places.into_iter();
        diagnostic.labels = places
            .map(|(place, text)| place.label(source, tree, text))
            .chain(self.elsewhere)
            .collect();
        diagnostic.notes = self.notes;
        diagnostic.help = self.help;
        let place = diagnostic.labels.first().map(|label| label.span);
        let respelled = self.meant.zip(place);
        let respelled = respelled.map(|(word, span)| Fix::respell(source.text(), span, &word));
        diagnostic.fix = self.fix.or(respelled);
        diagnostic
    }
}

impl Place {
    /// Looks up the place in its document.
    pub(super) fn label(self, source: &Source, tree: &Tree, text: String) -> Label {
        Label {
            source: source.clone(),
            span: self.span(tree),
            text,
            path: Some(self.into_path()),
        }
    }

    fn into_path(self) -> KeyPath {
        match self {
            Self::Key(path) | Self::Value(path) | Self::Text(path, _) => path,
        }
    }

    fn path(&self) -> &KeyPath {
        match self {
            Self::Key(path) | Self::Value(path) | Self::Text(path, _) => path,
        }
    }

    /// Where the place is; of something that is not there, where its nearest parent begins.
    fn span(&self, tree: &Tree) -> Span {
        let found = match self {
            Self::Text(_, span) => Some(*span),
            Self::Key(path) => tree.key_span(path),
            Self::Value(path) => value_span(tree, path),
        };
        let mut parents = std::iter::successors(Some(self.path().clone()), KeyPath::parent);
        found
            .or_else(|| parents.find_map(|path| value_span(tree, &path)))
            .unwrap_or(Span::new(0, 0))
    }
}

fn value_span(tree: &Tree, path: &KeyPath) -> Option<Span> {
    let value = tree.find(path)?;
    let span = value.span();
    match value.raw().chars().next() {
        Some(bracket @ ('{' | '[')) if value.style().is_none() => {
            Some(Span::new(span.start, span.start + bracket.len_utf8()))
        }
        // An object without braces has no place of its own but its start.
        _ if value.style().is_none() => Some(Span::new(span.start, span.start)),
        _ => Some(span),
    }
}

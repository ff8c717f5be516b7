//! What of a text is known to be read otherwise than it was meant. Whatever else is wrong
//! there is a consequence, and saying it would hide the cause.

use std::collections::BTreeSet;

use crate::document::Diagnostic;
use crate::hjson::{KeyPath, Parsed, Span};

/// The misread parts of one document.
pub(super) struct Misread {
    /// Sorted, none touching another.
    spans: Vec<Span>,
    /// The objects in which a member was misread: another may seem to be missing.
    objects: BTreeSet<KeyPath>,
    /// A text with syntax errors may seem to lack anything.
    has_syntax_errors: bool,
}

impl Misread {
    /// Takes what was found in the text itself.
    pub(super) fn new(parsed: &Parsed, found: &[Diagnostic]) -> Self {
        let errors = || found.iter().filter(|diagnostic| diagnostic.is_error());
        let labels = errors().flat_map(|diagnostic| &diagnostic.labels);
        let paths = errors().filter_map(Diagnostic::path);
        Self {
            spans: merged(labels.map(|label| label.span).collect()),
            objects: paths.filter_map(KeyPath::parent).collect(),
            has_syntax_errors: !parsed.errors.is_empty(),
        }
    }

    /// Whether something that was found beyond the text is only a consequence.
    pub(super) fn explains(&self, diagnostic: &Diagnostic) -> bool {
        let path = diagnostic.path();
        match diagnostic.code {
            Some("DDT202") => self.hides_members_of(path.and_then(KeyPath::parent).as_ref()),
            Some("DDT402") => self.hides_members_of(path),
            _ => diagnostic
                .primary()
                .is_some_and(|label| self.touches(label.span)),
        }
    }

    fn hides_members_of(&self, object: Option<&KeyPath>) -> bool {
        self.has_syntax_errors || object.is_some_and(|object| self.objects.contains(object))
    }

    fn touches(&self, span: Span) -> bool {
        let behind = self
            .spans
            .partition_point(|misread| misread.start < span.end);
        let nearest = behind
            .checked_sub(1)
            .and_then(|index| self.spans.get(index));
        nearest.is_some_and(|misread| misread.end > span.start)
    }
}

fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}

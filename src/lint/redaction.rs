//! Keeps credentials out of everything that is said about a document: messages end up in
//! logs that more people read than the document.

use super::rules::secret_in_manifest;
use super::subject::Subject;
use crate::document::{Diagnostic, Fix, Source};
use crate::hjson::Span;

/// Stands for a credential in a text.
const REDACTED: &str = "[redacted]";

/// The credentials of one document.
pub(super) struct Redaction<'a> {
    secrets: Vec<&'a str>,
    /// The document as it may be shown.
    concealed: Source,
}

impl<'a> Redaction<'a> {
    /// Takes note of the credentials that were found.
    pub(super) fn of(subject: &'a Subject, found: &[Diagnostic]) -> Self {
        let spans = secret_spans(found);
        let text = subject.source.text();
        Self {
            secrets: spans.iter().map(|span| span.of(text)).collect(),
            concealed: match spans.is_empty() {
                true => subject.source.clone(),
                false => subject.source.conceal(&spans),
            },
        }
    }

    /// Takes them out of all that is said about the document, and out of the lines that are
    /// shown with it. A fix that would repeat one is dropped.
    pub(super) fn apply(&self, found: &mut [Diagnostic]) {
        if self.secrets.is_empty() {
            return;
        }
        for diagnostic in found {
            self.redact(diagnostic);
        }
    }

    fn redact(&self, diagnostic: &mut Diagnostic) {
        let labels = diagnostic.labels.iter_mut();
        for label in labels.filter(|label| label.source.path() == self.concealed.path()) {
            label.source = self.concealed.clone();
        }
        let labels = diagnostic.labels.iter_mut().map(|label| &mut label.text);
        let texts = [&mut diagnostic.message].into_iter().chain(labels);
        let texts = texts
            .chain(&mut diagnostic.notes)
            .chain(&mut diagnostic.help);
        for text in texts {
            for secret in &self.secrets {
                *text = text.replace(secret, REDACTED);
            }
        }
        diagnostic.fix = diagnostic
            .fix
            .take()
            .filter(|fix| !self.is_repeated_by(fix));
    }

    fn is_repeated_by(&self, fix: &Fix) -> bool {
        let replacements = fix.edits.iter().map(|edit| &edit.replacement);
        let mut texts = replacements.chain([&fix.title]);
        texts.any(|text| self.secrets.iter().any(|secret| text.contains(secret)))
    }
}

fn secret_spans(found: &[Diagnostic]) -> Vec<Span> {
    let code = Some(secret_in_manifest::RULE.code);
    let secrets = found.iter().filter(|one| one.code == code);
    secrets
        .filter_map(Diagnostic::primary)
        .map(|label| label.span)
        .collect()
}

//! Findings of the linter in the words of the protocol.

use gen_lsp_types::{
    Code, Diagnostic as Published, DiagnosticRelatedInformation, DiagnosticSeverity, Location, Uri,
};

use super::positions::Positions;
use super::reading::Reading;
use super::uri;
use crate::document::{Diagnostic, Label, Severity};
use crate::hjson::{ColumnUnit, Span};

/// The most findings of one document that are shown at once.
pub(super) const MOST: usize = 1000;

/// All findings of a document.
pub(super) fn published(document: &Uri, reading: &Reading) -> Vec<Published> {
    let shown = reading.findings.iter().take(MOST);
    shown
        .map(|finding| diagnostic(document, reading, finding))
        .collect()
}

/// One finding.
pub(super) fn diagnostic(document: &Uri, reading: &Reading, finding: &Diagnostic) -> Published {
    let related = finding.labels.iter().skip(1);
    let related: Vec<_> = related
        .map(|label| DiagnosticRelatedInformation {
            location: location(document, reading, label),
            message: label.text.clone(),
        })
        .collect();
    Published {
        range: reading.range(span(finding)),
        severity: Some(severity(finding.severity)),
        code: finding.code.map(|code| Code::String(code.to_owned())),
        source: Some("ddt".to_owned()),
        message: message(finding).into(),
        related_information: (!related.is_empty()).then_some(related),
        ..Published::default()
    }
}

/// The bytes that a finding is about.
pub(super) fn span(finding: &Diagnostic) -> Span {
    finding
        .primary()
        .map_or(Span::new(0, 0), |label| label.span)
}

/// A label may be in another document, which is then read as it is on disk.
fn location(document: &Uri, reading: &Reading, label: &Label) -> Location {
    if label.source == *reading.source() || !label.source.path().is_absolute() {
        return Location::new(document.clone(), reading.range(label.span));
    }
    let text = label.source.text();
    let positions = Positions::new(text, ColumnUnit::Utf16Unit);
    Location::new(
        uri::of(label.source.path()),
        positions.range(text, label.span),
    )
}

fn severity(severity: Severity) -> DiagnosticSeverity {
    match severity {
        Severity::Error => DiagnosticSeverity::Error,
        Severity::Warning => DiagnosticSeverity::Warning,
        Severity::Info => DiagnosticSeverity::Information,
    }
}

/// All that is said, a fact per line.
fn message(finding: &Diagnostic) -> String {
    let label = finding.primary().map_or("", |label| &label.text);
    let notes = finding.notes.iter().map(|note| format!("note: {note}"));
    let help = finding.help.iter().map(|help| format!("help: {help}"));
    let label = (!label.is_empty()).then(|| label.to_owned());
    let lines = std::iter::once(finding.message.clone())
        .chain(label)
        .chain(notes)
        .chain(help);
    lines.collect::<Vec<_>>().join("\n")
}

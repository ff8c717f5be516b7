//! One line per finding, as editors and `grep` take it.

use super::json::place_of;
use crate::document::{Diagnostic, Severity};

/// Prints `PATH:LINE:COLUMN: SEVERITY[CODE]: MESSAGE` lines.
pub fn concise(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(line).collect()
}

fn line(diagnostic: &Diagnostic) -> String {
    let place = diagnostic.primary().map(|label| {
        let position = place_of(label).start;
        format!("{}:{position}: ", label.source.path())
    });
    let place = place.unwrap_or_default();
    format!("{place}{}: {}\n", head(diagnostic), diagnostic.message)
}

/// `error[DDT101]`.
pub(super) fn head(diagnostic: &Diagnostic) -> String {
    let severity = word(diagnostic.severity);
    match diagnostic.code {
        Some(code) => format!("{severity}[{code}]"),
        None => severity.to_owned(),
    }
}

/// How a severity is called in every output.
pub(super) fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

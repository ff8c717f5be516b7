//! One line per finding, as editors and `grep` take it.

use super::words::{head, one_line, place};
use crate::document::Diagnostic;

/// Prints `PATH:LINE:COLUMN: SEVERITY[CODE]: MESSAGE` lines; control characters are written out.
pub fn concise(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(line).collect()
}

fn line(diagnostic: &Diagnostic) -> String {
    let place = place(diagnostic, ToString::to_string);
    let text = format!("{place}{}: {}", head(diagnostic), diagnostic.message);
    format!("{}\n", one_line(&text))
}

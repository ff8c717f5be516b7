//! Everything a finding says, as plain text without the source: for documentation and logs.

use std::fmt::Write;

use super::json::place_of;
use super::words::head;
use crate::document::{Diagnostic, Label};

/// Prints each finding over several lines: its places, notes and help.
pub fn detailed(diagnostics: &[Diagnostic]) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}: {}", head(diagnostic), diagnostic.message);
        for label in &diagnostic.labels {
            let _ = writeln!(text, "  at {}", place(label));
        }
        for note in &diagnostic.notes {
            let _ = writeln!(text, "  note: {note}");
        }
        if let Some(help) = &diagnostic.help {
            let _ = writeln!(text, "  help: {help}");
        }
    }
    text
}

fn place(label: &Label) -> String {
    let place = format!("{}:{}", label.source.path(), place_of(label).start);
    match label.text.as_str() {
        "" => place,
        text => format!("{place}: {text}"),
    }
}

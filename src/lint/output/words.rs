//! What every format says in the same words.

use camino::Utf8Path;

use crate::document::{Diagnostic, Severity};
use crate::lint::rule::Rule;

/// The name under which a finding without a rule is filed.
pub(super) const TOOL: &str = "ddt";

/// How a severity is called in every output.
pub(super) fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

/// `error[DDT101]`.
pub(super) fn head(diagnostic: &Diagnostic) -> String {
    let severity = word(diagnostic.severity);
    match diagnostic.code {
        Some(code) => format!("{severity}[{code}]"),
        None => severity.to_owned(),
    }
}

/// The code, or the name of the program where no rule raised it.
pub(super) fn code(diagnostic: &Diagnostic) -> &'static str {
    diagnostic.code.unwrap_or(TOOL)
}

/// `DDT101 MESSAGE`, and what explains it on lines of their own.
pub(super) fn explained(diagnostic: &Diagnostic) -> String {
    let mut text = match diagnostic.code {
        Some(code) => format!("{code} {}", diagnostic.message),
        None => diagnostic.message.clone(),
    };
    for note in &diagnostic.notes {
        text.push_str("\n  note: ");
        text.push_str(note);
    }
    if let Some(help) = &diagnostic.help {
        text.push_str("\n  help: ");
        text.push_str(help);
    }
    text
}

/// `PATH:LINE:COLUMN: `, or nothing.
pub(super) fn place(diagnostic: &Diagnostic, shown: impl Fn(&Utf8Path) -> String) -> String {
    let place = diagnostic.primary().map(|label| {
        let position = label.source.position(label.span.start);
        format!("{}:{position}: ", shown(label.source.path()))
    });
    place.unwrap_or_default()
}

/// The text on one line: control characters are written out.
pub(super) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        match character.is_control() {
            true => line.extend(character.escape_default()),
            false => line.push(character),
        }
    }
    line
}

/// Where the page of a rule is on the web, if the project says where it is kept.
pub(super) fn page_address(rule: &Rule) -> Option<String> {
    let repository = repository()?;
    Some(format!(
        "{repository}/blob/main/docs/rules/{}.md",
        rule.code
    ))
}

/// Where the project is kept on the web, if it says so.
pub(super) fn repository() -> Option<&'static str> {
    Some(env!("CARGO_PKG_REPOSITORY")).filter(|address| !address.is_empty())
}

//! Annotations of GitHub Actions: workflow commands, one per line.
//!
//! GitHub shows ten annotations of a level per step and drops the others. So errors come first, what is past the tenth
//! is printed as plain lines, and a summary says how many there are.

use super::findings::Findings;
use super::words::{TOOL, explained, head, one_line, place};
use crate::document::{Diagnostic, Label, Severity};

/// How many annotations of a level GitHub shows per step.
const SHOWN_PER_LEVEL: usize = 10;

/// Prints workflow commands and a summary; nothing without findings.
pub fn github(findings: &Findings<'_>) -> String {
    let mut text = String::new();
    let mut plain = String::new();
    let sorted = findings.worst_first();
    for level in sorted.chunk_by(|left, right| left.severity == right.severity) {
        let (shown, others) = level.split_at(level.len().min(SHOWN_PER_LEVEL));
        text.extend(shown.iter().map(|one| command(findings, one)));
        plain.extend(others.iter().map(|one| plain_line(findings, one)));
    }
    if sorted.is_empty() {
        return text;
    }
    format!("{text}{plain}{}", summary(findings, !plain.is_empty()))
}

fn command(findings: &Findings<'_>, diagnostic: &Diagnostic) -> String {
    let title = match diagnostic.code {
        Some(code) => format!("{TOOL} ({code})"),
        None => TOOL.to_owned(),
    };
    let mut properties = format!("title={}", property(&title));
    if let Some(label) = diagnostic.primary() {
        properties.push_str(&place_properties(findings, label));
    }
    let place = place(diagnostic, |path| findings.path(path));
    let message = data(&format!("{place}{}", explained(diagnostic)));
    format!("::{} {properties}::{message}\n", level(diagnostic.severity))
}

/// GitHub shows nothing of an annotation that has columns and covers several lines.
fn place_properties(findings: &Findings<'_>, label: &Label) -> String {
    let file = property(&findings.path(label.source.path()));
    let start = label.source.position(label.span.start);
    let end = label.source.position(label.span.end);
    match start.line == end.line {
        true => format!(
            ",file={file},line={},col={},endLine={},endColumn={}",
            start.line, start.column, end.line, end.column
        ),
        false => format!(",file={file},line={},endLine={}", start.line, end.line),
    }
}

/// A line that does not begin like a command, whatever the file is called.
fn plain_line(findings: &Findings<'_>, diagnostic: &Diagnostic) -> String {
    let place = place(diagnostic, |path| findings.path(path));
    let text = format!("{place}{}", diagnostic.message);
    format!("{}: {}\n", head(diagnostic), one_line(&text))
}

fn summary(findings: &Findings<'_>, is_cut: bool) -> String {
    let counts = [Severity::Error, Severity::Warning, Severity::Info]
        .map(|severity| counted(findings.count(severity), level(severity)));
    let cut = match is_cut {
        true => format!("; GitHub shows {SHOWN_PER_LEVEL} annotations of a level"),
        false => String::new(),
    };
    format!("{TOOL} lint: {}{cut}\n", counts.join(", "))
}

fn counted(count: usize, word: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {word}{plural}")
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    }
}

/// The message of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The value of a property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

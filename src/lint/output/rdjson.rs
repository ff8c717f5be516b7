//! The diagnostic format of reviewdog: columns count bytes of UTF-8.

use serde::Serialize;

use super::findings::{Findings, OutputError};
use super::fix::one_replacement;
use super::words::{TOOL, explained, page_address, repository};
use crate::document::{Diagnostic, Label, Severity};
use crate::hjson::{ColumnUnit, Position};
use crate::lint::registry::rule;

#[derive(Serialize)]
struct Report {
    source: Named,
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<&'static str>,
    diagnostics: Vec<Entry>,
}

#[derive(Serialize)]
struct Named {
    name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'static str>,
}

#[derive(Serialize)]
struct Entry {
    message: String,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<Code>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Related>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion>,
}

#[derive(Serialize)]
struct Code {
    value: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Serialize)]
struct Related {
    #[serde(skip_serializing_if = "String::is_empty")]
    message: String,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    range: Range,
}

#[derive(Serialize)]
struct Suggestion {
    range: Range,
    text: String,
}

#[derive(Serialize)]
struct Range {
    start: Place,
    end: Place,
}

#[derive(Serialize)]
struct Place {
    line: usize,
    column: usize,
}

/// Prints one JSON document. All changes of a fix are one suggestion, because reviewdog offers each on its own.
pub fn rdjson(findings: &Findings<'_>) -> Result<String, OutputError> {
    let worst = findings.diagnostics.iter().map(|one| one.severity).max();
    let report = Report {
        source: Named {
            name: TOOL,
            url: repository(),
        },
        severity: worst.map(severity),
        diagnostics: findings
            .diagnostics
            .iter()
            .map(|diagnostic| entry(findings, diagnostic))
            .collect(),
    };
    let mut text = serde_json::to_string_pretty(&report)?;
    text.push('\n');
    Ok(text)
}

fn entry(findings: &Findings<'_>, diagnostic: &Diagnostic) -> Entry {
    let others = diagnostic.labels.iter().skip(1);
    let fix = one_replacement(diagnostic, ColumnUnit::Utf8Byte);
    Entry {
        message: explained(diagnostic),
        severity: severity(diagnostic.severity),
        code: diagnostic.code.map(code),
        location: diagnostic.primary().map(|label| location(findings, label)),
        related_locations: others
            .map(|label| Related {
                message: label.text.clone(),
                location: location(findings, label),
            })
            .collect(),
        suggestions: fix
            .into_iter()
            .map(|fix| Suggestion {
                range: range(fix.start, fix.end),
                text: fix.text,
            })
            .collect(),
    }
}

fn code(value: &'static str) -> Code {
    Code {
        value,
        url: rule(value).and_then(page_address),
    }
}

fn location(findings: &Findings<'_>, label: &Label) -> Location {
    let place = |offset| label.source.position_in(offset, ColumnUnit::Utf8Byte);
    Location {
        path: findings.path(label.source.path()),
        range: range(place(label.span.start), place(label.span.end)),
    }
}

fn range(start: Position, end: Position) -> Range {
    let place = |position: Position| Place {
        line: position.line,
        column: position.column,
    };
    Range {
        start: place(start),
        end: place(end),
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "ERROR",
        Severity::Warning => "WARNING",
        Severity::Info => "INFO",
    }
}

//! A code quality report of GitLab.

use std::collections::BTreeMap;

use serde::Serialize;

use super::findings::{Findings, OutputError};
use super::words::code;
use crate::digest::Digest;
use crate::document::{Diagnostic, Severity};
use crate::hjson::KeyPath;

/// One violation. GitLab leaves out those that lack one of the keys.
#[derive(Serialize)]
struct Violation {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
}

/// Prints the report: an array with every finding that has a place.
pub fn gitlab(findings: &Findings<'_>) -> Result<String, OutputError> {
    let mut seen = BTreeMap::new();
    let violations: Vec<Violation> = findings
        .diagnostics
        .iter()
        .filter_map(|diagnostic| violation(findings, diagnostic, &mut seen))
        .collect();
    let mut text = serde_json::to_string_pretty(&violations)?;
    text.push('\n');
    Ok(text)
}

fn violation(
    findings: &Findings<'_>,
    diagnostic: &Diagnostic,
    seen: &mut BTreeMap<String, usize>,
) -> Option<Violation> {
    let label = diagnostic.primary()?;
    let path = findings.path(label.source.path());
    let identity = identity(diagnostic, &path);
    let ordinal = seen.entry(identity.clone()).or_default();
    *ordinal += 1;
    let fingerprint = Digest::of(format!("{identity}{ordinal}").as_bytes());
    let begin = label.source.position(label.span.start).line;
    Some(Violation {
        description: format!("{}: {}", code(diagnostic), diagnostic.message),
        check_name: code(diagnostic),
        fingerprint: fingerprint.hex().to_owned(),
        severity: severity(diagnostic.severity),
        location: Location {
            path,
            lines: Lines { begin },
        },
    })
}

/// What stays the same when lines move: rule, file, key and the words at the place.
fn identity(diagnostic: &Diagnostic, path: &str) -> String {
    let key = diagnostic
        .path()
        .map(KeyPath::to_string)
        .unwrap_or_default();
    let shown = diagnostic.primary().map(|label| {
        let text = label.source.shown_text();
        label.span.of(&text).to_owned()
    });
    let marked = shown.unwrap_or_default();
    let words: Vec<&str> = marked.split_whitespace().collect();
    // With their lengths in front, no two lists of fields read the same.
    [code(diagnostic), path, &key, &words.join(" ")]
        .map(|field| format!("{}:{field}", field.len()))
        .concat()
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "major",
        Severity::Warning => "minor",
        Severity::Info => "info",
    }
}

//! One JSON document with every finding.

use schemars::JsonSchema;
use serde::Serialize;

use super::words::word;
use crate::document::{Diagnostic, Label, Severity};
use crate::hjson::Position;
use crate::lint::registry::rule;

/// The version of the document's shape. A new key does not change it.
pub(super) const SCHEMA: u32 = 1;

/// The whole document.
#[derive(Serialize, JsonSchema)]
pub struct Report<'a> {
    /// The version of this shape. A new key does not change it.
    #[schemars(extend("const" = SCHEMA))]
    schema: u32,
    /// What the document is.
    #[schemars(extend("const" = "lint"))]
    kind: &'static str,
    /// Everything that was found, by path, place and code.
    findings: Vec<JsonFinding<'a>>,
    /// How many of them there are.
    summary: Summary,
}

/// One finding; `label` is what is said at its own place. Lines and columns start at 1; columns count characters; the end is
/// exclusive.
#[derive(Serialize, JsonSchema)]
pub(super) struct JsonFinding<'a> {
    /// The rule's code, such as `DDT301`.
    code: Option<&'static str>,
    /// The rule's name, such as `malformed-tag`.
    name: Option<&'static str>,
    /// How bad it is.
    #[schemars(extend("enum" = ["error", "warning", "info"]))]
    severity: &'static str,
    /// What is wrong.
    message: &'a str,
    /// The file, as it was named.
    path: Option<&'a str>,
    #[serde(flatten)]
    place: Option<JsonPlace>,
    /// What is said at its place.
    label: Option<&'a str>,
    /// The value it is about, such as `components.hostos.packages.hostos-boot-release.tag`.
    key_path: Option<String>,
    /// Further facts.
    notes: &'a [String],
    /// What to write instead.
    help: Option<&'a str>,
    /// Other places that belong to it.
    related: Vec<Related<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct JsonPlace {
    /// The line it begins on, from 1.
    line: usize,
    /// The column it begins at, in characters from 1.
    column: usize,
    /// The line it ends on.
    end_line: usize,
    /// The column behind its end.
    end_column: usize,
}

/// Another place of a finding.
#[derive(Serialize, JsonSchema)]
struct Related<'a> {
    /// The file.
    path: &'a str,
    #[serde(flatten)]
    place: JsonPlace,
    /// The value there.
    key_path: Option<String>,
    /// What is said there; may be empty.
    message: &'a str,
}

/// How many files were looked at, and what was found in them.
#[derive(Serialize, JsonSchema)]
pub(super) struct Summary {
    /// Files that were looked at.
    files: usize,
    /// Findings that are errors.
    errors: usize,
    /// Findings that are warnings.
    warnings: usize,
    /// Findings that are worth knowing.
    infos: usize,
}

/// Prints findings as one JSON document; `files` is how many were looked at.
pub fn json(diagnostics: &[Diagnostic], files: usize) -> serde_json::Result<String> {
    let report = Report {
        schema: SCHEMA,
        kind: "lint",
        findings: diagnostics.iter().map(finding).collect(),
        summary: summary(diagnostics, files),
    };
    let mut text = serde_json::to_string_pretty(&report)?;
    text.push('\n');
    Ok(text)
}

/// Counts findings; `files` is how many were looked at.
pub(super) fn summary(diagnostics: &[Diagnostic], files: usize) -> Summary {
    let count = |severity| {
        let same = diagnostics.iter().filter(|one| one.severity == severity);
        same.count()
    };
    Summary {
        files,
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        infos: count(Severity::Info),
    }
}

pub(super) fn finding(diagnostic: &Diagnostic) -> JsonFinding<'_> {
    let primary = diagnostic.primary();
    JsonFinding {
        code: diagnostic.code,
        name: diagnostic.code.and_then(rule).map(|rule| rule.name),
        severity: word(diagnostic.severity),
        message: &diagnostic.message,
        path: primary.map(|label| label.source.path().as_str()),
        place: primary.map(json_place),
        label: primary.map(|label| label.text.as_str()),
        key_path: diagnostic.path().map(ToString::to_string),
        notes: &diagnostic.notes,
        help: diagnostic.help.as_deref(),
        related: diagnostic.labels.iter().skip(1).map(related).collect(),
    }
}

fn related(label: &Label) -> Related<'_> {
    Related {
        path: label.source.path().as_str(),
        place: json_place(label),
        key_path: label.path.as_ref().map(ToString::to_string),
        message: &label.text,
    }
}

fn json_place(label: &Label) -> JsonPlace {
    let Place { start, end } = place_of(label);
    JsonPlace {
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
    }
}

/// Where a label begins and ends.
pub(super) struct Place {
    pub(super) start: Position,
    pub(super) end: Position,
}

pub(super) fn place_of(label: &Label) -> Place {
    Place {
        start: label.source.position(label.span.start),
        end: label.source.position(label.span.end),
    }
}

//! The findings of a SARIF report: columns count code points.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use super::line_hash::LineHashes;
use super::{Text, level};
use crate::document::{Diagnostic, Label};
use crate::hjson::{ColumnUnit, Position};
use crate::lint::output::findings::Findings;
use crate::lint::output::fix::replacements;
use crate::lint::output::words::explained;

/// What a path needs no escape for in an address; a `:` would end the name of a scheme.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SarifResult {
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_id: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    message: Text,
    locations: Vec<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    partial_fingerprints: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<SarifFix>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifFix {
    description: Text,
    artifact_changes: [ArtifactChange; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange {
    artifact_location: ArtifactLocation,
    replacements: Vec<SarifReplacement>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifReplacement {
    deleted_region: Region,
    inserted_content: Text,
}

/// Turns findings into results; hashes every document once.
pub(super) struct Results<'a> {
    findings: &'a Findings<'a>,
    codes: &'a [&'static str],
    hashes: BTreeMap<String, LineHashes>,
}

impl<'a> Results<'a> {
    /// `codes` are the rules that the report describes, sorted.
    pub(super) fn new(findings: &'a Findings<'a>, codes: &'a [&'static str]) -> Self {
        Self {
            findings,
            codes,
            hashes: BTreeMap::new(),
        }
    }

    /// One finding.
    pub(super) fn result(&mut self, diagnostic: &Diagnostic) -> SarifResult {
        let primary = diagnostic.primary();
        let others = diagnostic.labels.iter().skip(1);
        let hash = primary.and_then(|label| self.hash(label));
        let key = "primaryLocationLineHash";
        SarifResult {
            rule_id: diagnostic.code,
            rule_index: diagnostic
                .code
                .and_then(|code| self.codes.binary_search(&code).ok()),
            level: level(diagnostic.severity),
            message: Text::new(explained(diagnostic)),
            locations: primary
                .map(|label| self.location(label, None))
                .into_iter()
                .collect(),
            related_locations: others
                .map(|label| self.location(label, Some(label.text.as_str())))
                .collect(),
            partial_fingerprints: hash.map(|hash| (key, hash)).into_iter().collect(),
            fixes: self.fix(diagnostic).into_iter().collect(),
        }
    }

    fn hash(&mut self, label: &Label) -> Option<String> {
        let path = label.source.path().to_string();
        let text = label.source.text();
        let hashes = self.hashes.entry(path);
        let hashes = hashes.or_insert_with(|| LineHashes::new(text));
        let line = label.source.position(label.span.start).line;
        hashes.line(line).map(str::to_owned)
    }

    fn location(&self, label: &Label, message: Option<&str>) -> Location {
        let place = |offset| label.source.position(offset);
        Location {
            physical_location: PhysicalLocation {
                artifact_location: self.artifact(label),
                region: region(place(label.span.start), place(label.span.end)),
            },
            message: message.filter(|text| !text.is_empty()).map(Text::new),
        }
    }

    fn artifact(&self, label: &Label) -> ArtifactLocation {
        let path = self.findings.path(label.source.path());
        let escaped = utf8_percent_encode(&path, ESCAPED);
        ArtifactLocation {
            uri: match path.starts_with('/') {
                true => format!("file://{escaped}"),
                false => escaped.to_string(),
            },
        }
    }

    fn fix(&self, diagnostic: &Diagnostic) -> Option<SarifFix> {
        let (label, fix) = (diagnostic.primary()?, diagnostic.fix.as_ref()?);
        let replacements: Vec<_> = replacements(diagnostic, ColumnUnit::Character)
            .into_iter()
            .map(|one| SarifReplacement {
                deleted_region: region(one.start, one.end),
                inserted_content: Text::new(one.text),
            })
            .collect();
        (!replacements.is_empty()).then(|| SarifFix {
            description: Text::new(fix.title.as_str()),
            artifact_changes: [ArtifactChange {
                artifact_location: self.artifact(label),
                replacements,
            }],
        })
    }
}

fn region(start: Position, end: Position) -> Region {
    Region {
        start_line: start.line,
        start_column: start.column,
        end_line: end.line,
        end_column: end.column,
    }
}

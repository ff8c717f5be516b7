//! One JSON document per line: what follows, every finding, and the counts.

use serde::Serialize;

use super::findings::{Findings, OutputError};
use super::json::{JsonFinding, SCHEMA, Summary, finding, summary};

/// A line. The first one is `start`, the last one `summary`: without it the output was cut off.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line<'a> {
    Start { schema: u32, kind: &'static str },
    Finding(JsonFinding<'a>),
    Summary(Summary),
}

/// Prints the lines; the keys of a finding are those of the JSON document.
pub fn jsonl(findings: &Findings<'_>) -> Result<String, OutputError> {
    let start = Line::Start {
        schema: SCHEMA,
        kind: "lint",
    };
    let found = findings.diagnostics.iter();
    let counts = summary(findings.diagnostics, findings.files.len());
    let lines = std::iter::once(start)
        .chain(found.map(|one| Line::Finding(finding(one))))
        .chain([Line::Summary(counts)]);
    let mut text = String::new();
    for line in lines {
        text.push_str(&serde_json::to_string(&line)?);
        text.push('\n');
    }
    Ok(text)
}

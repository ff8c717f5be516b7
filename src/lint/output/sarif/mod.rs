//! SARIF 2.1.0, as GitHub's code scanning takes it.

mod line_hash;
mod results;
mod rules;

use std::collections::BTreeSet;

use serde::Serialize;

use super::findings::{Findings, OutputError};
use super::words::{TOOL, repository};
use crate::document::Severity;
use crate::lint::registry::rule;
use results::{Results, SarifResult};
use rules::ReportingDescriptor;

/// GitHub refuses a report with more results.
const MOST_RESULTS: usize = 25_000;

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    column_kind: &'static str,
    automation_details: AutomationDetails,
    invocations: [Invocation; 1],
    results: Vec<SarifResult>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    information_uri: Option<&'static str>,
    rules: Vec<ReportingDescriptor>,
}

/// Keeps results of several uploads of one commit apart.
#[derive(Serialize)]
struct AutomationDetails {
    id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Text,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

impl Text {
    fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }
}

/// Prints a log with one run. Of more findings than GitHub takes, the worst ones, and a note that says so.
pub fn sarif(findings: &Findings<'_>) -> Result<String, OutputError> {
    let mut reported = findings.diagnostics.iter().collect::<Vec<_>>();
    if reported.len() > MOST_RESULTS {
        reported = findings.worst_first();
        reported.truncate(MOST_RESULTS);
    }
    let left_out = findings.diagnostics.len() - reported.len();
    let codes: BTreeSet<_> = reported.iter().filter_map(|one| one.code).collect();
    let rules: Vec<_> = codes.into_iter().filter_map(rule).collect();
    let codes: Vec<_> = rules.iter().map(|rule| rule.code).collect();
    let mut results = Results::new(findings, &codes);
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: TOOL,
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    information_uri: repository(),
                    rules: rules.into_iter().map(ReportingDescriptor::new).collect(),
                },
            },
            column_kind: "unicodeCodePoints",
            automation_details: AutomationDetails { id: "ddt-lint/" },
            invocations: [invocation(left_out)],
            results: reported.iter().map(|one| results.result(one)).collect(),
        }],
    };
    let mut text = serde_json::to_string_pretty(&log)?;
    text.push('\n');
    Ok(text)
}

fn invocation(left_out: usize) -> Invocation {
    let note = Notification {
        level: "warning",
        message: Text::new(format!(
            "{left_out} of {} findings are left out: a report may have {MOST_RESULTS}",
            left_out + MOST_RESULTS
        )),
    };
    Invocation {
        execution_successful: true,
        tool_execution_notifications: (left_out > 0).then_some(note).into_iter().collect(),
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

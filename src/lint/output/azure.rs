//! Log commands of Azure Pipelines, one per line. Azure knows errors and warnings: an info message is a warning.

use super::findings::Findings;
use super::words::{code, explained};
use crate::document::{Diagnostic, Severity};

/// Prints a `task.logissue` command per finding.
pub fn azure(findings: &Findings<'_>) -> String {
    let commands = findings.diagnostics.iter();
    commands.map(|one| command(findings, one)).collect()
}

fn command(findings: &Findings<'_>, diagnostic: &Diagnostic) -> String {
    let place = diagnostic.primary().map(|label| {
        let path = property(&findings.path(label.source.path()));
        let start = label.source.position(label.span.start);
        format!(
            "sourcepath={path};linenumber={};columnnumber={};",
            start.line, start.column
        )
    });
    format!(
        "##vso[task.logissue type={};{}code={};]{}\n",
        level(diagnostic.severity),
        place.unwrap_or_default(),
        code(diagnostic),
        data(&explained(diagnostic))
    )
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning | Severity::Info => "warning",
    }
}

/// The message of a command.
fn data(text: &str) -> String {
    text.replace('%', "%AZP25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The value of a property of a command.
fn property(text: &str) -> String {
    data(text).replace(';', "%3B").replace(']', "%5D")
}

//! A JUnit report: a suite per file, a failed case per error or warning.
//!
//! A file without findings is one passed case. An info message never fails anything: its case passes and says it.

use std::io;

use camino::Utf8Path;
use quick_xml::events::BytesText;

use super::findings::{Findings, OutputError};
use super::words::{TOOL, code, explained, place, word};
use super::xml::{self, Xml, allowed};
use crate::document::{Diagnostic, Severity};

/// How many cases a suite has, and how many of them failed.
struct Counts {
    tests: String,
    failures: String,
}

/// Prints the report.
pub fn junit(findings: &Findings<'_>) -> Result<String, OutputError> {
    let files = findings.by_file();
    let cases = files.values().map(|found| found.len().max(1)).sum();
    let all: Vec<_> = files.values().flatten().copied().collect();
    let total = Counts::of(&all, cases);
    let text = xml::document(|xml| {
        let suites = xml.create_element("testsuites").with_attributes([
            ("name", "ddt lint"),
            ("tests", &total.tests),
            ("failures", &total.failures),
            ("errors", "0"),
        ]);
        let write_suites = |xml: &mut Xml| {
            let mut files = files.iter();
            files.try_for_each(|(file, found)| suite(xml, findings, (file, found)))
        };
        suites.write_inner_content(write_suites).map(|_| ())
    })?;
    Ok(text)
}

impl Counts {
    fn of(found: &[&Diagnostic], tests: usize) -> Self {
        let failures = found.iter().filter(|one| fails(one)).count();
        Self {
            tests: tests.to_string(),
            failures: failures.to_string(),
        }
    }
}

fn suite(
    xml: &mut Xml,
    findings: &Findings<'_>,
    (file, found): (&Utf8Path, &[&Diagnostic]),
) -> io::Result<()> {
    let counts = Counts::of(found, found.len().max(1));
    let path = allowed(&findings.path(file));
    let suite = xml.create_element("testsuite").with_attributes([
        ("name", path.as_str()),
        ("tests", &counts.tests),
        ("failures", &counts.failures),
        ("errors", "0"),
        ("file", &path),
    ]);
    let write_cases = |xml: &mut Xml| match found {
        [] => passed(xml, &path),
        found => found.iter().try_for_each(|one| case(xml, findings, one)),
    };
    suite.write_inner_content(write_cases).map(|_| ())
}

fn passed(xml: &mut Xml, path: &str) -> io::Result<()> {
    let case = xml.create_element("testcase").with_attributes([
        ("classname", TOOL),
        ("name", path),
        ("file", path),
    ]);
    case.write_empty().map(|_| ())
}

fn case(xml: &mut Xml, findings: &Findings<'_>, diagnostic: &Diagnostic) -> io::Result<()> {
    let path = allowed(&findings.path_of(diagnostic).unwrap_or_default());
    let start = diagnostic
        .primary()
        .map(|label| label.source.position(label.span.start));
    let line = start.map_or(1, |start| start.line).to_string();
    let message = allowed(&diagnostic.message);
    let name = match start {
        Some(start) => format!("{start}: {message}"),
        None => message.clone(),
    };
    let place = place(diagnostic, |path| findings.path(path));
    let body = allowed(&format!("{place}{}", explained(diagnostic)));
    let case = xml.create_element("testcase").with_attributes([
        ("classname", code(diagnostic)),
        ("name", &name),
        ("file", &path),
        ("line", &line),
    ]);
    let write_result = |xml: &mut Xml| {
        let result = match fails(diagnostic) {
            true => xml.create_element("failure").with_attributes([
                ("message", message.as_str()),
                ("type", word(diagnostic.severity)),
            ]),
            false => xml.create_element("system-out"),
        };
        result.write_text_content(BytesText::new(&body)).map(|_| ())
    };
    case.write_inner_content(write_result).map(|_| ())
}

fn fails(diagnostic: &Diagnostic) -> bool {
    diagnostic.severity > Severity::Info
}

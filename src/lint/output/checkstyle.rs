//! A Checkstyle report: a `file` element for every file that was looked at.

use std::io;

use super::findings::{Findings, OutputError};
use super::words::{code, explained, word};
use super::xml::{self, Xml, allowed};
use crate::document::Diagnostic;

/// The version of Checkstyle whose shape is printed; readers ask for one.
const VERSION: &str = "4.3";

/// Prints the report.
pub fn checkstyle(findings: &Findings<'_>) -> Result<String, OutputError> {
    let text = xml::document(|xml| {
        let root = xml
            .create_element("checkstyle")
            .with_attribute(("version", VERSION));
        let files = findings.by_file();
        let write_files = |xml: &mut Xml| {
            let mut files = files.iter();
            files.try_for_each(|(path, found)| file(xml, findings.path(path), found))
        };
        root.write_inner_content(write_files).map(|_| ())
    })?;
    Ok(text)
}

fn file(xml: &mut Xml, path: String, found: &[&Diagnostic]) -> io::Result<()> {
    let file = xml
        .create_element("file")
        .with_attribute(("name", allowed(&path).as_str()));
    match found.is_empty() {
        true => file.write_empty().map(|_| ()),
        false => file
            .write_inner_content(|xml| found.iter().try_for_each(|one| error(xml, one)))
            .map(|_| ()),
    }
}

fn error(xml: &mut Xml, diagnostic: &Diagnostic) -> io::Result<()> {
    let start = diagnostic
        .primary()
        .map(|label| label.source.position(label.span.start));
    let (line, column) = start.map_or((1, 1), |start| (start.line, start.column));
    let error = xml.create_element("error").with_attributes([
        ("line", line.to_string().as_str()),
        ("column", &column.to_string()),
        ("severity", word(diagnostic.severity)),
        ("message", &allowed(&explained(diagnostic))),
        ("source", &format!("ddt.{}", code(diagnostic))),
    ]);
    error.write_empty().map(|_| ())
}

//! DDT706 edited-lock: `ddt.lock` is not byte for byte what `ddt lock` writes.

use crate::bundle::{LockFile, LockFileError};
use crate::document::{Severity, Source};
use crate::hjson::{KeyPath, Span};
use crate::lint::finding::{Finding, Place};
use crate::lint::rule::{Activation, Check, Fixable, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT706",
    name: "edited-lock",
    severity: Severity::Error,
    fixable: Fixable::No,
    default: Activation::On,
    summary: "`ddt.lock` is not what `ddt lock` writes",
    docs: RuleDocs {
        why: "Nobody but ddt writes `ddt.lock`, so that no change of it goes unnoticed. One that differs \
            by a byte is refused by every verb that reads a manifest beside it. It is looked at where it is \
            named, `ddt lint ddt.lock`, and by no other rule.",
        fix: "Restore the file from version control, or delete it, and run `ddt lock` on every manifest \
            beside it. After a merge conflict take one side first.",
        bad: include_str!("../../../fixtures/lint/DDT706/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT706/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Lock(check)],
};

fn check(source: &Source) -> Vec<Finding> {
    let read = LockFile::read(source.path().as_str(), source.text().as_bytes());
    let finding = |error: LockFileError| {
        let (place, text) = place(&error, source);
        Finding::new(format!("the lock file is not usable: {error}"))
            .at(place, text)
            .help(LockFileError::HELP)
    };
    read.err().map(finding).into_iter().collect()
}

/// Where it shows, and what is to be said there.
fn place(error: &LockFileError, source: &Source) -> (Place, String) {
    let (span, said) = match error {
        LockFileError::Version(_) => {
            return (Place::Value(KeyPath::from(["lock"])), String::new());
        }
        LockFileError::Edited(line) => (line_span(source.text(), *line), String::new()),
        LockFileError::Document(faults) => {
            let first = faults.first();
            let span = first.and_then(|fault| Some(fault.primary()?.span));
            let said = first.map(|fault| fault.message.clone());
            (span.unwrap_or(Span::new(0, 0)), said.unwrap_or_default())
        }
    };
    (Place::Text(KeyPath::root(), span), said)
}

/// The bytes of a line, from 1; where there is none, the end.
fn line_span(text: &str, line: usize) -> Span {
    let before = text.split_inclusive('\n').take(line.saturating_sub(1));
    let start: usize = before.map(str::len).sum();
    let length = text[start..].lines().next().map_or(0, str::len);
    Span::new(start, start + length)
}

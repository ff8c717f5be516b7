//! DDT107 invisible-character: a key or an unquoted value holds a character that cannot be seen.

use crate::document::Severity;
use crate::hjson::{KeyPath, Span, Style};
use crate::lint::context::TextContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};
use crate::lint::text::{invisible_name, shorten, value_of};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT107",
    name: "invisible-character",
    severity: Severity::Error,
    default: Activation::On,
    summary: "a key or an unquoted value holds a character that cannot be seen",
    docs: RuleDocs {
        why: "A no-break space before a key, copied from a web page, is part of the key: \
            the key looks right and is another one. Text direction marks can make a \
            value look like a different one.",
        fix: "Delete the character, or write it as `\\uXXXX` in double quotes.",
        bad: include_str!("../../../fixtures/lint/DDT107/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT107/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Text(check)],
};

fn check(text: &TextContext<'_>) -> Vec<Finding> {
    let mut findings = text.each_value(|walk, _| {
        let key = walk.member()?.key;
        let subject = format!("key `{}`", shorten(&key.text()));
        invisible(key.raw(), key.span().start, &subject, || walk.path())
    });
    findings.extend(text.each_value(|walk, value| {
        let raw = value.raw();
        let is_quoteless = value.style() == Some(Style::Quoteless);
        let start = value.span().start;
        is_quoteless
            .then(|| invisible(raw, start, &value_of(walk), || walk.path()))
            .flatten()
    }));
    findings
}

/// The first invisible character of a text that begins at `start`.
fn invisible(
    raw: &str,
    start: usize,
    subject: &str,
    path: impl FnOnce() -> KeyPath,
) -> Option<Finding> {
    let named = |(at, character)| Some((at, character, invisible_name(character)?));
    let (at, character, name) = raw.char_indices().find_map(named)?;
    let code = u32::from(character);
    let span = Span::new(start + at, start + at + character.len_utf8());
    Some(
        Finding::new(format!("U+{code:04X} ({name}) in {subject}"))
            .at(Place::Text(path(), span), "")
            .help("delete it"),
    )
}

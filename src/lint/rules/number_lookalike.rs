//! DDT106 number-lookalike: a text that looks like a number is read as another number.

use crate::document::{Fix, Severity};
use crate::hjson::{Edit, KeyPath, Kind, Value};
use crate::lint::context::TextContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::kind::DocumentKind;
use crate::lint::rule::{Activation, Check, Fixable, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT106",
    name: "number-lookalike",
    severity: Severity::Error,
    default: Activation::On,
    fixable: Fixable::Either,
    summary: "a text that looks like a number is read as another number",
    docs: RuleDocs {
        why: "Without quotes `3.10` is a number, and numbers have no trailing zeros: it is \
            read as 3.1. `1e3` becomes 1000. ddt keeps the digits where it expects a \
            text, but a bundle that gets the value in its `config`, and every other \
            tool, gets the number.",
        fix: "Put the value in double quotes if it is a text; else write the number as it \
            is read.",
        bad: include_str!("../../../fixtures/lint/DDT106/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT106/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Text(check)],
};

fn check(text: &TextContext<'_>) -> Vec<Finding> {
    text.each_value(|walk, value| {
        if value.kind() != Kind::Number {
            return None;
        }
        let raw = value.raw();
        let number = read_as(raw)?;
        (number != raw).then(|| {
            Finding::new(format!("`{raw}` is read as the number {number}"))
                .at(Place::Text(walk.path(), value.span()), "")
                .help(format!(
                    "write `\"{raw}\"` if it is a text, else `{number}`"
                ))
                .fix(quoted(text.kind, &walk.path(), value))
        })
    })
}

/// The number as most tools print it after reading it.
fn read_as(raw: &str) -> Option<String> {
    if is_plain(raw) {
        return Some(raw.to_owned());
    }
    let printed = format!("{:?}", raw.parse::<f64>().ok()?);
    Some(printed.strip_suffix(".0").unwrap_or(&printed).to_owned())
}

/// Whether every tool reads and prints these digits alike: a short number without signs and points.
fn is_plain(raw: &str) -> bool {
    let is_short = (1..=15).contains(&raw.len());
    is_short && raw.bytes().all(|byte| byte.is_ascii_digit()) && !raw.starts_with('0')
}

/// Puts the digits in quotes. Where ddt takes a text it takes the same one then; a bundle would get another value.
fn quoted(kind: DocumentKind, path: &KeyPath, value: Value<'_>) -> Fix {
    let raw = value.raw();
    let title = format!("put `{raw}` in double quotes");
    let edits = vec![Edit::new(value.span(), format!("\"{raw}\""))];
    match kind.schema().is_some_and(|schema| schema.takes_text(path)) {
        true => Fix::safe(title, edits),
        false => Fix::guess(title, edits),
    }
}

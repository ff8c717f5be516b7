//! DDT106 number-lookalike: a text that looks like a number is read as another number.

use crate::document::Severity;
use crate::hjson::Kind;
use crate::lint::context::TextContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT106",
    name: "number-lookalike",
    severity: Severity::Error,
    default: Activation::On,
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
        let raw = value.raw();
        let number = read_as(raw).filter(|_| value.kind() == Kind::Number)?;
        (number != raw).then(|| {
            Finding::new(format!("`{raw}` is read as the number {number}"))
                .at(Place::Value(walk.path()), "")
                .help(format!(
                    "write `\"{raw}\"` if it is a text, else `{number}`"
                ))
        })
    })
}

/// The number as most tools print it after reading it.
fn read_as(raw: &str) -> Option<String> {
    let printed = format!("{:?}", raw.parse::<f64>().ok()?);
    Some(printed.strip_suffix(".0").unwrap_or(&printed).to_owned())
}

//! DDT101 swallowed-member: a key without a value swallowed the line below it.

use crate::document::Severity;
use crate::hjson::KeyPath;
use crate::lint::context::TextContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};
use crate::lint::text::{Swallower, shorten, swallower};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT101",
    name: "swallowed-member",
    severity: Severity::Error,
    default: Activation::On,
    summary: "a key without a value swallowed the line below it",
    docs: RuleDocs {
        why: "In HJSON a value may start on the line after its key. If the value is \
            missing, the next line is read as the value, and its member is gone without \
            any error: here the package would have the tag `artifrepo: …` and no repo.",
        fix: "Write the value on the line of its key.",
        bad: include_str!("../../../fixtures/lint/DDT101/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT101/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Text(check)],
};

fn check(text: &TextContext<'_>) -> Vec<Finding> {
    text.each_value(|walk, _| {
        let swallowed = swallower(text, walk.member()?)?;
        let is_empty = swallowed.comment.is_none();
        is_empty.then(|| finding(&swallowed, walk.path()))
    })
}

fn finding(swallowed: &Swallower<'_>, path: KeyPath) -> Finding {
    let key = shorten(&swallowed.member.key.text());
    let value = Place::Text(path.clone(), swallowed.member.value.span());
    Finding::new(format!("`{key}` has no value; it swallowed the next line"))
        .at(Place::Key(path), "value missing here")
        .at(value, format!("parsed as the value of `{key}`"))
        .note("an HJSON value may start on the following line")
        .help(match key.as_str() {
            "tag" => "write `tag: MAJOR.MINOR.PATCH-YYYYMMDDTHHMMSSZ_sha`".to_owned(),
            _ => format!("write `{key}: VALUE` on one line"),
        })
}

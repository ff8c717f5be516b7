//! DDT208 mixed-quoting: a key is in quotes here and without them elsewhere.

use std::collections::BTreeSet;

use crate::document::Severity;
use crate::hjson::{Member, Style};
use crate::lint::context::TextContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::rule::{Activation, Check, Given, Rule, RuleDocs};
use crate::lint::text::shorten;

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT208",
    name: "mixed-quoting",
    severity: Severity::Info,
    default: Activation::On,
    summary: "a key is in quotes here and without them elsewhere",
    docs: RuleDocs {
        why: "Both mean the same; a search for one of them misses the other.",
        fix: "Remove the quotes.",
        bad: include_str!("../../../fixtures/lint/DDT208/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT208/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Text(check)],
};

fn check(text: &TextContext<'_>) -> Vec<Finding> {
    let mut walk = text.tree.walk();
    let mut unquoted = BTreeSet::new();
    while walk.next().is_some() {
        let bare = walk.member().filter(|member| !is_quoted(member));
        unquoted.extend(bare.map(|member| member.key.text().into_owned()));
    }
    text.each_value(|walk, _| {
        let member = walk.member().filter(is_quoted)?;
        let key = member.key.text();
        unquoted.contains(key.as_ref()).then(|| {
            Finding::new(format!(
                "`{}` is in quotes here, and without them elsewhere",
                shorten(&key)
            ))
            .at(Place::Text(walk.path(), member.key.span()), "")
            .help("remove the quotes")
        })
    })
}

fn is_quoted(member: &Member<'_>) -> bool {
    member.key.style() != Style::Quoteless
}

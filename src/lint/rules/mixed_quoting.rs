//! DDT208 mixed-quoting: a key is in quotes here and without them elsewhere.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::document::{Fix, Severity};
use crate::hjson::{Edit, Member, Style};
use crate::lint::context::TextContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::rule::{Activation, Check, Fixable, Given, Rule, RuleDocs};
use crate::lint::text::shorten;

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT208",
    name: "mixed-quoting",
    severity: Severity::Info,
    default: Activation::On,
    fixable: Fixable::Safely,
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
    let unquoted = unquoted(text);
    if unquoted.is_empty() {
        return Vec::new();
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
            .fix(Fix::safe(
                "remove the quotes",
                vec![Edit::new(member.key.span(), key)],
            ))
        })
    })
}

/// The keys without quotes; none where no other key has them.
fn unquoted<'a>(text: &TextContext<'a>) -> HashSet<Cow<'a, str>> {
    let mut unquoted = HashSet::new();
    let mut has_quoted = false;
    let mut walk = text.tree.walk();
    while walk.next().is_some() {
        match walk.member() {
            Some(member) if is_quoted(&member) => has_quoted = true,
            Some(member) => _ = unquoted.insert(member.key.text()),
            None => {}
        }
    }
    match has_quoted {
        true => unquoted,
        false => HashSet::new(),
    }
}

fn is_quoted(member: &Member<'_>) -> bool {
    member.key.style() != Style::Quoteless
}

//! DDT110 braceless-root: the document has no braces around it.

use crate::document::{Fix, Severity};
use crate::hjson::{Edit, KeyPath};
use crate::lint::context::TextContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::fixes::line_break;
use crate::lint::rule::{Activation, Check, Fixable, Given, Rule, RuleDocs};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT110",
    name: "braceless-root",
    severity: Severity::Info,
    default: Activation::On,
    fixable: Fixable::Safely,
    summary: "the document has no braces around it",
    docs: RuleDocs {
        why: "The HJSON standard allows it, but some parsers and most editors do not.",
        fix: "Put `{` at the start and `}` at the end.",
        bad: include_str!("../../../fixtures/lint/DDT110/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT110/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Text(check)],
};

fn check(text: &TextContext<'_>) -> Vec<Finding> {
    let root = text.tree.root().filter(|root| root.is_braceless());
    let first = root.and_then(|root| root.members().next());
    let finding = first.map(|member| {
        Finding::new("the document has no braces around it, which some parsers reject")
            .at(Place::Text(KeyPath::root(), member.key.span()), "")
            .help("put it between `{` and `}`")
            .fix(Fix::safe(
                "put it between `{` and `}`",
                braces(text.source.text()),
            ))
    });
    finding.into_iter().collect()
}

/// Puts braces around a text on lines of their own, and its lines further in. A multiline string keeps its value, because
/// all of it moves.
fn braces(text: &str) -> Vec<Edit> {
    let line_break = line_break(text);
    let start = text.len() - text.trim_start_matches('\u{feff}').len();
    let mut edits = vec![Edit::insert(start, format!("{{{line_break}"))];
    let mut offset = start;
    for line in text[start..].split_inclusive('\n') {
        let is_blank = line.trim().is_empty();
        edits.extend((!is_blank).then(|| Edit::insert(offset, "  ")));
        offset += line.len();
    }
    let missing = if text.ends_with('\n') { "" } else { line_break };
    edits.push(Edit::insert(text.len(), format!("{missing}}}{line_break}")));
    edits
}

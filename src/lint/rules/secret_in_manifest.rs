//! DDT705 secret-in-manifest: a document holds what looks like a credential.

use crate::document::Severity;
use crate::hjson::KeyPath;
use crate::lint::context::TextContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::rule::{Activation, Check, Fixable, Given, Rule, RuleDocs};
use crate::lint::secrets;

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT705",
    name: "secret-in-manifest",
    severity: Severity::Error,
    fixable: Fixable::No,
    default: Activation::On,
    summary: "a document holds what looks like a credential",
    docs: RuleDocs {
        why: "Documents are committed, reviewed, mailed and logged: whatever they hold is known to \
            all who ever had them. The rule knows private keys, tokens by the beginnings \
            their issuers gave them, and `USER:PASSWORD@HOST`; comments are looked at, too. \
            Messages never repeat what was found.",
        fix: "Revoke it first, it is no secret any more. Then name it in the bundle's `secrets`, \
            and keep it in a vault.",
        bad: include_str!("../../../fixtures/lint/DDT705/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT705/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Text(check)],
};

fn check(context: &TextContext<'_>) -> Vec<Finding> {
    let secrets = secrets::find(context.source.text()).into_iter();
    let found = secrets.map(|secret| {
        Finding::new(format!("this looks like {} (not shown)", secret.kind))
            .at(Place::Text(KeyPath::root(), secret.span), "")
            .help("revoke it, and keep its successor in a vault")
    });
    found.collect()
}

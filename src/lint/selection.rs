//! Which rules count, and how much.

use std::str::FromStr;

use super::registry::{RULES, rule};
use super::rule::Rule;
use crate::document::{Diagnostic, Severity, closest};

/// Names one rule, or all rules whose code begins alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleSelector {
    /// The rule with this code.
    One(&'static str),
    /// Every rule whose code begins so: `DDT3`.
    Prefix(String),
}

/// A selector that selects nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no rule is called `{written}`{}", suggestion(.meant.as_ref()))]
pub struct UnknownRule {
    /// What was written.
    pub written: String,
    /// What was probably meant.
    pub meant: Option<String>,
}

fn suggestion(rule: Option<&String>) -> String {
    rule.map_or_else(String::new, |rule| format!("; did you mean `{rule}`?"))
}

impl RuleSelector {
    /// Whether a rule is meant.
    pub fn selects(&self, rule: &Rule) -> bool {
        match self {
            Self::One(code) => rule.code == *code,
            Self::Prefix(prefix) => rule.code.starts_with(prefix),
        }
    }
}

impl FromStr for RuleSelector {
    type Err = UnknownRule;

    fn from_str(text: &str) -> Result<Self, UnknownRule> {
        let code = text.to_ascii_uppercase();
        let exact = RULES
            .iter()
            .find(|rule| rule.code == code || rule.name == text);
        if let Some(rule) = exact {
            return Ok(Self::One(rule.code));
        }
        if code.len() > 3 && RULES.iter().any(|rule| rule.code.starts_with(&code)) {
            return Ok(Self::Prefix(code));
        }
        let names = RULES.iter().map(|rule| rule.name);
        let codes = RULES.iter().map(|rule| rule.code);
        Err(UnknownRule {
            meant: closest(text, names.chain(codes)).map(str::to_owned),
            written: text.to_owned(),
        })
    }
}

/// What the user wants to hear about. By default every rule counts as it says itself.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Only these rules; none means all that are on by default.
    pub select: Vec<RuleSelector>,
    /// Not these rules. Syntax errors are reported all the same.
    pub ignore: Vec<RuleSelector>,
    /// How bad findings of these rules are; the last one that fits counts.
    pub severities: Vec<(RuleSelector, Severity)>,
}

impl Selection {
    /// Whether a finding counts; if so, it gets the severity that was asked for.
    pub(super) fn keep(&self, diagnostic: &mut Diagnostic) -> bool {
        let Some(rule) = diagnostic
            .code
            .and_then(rule)
            .filter(|rule| rule.is_ignorable())
        else {
            return true;
        };
        let names = |selectors: &[RuleSelector]| selectors.iter().any(|one| one.selects(rule));
        let wanted = self.severities.iter().rev();
        if let Some((_, severity)) = wanted.clone().find(|(selector, _)| selector.selects(rule)) {
            diagnostic.severity = *severity;
        }
        let is_selected = match self.select.is_empty() {
            true => rule.is_on_by_default(),
            false => names(&self.select),
        };
        is_selected && !names(&self.ignore)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_a_rule_by_code_name_or_prefix() {
        let parse = |text: &str| text.parse::<RuleSelector>();
        assert_eq!(parse("ddt101"), Ok(RuleSelector::One("DDT101")));
        assert_eq!(parse("swallowed-member"), Ok(RuleSelector::One("DDT101")));
        assert_eq!(parse("DDT3"), Ok(RuleSelector::Prefix("DDT3".into())));
    }

    #[test]
    fn says_what_was_meant() {
        let error = |text: &str| {
            text.parse::<RuleSelector>()
                .map_err(|error| error.to_string())
        };
        insta::assert_debug_snapshot!(
            [error("swalowed-member"), error("DDT"), error("DDT999")],
            @r#"
        [
            Err(
                "no rule is called `swalowed-member`; did you mean `swallowed-member`?",
            ),
            Err(
                "no rule is called `DDT`",
            ),
            Err(
                "no rule is called `DDT999`; did you mean `DDT109`?",
            ),
        ]
        "#
        );
    }
}

//! How rules are named: by code, by name, or by the beginning of codes.

use std::str::FromStr;

use crate::document::closest;
use crate::lint::registry::RULES;
use crate::lint::rule::Rule;

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

    /// How closely it says which rules are meant.
    pub(super) fn precision(&self) -> usize {
        match self {
            Self::One(_) => usize::MAX,
            Self::Prefix(prefix) => prefix.len(),
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

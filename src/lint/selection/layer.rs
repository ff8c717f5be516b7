//! What one place says about rules: the command line, or a part of `ddt.hjson`.

use super::selector::RuleSelector;
use crate::document::Severity;
use crate::lint::rule::{Activation, Rule};

/// What one place says about rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layer {
    /// Only these rules; none means that nothing is said about it.
    pub select: Vec<RuleSelector>,
    /// Not these rules.
    pub ignore: Vec<RuleSelector>,
    /// How bad findings of these rules are; the last one that fits counts.
    pub severities: Vec<(RuleSelector, Severity)>,
}

impl Layer {
    /// Whether a rule counts; `None` where nothing is said about it.
    pub(super) fn activation(&self, rule: &Rule) -> Option<Activation> {
        let names = |selectors: &[RuleSelector]| selectors.iter().any(|one| one.selects(rule));
        if names(&self.ignore) {
            return Some(Activation::Off);
        }
        if self.select.is_empty() {
            let has_level = self.severity(rule).is_some();
            return has_level.then_some(Activation::On);
        }
        match names(&self.select) {
            true => Some(Activation::On),
            false => Some(Activation::Off),
        }
    }

    /// How bad findings of a rule are; `None` where nothing is said about it.
    pub(super) fn severity(&self, rule: &Rule) -> Option<Severity> {
        let mut stated = self.severities.iter().rev();
        let (_, severity) = stated.find(|(selector, _)| selector.selects(rule))?;
        Some(*severity)
    }
}

//! What the profiles change.

use crate::document::Severity;
use crate::lint::rule::{Activation, Rule};
use crate::project::Profile;

/// Warnings of what goes wrong later: errors in `strict`.
const STRICT_ERRORS: [&str; 6] = ["DDT303", "DDT306", "DDT405", "DDT407", "DDT504", "DDT603"];

/// What is not pinned, not uniform or out of date: errors in `hardened`.
const HARDENED_ERRORS: [&str; 5] = ["DDT502", "DDT701", "DDT901", "DDT903", "DDT905"];

/// Whether a rule counts where nobody says otherwise.
pub(super) fn activation(profile: Profile, rule: &Rule) -> Activation {
    match profile {
        Profile::Default => rule.default,
        Profile::Strict | Profile::Hardened => Activation::On,
    }
}

/// How bad findings of a rule are; `None` where they are as bad as the rule says.
pub(super) fn severity(profile: Profile, rule: &Rule) -> Option<Severity> {
    let is_error = match profile {
        Profile::Default => false,
        Profile::Strict => STRICT_ERRORS.contains(&rule.code),
        Profile::Hardened => {
            STRICT_ERRORS.contains(&rule.code) || HARDENED_ERRORS.contains(&rule.code)
        }
    };
    is_error.then_some(Severity::Error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::registry::rule;

    #[test]
    fn a_profile_raises_what_is_not_an_error_anyway() {
        for code in STRICT_ERRORS.iter().chain(&HARDENED_ERRORS) {
            let Some(rule) = rule(code) else { continue };
            let is_raised = rule.severity != Severity::Error || rule.code == "DDT903";
            assert!(is_raised, "{code}");
        }
    }

    #[test]
    fn each_profile_is_at_least_as_strict_as_the_one_before() {
        for rule in crate::lint::RULES {
            let level = |profile| severity(profile, rule).unwrap_or(rule.severity);
            assert!(
                level(Profile::Default) <= level(Profile::Strict),
                "{}",
                rule.code
            );
            assert!(
                level(Profile::Strict) <= level(Profile::Hardened),
                "{}",
                rule.code
            );
        }
    }
}

//! The one list of rules, by code.

use super::rule::Rule;
use super::rules;

/// Every rule, sorted by code.
pub static RULES: &[&Rule] = &[
    &rules::invalid_syntax::RULE,
    &rules::unclosed_delimiter::RULE,
    &rules::invalid_encoding::RULE,
    &rules::unterminated_comment::RULE,
    &rules::too_deep::RULE,
    &rules::swallowed_member::RULE,
    &rules::swallowed_comment::RULE,
    &rules::swallowed_comma::RULE,
    &rules::hash_value::RULE,
    &rules::duplicate_key::RULE,
    &rules::number_lookalike::RULE,
    &rules::invisible_character::RULE,
    &rules::single_quoted::RULE,
    &rules::missing_separator::RULE,
    &rules::braceless_root::RULE,
    &rules::unknown_key::RULE,
    &rules::missing_key::RULE,
    &rules::wrong_type::RULE,
    &rules::invalid_boolean::RULE,
    &rules::unknown_package::RULE,
    &rules::misplaced_key::RULE,
    &rules::empty_value::RULE,
    &rules::mixed_quoting::RULE,
    &rules::malformed_tag::RULE,
    &rules::impossible_timestamp::RULE,
    &rules::future_timestamp::RULE,
    &rules::leading_zero::RULE,
    &rules::malformed_sha::RULE,
    &rules::sha_version_conflict::RULE,
    &rules::version_sha_conflict::RULE,
    &rules::floating_tag::RULE,
    &rules::stale_tag::RULE,
    &rules::written_order::RULE,
    &rules::incomplete_fresh_set::RULE,
    &rules::boot_in_upgrade::RULE,
    &rules::misplaced_forcereboot::RULE,
    &rules::boot_without_reboot::RULE,
    &rules::config_mismatch::RULE,
    &rules::cyclic_order::RULE,
    &rules::unset_stage::RULE,
    &rules::mixed_majors::RULE,
    &rules::mixed_repos::RULE,
    &rules::invalid_repo_host::RULE,
    &rules::unknown_mzone::RULE,
    &rules::conflicting_targets::RULE,
    &rules::downgrade::RULE,
    &rules::major_change::RULE,
    &rules::time_regression::RULE,
    &rules::mutable_tag::RULE,
    &rules::upgrade_gap::RULE,
    &rules::no_op::RULE,
    &rules::unused_suppression::RULE,
    &rules::unknown_rule::RULE,
    &rules::suppression_policy::RULE,
    &rules::swallowed_suppression::RULE,
];

/// The rule with a code.
pub fn rule(code: &str) -> Option<&'static Rule> {
    let index = RULES.binary_search_by(|rule| rule.code.cmp(code)).ok()?;
    Some(RULES[index])
}

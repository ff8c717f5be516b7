//! The section `lint` of the project configuration: what a team wants the linter to find.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::pattern::PathPattern;
use crate::document::Severity;
use crate::name::Name;
use crate::reference::RegistryHost;

/// What the linter finds, and how much it counts. A rule is named by its code, its name, or
/// the beginning of codes (`DDT5`). The command line goes before all of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LintSettings {
    /// How strict the rules are to begin with.
    #[serde(skip_serializing_if = "Profile::is_default")]
    pub profile: Profile,
    /// Only these rules; none means all that are on by default.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub select: Vec<String>,
    /// Not these rules.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ignore: Vec<String>,
    /// How bad findings are, by rule: `error`, `warning` or `info`. A rule that is off by
    /// default is switched on by it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub severity: BTreeMap<String, Severity>,
    /// What is different for some files; a later entry goes before an earlier one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<LintOverride>,
    /// Files that are left out when directories and patterns are searched. A file that is
    /// named is linted all the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<PathPattern>,
    /// Rules that nobody can ignore: not here, not on the command line, not by a comment,
    /// not by a baseline.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unignorable: Vec<String>,
    /// The file of findings that are known and accepted; written by `--write-baseline`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub baseline: Option<Utf8PathBuf>,
    /// Zones whose nodes should not reboot unnoticed, besides those whose inventory says
    /// `protected: yes`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub protected_mzones: Vec<Name>,
    /// Protected zones whose nodes may reboot: somebody has thought about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub acknowledged_reboots: Vec<Name>,
    /// The only registries that bundles may come from; none means any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trusted_registries: Vec<RegistryHost>,
}

/// What is different for some files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LintOverride {
    /// The files that are meant.
    pub paths: Vec<PathPattern>,
    /// Not these rules.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignore: Vec<String>,
    /// How bad findings are, by rule.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub severity: BTreeMap<String, Severity>,
}

/// How strict the rules are to begin with.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// Every rule as its page says
    #[default]
    Default,
    /// Rules that are off by default are on, and warnings of what goes wrong later are errors
    Strict,
    /// Strict, and whatever is not pinned, not uniform or out of date is an error
    Hardened,
}

impl LintSettings {
    /// Whether nothing is set.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Profile {
    /// Whether it is the one that nobody has to ask for.
    pub fn is_default(&self) -> bool {
        *self == Self::Default
    }
}

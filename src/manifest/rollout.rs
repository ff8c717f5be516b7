//! The `rollout` of a manifest: how a run goes through a zone.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bundle::Timeout;
use crate::document::YesNo;
use crate::share::Share;

/// How a run goes through a zone, and what it does where something fails. Every key may be
/// left out; a flag of `ddt deploy` wins over its key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Rollout {
    /// `lockstep` (the default): a package on every node, then the next package; `free`:
    /// each node goes on to its next package at its own pace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strategy: Option<Strategy>,
    /// How many nodes go first, with all their packages; the others begin once these are
    /// ready. None by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canaries: Option<u32>,
    /// On how many nodes something may be done, or reboot, at the same time: a number such
    /// as `8`, or a percentage such as `20%`. All by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_in_flight: Option<Share>,
    /// How many nodes go together, batch after batch, such as `[ 1, 5, "20%" ]`; the last
    /// one repeats. All at once by default.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub batches: Vec<Share>,
    /// How many nodes may fail, those that cannot be reached included, before nothing more
    /// begins: a number such as `3`, or a percentage such as `10%`. 0 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_failures: Option<Share>,
    /// Which nodes go before others, as `--limit` writes them: `[ "rack=a1", "node-7" ]`.
    /// By name by default.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<String>,
    /// How long to wait after a batch: `90s`, `10m`, `1h`. Not at all by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pause_between: Option<Timeout>,
    /// A program and its arguments, run by ddt after each batch; where it fails, nothing
    /// more begins: `[ "./healthy", "--strict" ]`, relative to this file. None by default.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub health: Vec<String>,
    /// How often steps that failed are run again, where the bundle says `idempotent: yes`.
    /// 0 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step_retries: Option<u32>,
    /// Whether a run that fails goes back to the releases before it: `yes` or `no` (the
    /// default).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollback_on_failure: Option<YesNo>,
}

/// Which tasks go together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// A package on every node, then the next package.
    #[default]
    Lockstep,
    /// Each node at its own pace.
    Free,
}

impl Strategy {
    /// The word of every document and output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Lockstep => "lockstep",
            Self::Free => "free",
        }
    }
}

impl Rollout {
    /// Fills what is not set from `defaults`.
    pub fn or(self, defaults: Self) -> Self {
        Self {
            strategy: self.strategy.or(defaults.strategy),
            canaries: self.canaries.or(defaults.canaries),
            max_in_flight: self.max_in_flight.or(defaults.max_in_flight),
            batches: written(self.batches, defaults.batches),
            max_failures: self.max_failures.or(defaults.max_failures),
            order: written(self.order, defaults.order),
            pause_between: self.pause_between.or(defaults.pause_between),
            health: written(self.health, defaults.health),
            step_retries: self.step_retries.or(defaults.step_retries),
            rollback_on_failure: self.rollback_on_failure.or(defaults.rollback_on_failure),
        }
    }
}

fn written<T>(own: Vec<T>, default: Vec<T>) -> Vec<T> {
    if own.is_empty() { default } else { own }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_wins_key_by_key() {
        let flags = Rollout {
            canaries: Some(2),
            batches: vec![Share::Count(4)],
            ..Rollout::default()
        };
        let written = Rollout {
            canaries: Some(1),
            batches: vec![Share::Percent(50)],
            max_failures: Some(Share::Count(3)),
            order: vec!["node-9".to_owned()],
            ..Rollout::default()
        };
        let expected = Rollout {
            canaries: Some(2),
            batches: vec![Share::Count(4)],
            ..written.clone()
        };
        assert_eq!(flags.or(written), expected);
    }
}

//! The flags that say how a run goes through a zone; they win over the manifest's `rollout`.

use clap::Args;

use super::documents::Documents;
use super::words::typed;
use crate::bundle::Timeout;
use crate::document::YesNo;
use crate::failure::Failure;
use crate::manifest::{Rollout, Strategy};
use crate::plan::RolloutRules;
use crate::share::Share;

/// How to go through the zone.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Rollout (else as the manifest says)")]
pub(super) struct RolloutArgs {
    /// Which tasks go together
    #[arg(long, value_name = "STRATEGY")]
    strategy: Option<StrategyArg>,
    /// How many nodes go first; the others begin once these are ready
    #[arg(long, value_name = "N")]
    canaries: Option<u32>,
    /// On how many nodes something may be done, or reboot, at the same time
    #[arg(long, value_name = "N|P%")]
    max_in_flight: Option<Share>,
    /// How many nodes go together, batch after batch, such as 1,5,20%; the last one repeats
    #[arg(long, value_name = "N|P%,…", value_delimiter = ',')]
    batches: Vec<Share>,
    /// How many nodes may fail before nothing more begins
    #[arg(long, value_name = "N|P%")]
    max_failures: Option<Share>,
    /// Nodes that go before the others, as --limit writes them; may be given again
    #[arg(long, value_name = "SELECTOR")]
    order: Vec<String>,
    /// How long to wait after a batch, such as 90s, 10m or 1h
    #[arg(long, value_name = "TIME")]
    pause_between: Option<Timeout>,
    /// How often steps that failed are run again, where their bundle is idempotent
    #[arg(long, value_name = "N")]
    step_retries: Option<u32>,
    /// Go back to the releases before the run if it fails
    #[arg(long)]
    rollback_on_failure: bool,
}

/// Words of `--strategy`.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum StrategyArg {
    /// A package on every node, then the next package.
    Lockstep,
    /// Each node at its own pace.
    Free,
}

impl RolloutArgs {
    /// The manifest's rollout with these flags over it, resolved for the zone.
    pub(super) fn rules(&self, documents: &Documents) -> Result<RolloutRules, Failure> {
        let written = documents.manifest.value.rollout.clone();
        let rollout = self.rollout().or(written.unwrap_or_default());
        RolloutRules::new(rollout, &documents.inventory.value).map_err(|error| {
            Failure::refused("the rollout does not fit the zone; nothing was started")
                .because(&error)
                .help("correct the selector in the manifest, the inventory or the flag")
        })
    }

    fn rollout(&self) -> Rollout {
        Rollout {
            strategy: self.strategy.map(StrategyArg::meant),
            canaries: self.canaries,
            max_in_flight: self.max_in_flight,
            batches: self.batches.clone(),
            max_failures: self.max_failures,
            order: self.order.clone(),
            pause_between: self.pause_between,
            health: Vec::new(),
            step_retries: self.step_retries,
            rollback_on_failure: self.rollback_on_failure.then_some(YesNo::Yes),
        }
    }

    /// The flags as they would be typed again, with a space before each.
    pub(super) fn typed(&self) -> String {
        let rollout = self.rollout();
        let shares: Vec<String> = rollout.batches.iter().map(Share::to_string).collect();
        let flags = [
            (
                "--strategy",
                rollout.strategy.map(|strategy| strategy.word().to_owned()),
            ),
            (
                "--canaries",
                rollout.canaries.map(|number| number.to_string()),
            ),
            (
                "--max-in-flight",
                rollout.max_in_flight.map(|share| share.to_string()),
            ),
            ("--batches", (!shares.is_empty()).then(|| shares.join(","))),
            (
                "--max-failures",
                rollout.max_failures.map(|share| share.to_string()),
            ),
            (
                "--pause-between",
                rollout.pause_between.map(|time| time.to_string()),
            ),
            (
                "--step-retries",
                rollout.step_retries.map(|number| number.to_string()),
            ),
        ];
        let values = flags
            .into_iter()
            .filter_map(|(flag, value)| Some((flag, value?)));
        let order = self
            .order
            .iter()
            .map(|selector| ("--order", selector.clone()));
        let mut typed_flags: String = values
            .chain(order)
            .map(|(flag, value)| format!(" {flag} {}", typed(&value)))
            .collect();
        if self.rollback_on_failure {
            typed_flags.push_str(" --rollback-on-failure");
        }
        typed_flags
    }
}

impl StrategyArg {
    fn meant(self) -> Strategy {
        match self {
            Self::Lockstep => Strategy::Lockstep,
            Self::Free => Strategy::Free,
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test ends where a value is missing")]

    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        rollout: RolloutArgs,
    }

    #[test]
    fn what_is_typed_again_means_the_same() {
        let line = "ddt --strategy free --canaries 1 --max-in-flight 20% --batches 1,5,20% \
                    --max-failures 34% --pause-between 90s --step-retries 2 --order @first \
                    --rollback-on-failure";
        let flags = |line: &str| {
            Line::try_parse_from(line.split_whitespace())
                .unwrap()
                .rollout
        };
        let first = flags(line);
        let again = flags(&format!("ddt{}", first.typed()));
        assert_eq!(again.rollout(), first.rollout());
        assert_eq!(flags("ddt").typed(), "");
    }
}

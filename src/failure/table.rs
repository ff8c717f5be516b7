//! The one table of failures: what each class means for the run and for the operator.

use super::class::{FailureClass, RecoveryLevel};
use crate::exit::ExitCode;

/// What a class of failure means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailureRow {
    /// Whether trying again can succeed.
    pub retry: Retry,
    /// The least recovery level that is likely to suffice.
    pub recovery_level: RecoveryLevel,
    /// How a run ends that is ended by it.
    pub exit_code: ExitCode,
    /// What to do about it, in one line.
    pub help: &'static str,
}

/// Whether trying again can succeed, and how often it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// It would fail again.
    Never,
    /// It may pass by itself.
    Within(Patience),
    /// Only steps of a bundle that says `idempotent: yes`, as often as `step_retries` of the
    /// rollout says.
    Idempotent(Patience),
}

/// How often something is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// How often it is tried, the first time included; for steps the rollout says it.
    pub attempts: u32,
    /// The pause before the second attempt, in seconds; each further one is twice as long.
    pub pause_seconds: u32,
    /// How many retries one run has for the class, over all nodes.
    pub budget: u32,
}

/// Before the second attempt to reach a node.
const NETWORK: Patience = Patience {
    attempts: 4,
    pause_seconds: 2,
    budget: 200,
};

/// Before a server is asked again.
const SERVER: Patience = Patience {
    attempts: 6,
    pause_seconds: 1,
    budget: 100,
};

/// Before something is sent again.
const SENT_AGAIN: Patience = Patience {
    attempts: 3,
    pause_seconds: 1,
    budget: 50,
};

/// Before a step is run again.
const STEP: Patience = Patience {
    attempts: 1,
    pause_seconds: 5,
    budget: 200,
};

impl Patience {
    /// The pause before an attempt, from the second on, in seconds: it doubles each time.
    pub fn pause_before(self, attempt: u32) -> u32 {
        let doublings = attempt.saturating_sub(2).min(6);
        self.pause_seconds << doublings
    }
}

impl FailureRow {
    const fn new(retry: Retry, help: &'static str) -> Self {
        Self {
            retry,
            recovery_level: RecoveryLevel::Deployment,
            exit_code: ExitCode::Failed,
            help,
        }
    }

    /// The row of a class.
    pub const fn of(class: FailureClass) -> Self {
        use FailureClass as Class;
        use Retry::{Idempotent, Never, Within};
        match class {
            Class::Unreachable | Class::Transport => Self::new(
                Within(NETWORK),
                "check the node and the network, then deploy again",
            ),
            Class::Auth => Self::new(Never, "check the user and the key in the inventory"),
            Class::HostKey => Self::new(
                Never,
                "if the machine was reinstalled, learn its key with `ddt inventory check --accept-new-host-keys`",
            ),
            Class::InDoubt => Self {
                exit_code: ExitCode::InDoubt,
                ..Self::new(
                    Never,
                    "look at the node; if the package was not installed, deploy again with --assume failed",
                )
            },
            Class::Space => Self::new(
                Never,
                "free some space on the node, for instance with `ddt bundle prune --nodes INVENTORY`, then deploy again",
            ),
            Class::Digest => Self::new(
                Within(SENT_AGAIN),
                "deploy again; if it happens again, suspect the network or the disk",
            ),
            Class::Signature => Self::new(
                Never,
                "use a bundle that a trusted key has signed, or trust its key",
            ),
            Class::Check => Self::new(
                Idempotent(STEP),
                "put right what the check says, then deploy again",
            ),
            Class::Script | Class::Verify => Self::new(
                Idempotent(STEP),
                "read the log, put the cause right, then deploy again",
            ),
            Class::Timeout => Self::new(
                Idempotent(STEP),
                "read the log; raise the bundle's timeout if it only needs longer",
            ),
            Class::Reboot => Self {
                recovery_level: RecoveryLevel::Nodes,
                ..Self::new(
                    Never,
                    "look at the machine's console; deploy again once it is up",
                )
            },
            Class::Facts => Self::new(
                Never,
                "look at the file that is named, and at who else changes it",
            ),
            Class::Unconfirmed => Self::new(
                Never,
                "find out why the node could not be reached after its steps, then deploy again",
            ),
            Class::Health => Self::new(
                Never,
                "run the health command by hand; deploy again once it succeeds",
            ),
            Class::Epoch => Self::new(Never, "another run took over; look at `ddt history`"),
            Class::Stopped => Self {
                exit_code: ExitCode::Stopped,
                ..Self::new(Never, "`ddt resume` runs the package again from its start")
            },
            Class::Secret => Self::new(
                Never,
                "mount a tmpfs with free space at /dev/shm of the node, then deploy again",
            ),
            Class::Registry => Self::new(
                Within(SERVER),
                "check the registry and the way to it, then deploy again",
            ),
            Class::Provider => Self {
                recovery_level: RecoveryLevel::Nodes,
                ..Self::new(
                    Within(SERVER),
                    "read what the provider says, then try again",
                )
            },
            Class::Internal => Self {
                exit_code: ExitCode::Error,
                ..Self::new(Never, "this is a defect in ddt; please report it")
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retry(class: FailureClass) -> Retry {
        FailureRow::of(class).retry
    }

    #[test]
    fn only_what_can_succeed_is_tried_again() {
        let tried = FailureClass::ALL
            .into_iter()
            .filter(|class| retry(*class) != Retry::Never);
        let words: Vec<_> = tried.map(FailureClass::word).collect();
        insta::assert_snapshot!(words.join(" "), @"unreachable transport digest check script timeout verify registry provider");
    }

    #[test]
    fn pauses_double_up_to_an_end() {
        let pauses: Vec<u32> = (2..=9)
            .map(|attempt| SERVER.pause_before(attempt))
            .collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 64]);
    }

    #[test]
    fn a_bounded_wait_and_a_bounded_budget_for_every_class() {
        for class in FailureClass::ALL {
            if let Retry::Within(patience) = retry(class) {
                assert!(
                    patience.attempts > 1 && patience.budget >= patience.attempts,
                    "{class:?}"
                );
            }
        }
    }
}

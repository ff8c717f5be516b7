//! How to go on after each answer to a request that runs steps. Pure: the time is told,
//! nothing is waited for in here.

use std::time::Duration;

use super::NodeError;
use super::attempt::Receipt;

/// The pause between two looks at an attempt that another session runs.
pub(crate) const POLL: Duration = Duration::from_millis(200);

/// The pause between two attempts to reach a node that went away.
pub(crate) const RETRY: Duration = Duration::from_millis(500);

/// Asks for a receipt until there is one, or the node stays away for too long.
#[derive(Debug)]
pub(crate) struct Persistence {
    patience: Duration,
    lost_at: Option<Duration>,
    was_reached: bool,
    /// The node has said that the attempt goes on.
    has_begun: bool,
}

/// What to do after an answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// The attempt has ended.
    Ended(Receipt),
    /// Ask the same again, after a pause.
    Look,
    /// The request had arrived before its connection broke: follow the attempt instead.
    Follow,
    /// Connect again, then ask the same.
    Reconnect,
    /// There is no more to be learned.
    GiveUp(NodeError),
}

impl Persistence {
    /// Looks for a lost node for as long as `patience`.
    pub(crate) fn new(patience: Duration) -> Self {
        Self {
            patience,
            lost_at: None,
            was_reached: false,
            has_begun: false,
        }
    }

    /// A connection was made: from now on the node may have heard the request.
    pub(crate) fn reached(&mut self) {
        self.was_reached = true;
    }

    /// Decides on an answer that came `now`, in time since any fixed moment. No receipt
    /// means that the attempt goes on.
    pub(crate) fn next(
        &mut self,
        answer: Result<Option<Receipt>, NodeError>,
        now: Duration,
    ) -> Next {
        match answer {
            Ok(Some(receipt)) => Next::Ended(receipt),
            Ok(None) => {
                self.lost_at = None;
                self.has_begun = true;
                Next::Look
            }
            Err(NodeError::AlreadyStarted) if self.lost_at.is_some() => Next::Follow,
            // Somebody who may not come back cannot say what became of the attempt, and one
            // who comes after a newer run may have been there before it.
            Err(error) if self.may_have_begun() && is_no_word(&error) => {
                Next::GiveUp(NodeError::Transport(error.to_string()))
            }
            Err(error @ (NodeError::Transport(_) | NodeError::Unreachable(_))) => {
                let lost_at = *self.lost_at.get_or_insert(now);
                match now.saturating_sub(lost_at) >= self.patience {
                    true => Next::GiveUp(self.in_the_end(error)),
                    false => Next::Reconnect,
                }
            }
            Err(error) => Next::GiveUp(error),
        }
    }

    fn may_have_begun(&self) -> bool {
        self.lost_at.is_some() || self.has_begun
    }

    /// The error of a node that stayed away. One that was never reached has heard nothing.
    fn in_the_end(&self, error: NodeError) -> NodeError {
        match error {
            NodeError::Unreachable(why) if self.was_reached => NodeError::Transport(why),
            error => error,
        }
    }
}

/// Whether an error says nothing of a request that may have arrived before.
fn is_no_word(error: &NodeError) -> bool {
    error.is_of_access() || matches!(error, NodeError::StaleEpoch { .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Found by a rehearsal.
    #[test]
    fn a_request_that_may_have_come_before_a_newer_run_is_in_doubt() {
        let mut persistence = Persistence::new(Duration::from_secs(60));
        persistence.reached();
        let lost = NodeError::Transport("the connection broke".to_owned());
        let next = persistence.next(Err(lost), Duration::ZERO);
        assert_eq!(next, Next::Reconnect);
        let refused = NodeError::StaleEpoch { seen: 3, ours: 2 };
        let next = persistence.next(Err(refused), Duration::from_secs(1));
        assert!(
            matches!(next, Next::GiveUp(NodeError::Transport(_))),
            "{next:?}"
        );
    }

    /// Found by a rehearsal.
    #[test]
    fn an_attempt_that_goes_on_is_in_doubt_once_only_a_newer_run_may_ask() {
        let mut persistence = Persistence::new(Duration::from_secs(60));
        assert_eq!(persistence.next(Ok(None), Duration::ZERO), Next::Look);
        let refused = NodeError::StaleEpoch { seen: 3, ours: 2 };
        let next = persistence.next(Err(refused), Duration::from_secs(1));
        assert!(
            matches!(next, Next::GiveUp(NodeError::Transport(_))),
            "{next:?}"
        );
    }
}

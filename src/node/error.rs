//! Why a node could not be reached, or would not do what it was asked.

use super::attempt::AttemptId;
use super::facts::BootId;
use crate::failure::FailureClass;

/// What went wrong between ddt and one node.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NodeError {
    /// No connection: no route, refused, timed out, unknown host.
    #[error("cannot be reached: {0}")]
    Unreachable(String),
    /// The node is there, but lets nobody in.
    #[error("refused the login: {0}")]
    Authentication(String),
    /// The host key is not the known one; nothing was sent.
    #[error("has a host key that is not known: {0}")]
    HostKey(String),
    /// The connection broke and could not be taken up again.
    #[error("lost the connection: {0}")]
    Transport(String),
    /// `become` was asked for and does not work.
    #[error("does not let ddt become root: {0}")]
    Privilege(String),
    /// There is no room for the payloads.
    #[error("has no space left: {0}")]
    Space(String),
    /// It could not go back by itself; nothing was begun.
    #[error("could not go back by itself: {0}")]
    Unwatched(String),
    /// What arrived on the node, or was to be sent to it, is not what was packed.
    #[error("the payload is not what was packed: {0}")]
    Digest(String),
    /// A newer run has been there.
    #[error("has seen epoch {seen}, this run has {ours}: a newer run took over")]
    StaleEpoch {
        /// The node's.
        seen: u64,
        /// This run's.
        ours: u64,
    },
    /// This attempt was started before.
    #[error("has started this attempt before; it is not started twice")]
    AlreadyStarted,
    /// Another attempt is at work there, or its end is not recorded yet: follow it first.
    #[error(
        "is still at work on {} of run {} (attempt {})",
        .0.package, .0.run, .0.number
    )]
    Busy(Box<AttemptId>),
    /// ddt's own files on the node cannot be read or written.
    #[error("cannot keep ddt's state: {0}")]
    State(String),
    /// An attempt there has a word that this ddt does not know: what it came to cannot be told.
    #[error("was deployed to by a newer ddt, which is needed from now on: {0}")]
    Newer(String),
    /// Secrets cannot be kept in memory there; nothing was begun.
    #[error("cannot take secrets: {0}")]
    Secrets(String),
    /// There is no such attempt on the node.
    #[error("has no record of this attempt")]
    UnknownAttempt,
    /// The attempt began and left no receipt.
    #[error("has no receipt of the attempt, and none of its processes is left")]
    Vanished,
    /// The node did not come back in time.
    #[error("did not come back within {0} seconds of its reboot")]
    RebootTimeout(u64),
    /// The node answers, but never went down.
    #[error("still runs boot {0}: it did not reboot")]
    SameBoot(BootId),
    /// The runner said something else than its protocol.
    #[error("answered what the runner does not say: {0}")]
    Protocol(String),
}

impl NodeError {
    /// Says whether the node is there and lets nobody in: waiting does not help.
    pub(super) fn is_of_access(&self) -> bool {
        matches!(
            self,
            Self::HostKey(_) | Self::Authentication(_) | Self::Privilege(_)
        )
    }

    /// The class of failure it is.
    pub fn class(&self) -> FailureClass {
        match self {
            Self::Unreachable(_) => FailureClass::Unreachable,
            Self::Authentication(_) | Self::Privilege(_) => FailureClass::Auth,
            Self::HostKey(_) => FailureClass::HostKey,
            Self::Transport(_) => FailureClass::Transport,
            Self::Space(_) => FailureClass::Space,
            Self::Unwatched(_) => FailureClass::Check,
            Self::Digest(_) => FailureClass::Digest,
            Self::StaleEpoch { .. } | Self::Busy(_) => FailureClass::Epoch,
            Self::State(_) | Self::Newer(_) => FailureClass::Facts,
            Self::Secrets(_) => FailureClass::Secret,
            Self::UnknownAttempt | Self::Vanished => FailureClass::InDoubt,
            Self::RebootTimeout(_) | Self::SameBoot(_) => FailureClass::Reboot,
            Self::AlreadyStarted | Self::Protocol(_) => FailureClass::Internal,
        }
    }
}

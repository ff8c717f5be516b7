//! The one vocabulary of failures: what each means for the operator.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::table::FailureRow;

/// What kind of thing failed.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum FailureClass {
    /// The node does not answer.
    Unreachable,
    /// The node lets nobody in.
    Auth,
    /// The node's host key is not the known one.
    HostKey,
    /// The connection broke.
    Transport,
    /// Nobody knows how an attempt ended.
    InDoubt,
    /// The node has no space left.
    Space,
    /// Something arrived changed.
    Digest,
    /// Nobody who is trusted has signed it.
    Signature,
    /// A bundle's check says no.
    Check,
    /// A step ended with a code other than 0, or by a signal.
    Script,
    /// A step took too long.
    Timeout,
    /// A bundle's verify says no.
    Verify,
    /// The node did not come back as another boot.
    Reboot,
    /// The node's records are not what ddt wrote.
    Facts,
    /// Nobody confirmed a deployment in time, and the node undid it.
    Unconfirmed,
    /// The rollout's health command says no.
    Health,
    /// A newer run took over.
    Epoch,
    /// The operator ended it.
    Stopped,
    /// A node cannot keep secrets in memory.
    Secret,
    /// A registry does not give what it should have.
    Registry,
    /// A provider of nodes does not do what it should.
    Provider,
    /// ddt itself is at fault.
    Internal,
}

/// The recovery levels of the product design: the least that suffices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum RecoveryLevel {
    /// Everything, the controller included.
    Everything = 0,
    /// The zone's nodes are provisioned again.
    Nodes = 1,
    /// Node and system are fine: deploy again.
    Deployment = 2,
}

impl FailureClass {
    /// Every class, in the order of the table.
    pub const ALL: [Self; 22] = [
        Self::Unreachable,
        Self::Auth,
        Self::HostKey,
        Self::Transport,
        Self::InDoubt,
        Self::Space,
        Self::Digest,
        Self::Signature,
        Self::Check,
        Self::Script,
        Self::Timeout,
        Self::Verify,
        Self::Reboot,
        Self::Facts,
        Self::Unconfirmed,
        Self::Health,
        Self::Epoch,
        Self::Stopped,
        Self::Secret,
        Self::Registry,
        Self::Provider,
        Self::Internal,
    ];

    /// The word of every output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Auth => "auth",
            Self::HostKey => "host-key",
            Self::Transport => "transport",
            Self::InDoubt => "in-doubt",
            Self::Space => "space",
            Self::Digest => "digest",
            Self::Signature => "signature",
            Self::Check => "check",
            Self::Script => "script",
            Self::Timeout => "timeout",
            Self::Verify => "verify",
            Self::Reboot => "reboot",
            Self::Facts => "facts",
            Self::Unconfirmed => "unconfirmed",
            Self::Health => "health",
            Self::Epoch => "epoch",
            Self::Stopped => "stopped",
            Self::Secret => "secret",
            Self::Registry => "registry",
            Self::Provider => "provider",
            Self::Internal => "internal",
        }
    }

    /// What has happened, in one line.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Unreachable => "the node does not answer",
            Self::Auth => "the node lets nobody in",
            Self::HostKey => "the node's host key is not the known one",
            Self::Transport => "the connection broke",
            Self::InDoubt => "nobody knows how an attempt ended",
            Self::Space => "the node has no space left",
            Self::Digest => "something arrived changed",
            Self::Signature => "a bundle is not signed as it must be",
            Self::Check => "a bundle's check says no",
            Self::Script => "a step ended with a code other than 0, or by a signal",
            Self::Timeout => "a step took too long",
            Self::Verify => "a bundle's verify says no",
            Self::Reboot => "the node did not come back as another boot",
            Self::Facts => "the node's records are not what ddt wrote",
            Self::Unconfirmed => "nobody confirmed a deployment in time, and the node undid it",
            Self::Epoch => "a newer run took over",
            Self::Stopped => "the operator ended it",
            Self::Health => "the health command says no",
            Self::Secret => "the node cannot keep secrets in memory",
            Self::Registry => "a registry does not give what is asked for",
            Self::Provider => "the program that makes and removes nodes failed",
            Self::Internal => "ddt itself is at fault",
        }
    }

    /// What stands in the table for it.
    pub const fn row(self) -> FailureRow {
        FailureRow::of(self)
    }

    /// The least recovery level that is likely to suffice.
    pub fn recovery_level(self) -> RecoveryLevel {
        self.row().recovery_level
    }

    /// What to do about it, in one line.
    pub fn help(self) -> &'static str {
        self.row().help
    }
}

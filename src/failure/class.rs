//! The one vocabulary of failures: what each means for the operator.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
    /// A newer run took over.
    Epoch,
    /// The operator ended it.
    Stopped,
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
    /// Every class.
    pub const ALL: [Self; 16] = [
        Self::Unreachable,
        Self::Auth,
        Self::HostKey,
        Self::Transport,
        Self::InDoubt,
        Self::Space,
        Self::Digest,
        Self::Check,
        Self::Script,
        Self::Timeout,
        Self::Verify,
        Self::Reboot,
        Self::Facts,
        Self::Epoch,
        Self::Stopped,
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
            Self::Check => "check",
            Self::Script => "script",
            Self::Timeout => "timeout",
            Self::Verify => "verify",
            Self::Reboot => "reboot",
            Self::Facts => "facts",
            Self::Epoch => "epoch",
            Self::Stopped => "stopped",
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
            Self::Check => "a bundle's check says no",
            Self::Script => "a step ended with a code other than 0, or by a signal",
            Self::Timeout => "a step took too long",
            Self::Verify => "a bundle's verify says no",
            Self::Reboot => "the node did not come back as another boot",
            Self::Facts => "the node's records are not what ddt wrote",
            Self::Epoch => "a newer run took over",
            Self::Stopped => "the operator ended it",
            Self::Internal => "ddt itself is at fault",
        }
    }

    /// The least recovery level that is likely to suffice.
    pub fn recovery_level(self) -> RecoveryLevel {
        match self {
            Self::Reboot => RecoveryLevel::Nodes,
            _ => RecoveryLevel::Deployment,
        }
    }

    /// What to do about it, in one line.
    pub fn help(self) -> &'static str {
        match self {
            Self::Unreachable | Self::Transport => {
                "check the node and the network, then deploy again"
            }
            Self::Auth => "check the user and the key in the inventory",
            Self::HostKey => {
                "if the machine was reinstalled, learn its key with `ddt inventory check --accept-new-host-keys`"
            }
            Self::InDoubt => {
                "look at the node; if the package was not installed, deploy again with --assume failed"
            }
            Self::Space => "free some space on the node, then deploy again",
            Self::Digest => "deploy again; if it happens again, suspect the network or the disk",
            Self::Check => "put right what the check says, then deploy again",
            Self::Script | Self::Verify => "read the log, put the cause right, then deploy again",
            Self::Timeout => "read the log; raise the bundle's timeout if it only needs longer",
            Self::Reboot => "look at the machine's console; deploy again once it is up",
            Self::Facts => "look at the file that is named, and at who else changes it",
            Self::Epoch => "another run took over; look at `ddt history`",
            Self::Stopped => "`ddt resume` runs the package again from its start",
            Self::Internal => "this is a defect in ddt; please report it",
        }
    }
}

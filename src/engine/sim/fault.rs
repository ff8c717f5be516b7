//! What can go wrong in a rehearsal.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::Serialize;

/// One kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// A message is lost with its connection; sometimes the node cannot be reached for a
    /// while. What runs there goes on.
    Drop,
    /// A message takes seconds or minutes, and may arrive when nobody waits for it.
    Delay,
    /// A request arrives twice.
    Duplicate,
    /// The controller dies at an event: before it is durable, after, or later.
    Crash,
    /// The controller is taken for dead and goes on beside its successor.
    Takeover,
    /// A node loses its power, and comes back as another boot.
    Death,
    /// A reboot that is none, takes too long, or comes twice.
    Boot,
    /// A step fails, is ended by a signal, or takes too long.
    Step,
    /// The operator asks the run to stop, at once or after what has begun.
    Stop,
    /// The operator wants what runs on the nodes to be ended.
    Kill,
    /// The rollout's health command says that the zone is not well.
    Health,
}

/// A word that names no fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{word:?} is no fault; faults are {}", words())]
pub struct UnknownFault {
    word: String,
}

impl Fault {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::Drop,
        Self::Delay,
        Self::Duplicate,
        Self::Crash,
        Self::Takeover,
        Self::Death,
        Self::Boot,
        Self::Step,
        Self::Stop,
        Self::Kill,
        Self::Health,
    ];

    /// The word of every option and output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Drop => "drop",
            Self::Delay => "delay",
            Self::Duplicate => "duplicate",
            Self::Crash => "crash",
            Self::Takeover => "takeover",
            Self::Death => "death",
            Self::Boot => "boot",
            Self::Step => "step",
            Self::Stop => "stop",
            Self::Kill => "kill",
            Self::Health => "health",
        }
    }
}

fn words() -> String {
    Fault::ALL.map(Fault::word).join(", ")
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.word())
    }
}

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, UnknownFault> {
        let found = Self::ALL.into_iter().find(|fault| fault.word() == text);
        found.ok_or_else(|| UnknownFault {
            word: text.to_owned(),
        })
    }
}

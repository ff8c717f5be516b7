//! Deliberate defects. Each breaks one promise, and shows that its check can fail.

/// A defect of the engine or of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sabotage {
    /// The journal says that events are durable, and loses some.
    JournalForgets,
    /// The machine says the end of a task twice.
    EndsTwice,
    /// The machine begins an attempt that it never meant to.
    StartsUnasked,
    /// A node does not remember which attempts it has started.
    ForgetsAttempts,
    /// A node says that it has recorded a release, and has not.
    ForgetsReleases,
    /// A node says that an attempt succeeded which still runs.
    SpeaksTooSoon,
    /// A node does as an older run tells it.
    ForgetsEpochs,
    /// The machine goes on after a failure that must end the run.
    GoesOn,
    /// A node never reboots.
    NeverReboots,
    /// A node says that it is back at the release before, and is not.
    StaysForward,
    /// The machine does not wait for a node's turn.
    Hurries,
}

impl Sabotage {
    /// Every defect.
    pub const ALL: [Self; 11] = [
        Self::JournalForgets,
        Self::EndsTwice,
        Self::StartsUnasked,
        Self::ForgetsAttempts,
        Self::ForgetsReleases,
        Self::SpeaksTooSoon,
        Self::ForgetsEpochs,
        Self::GoesOn,
        Self::NeverReboots,
        Self::StaysForward,
        Self::Hurries,
    ];
}

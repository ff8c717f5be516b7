//! What the engine needs of its journal. `store` has the durable one.

use super::event::Event;

/// An append-only record of one run.
pub trait Journal: Send {
    /// Makes the events durable, all or none, in this order, and returns the head: the
    /// hash of the chain up to the last one.
    fn append(&mut self, events: &[Event]) -> Result<String, JournalError>;
}

/// The journal could not be written; nothing may be started after this.
#[derive(Debug, thiserror::Error)]
#[error("cannot write the journal: {0}")]
pub struct JournalError(pub String);

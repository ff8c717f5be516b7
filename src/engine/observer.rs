//! Who watches a run. The engine does not know what they do with what they see.

use super::event::{Event, TaskId};
use crate::name::Name;
use crate::node::Sent;

/// Sees a run as it happens. Events come after they are durable, in order, none left
/// out; progress may be ignored.
pub trait Observer: Send + Sync {
    /// Something happened.
    fn event(&self, event: &Event);

    /// Raw bytes of a task's log, in order.
    fn log(&self, task: &TaskId, bytes: &[u8]);

    /// Something is going on that has no record.
    fn progress(&self, _progress: &Progress) {}
}

/// What is going on between the events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Nodes are being connected to and read.
    Probing {
        /// How many there are.
        nodes: usize,
    },
    /// A node has answered, or will not.
    Probed {
        /// Which.
        node: Name,
    },
    /// A node is getting its payloads.
    Preparing {
        /// Which.
        node: Name,
    },
    /// A node is being sent payloads.
    Sending {
        /// Which.
        node: Name,
        /// How far that has come.
        sent: Sent,
    },
    /// A node is sent payloads that it was to read from a registry itself.
    NotFetched {
        /// Which.
        node: Name,
        /// How many there are.
        payloads: usize,
        /// Why the first of them was not read.
        why: String,
    },
    /// A node's facts are read again.
    Checking {
        /// Which.
        node: Name,
    },
}

//! What goes in and out of the machine.

use crate::engine::event::{Act, Ending, Event, StopAfter, TaskFailure};
use crate::node::facts::Facts;

/// What the world says.
#[derive(Clone, Debug)]
pub enum Input {
    /// A node has its payloads, or will not get them.
    Prepared {
        /// Index of the node in the plan.
        node: usize,
        /// Whether it worked.
        result: Result<(), TaskFailure>,
    },
    /// An act is over.
    Ended {
        /// Index of the task in the machine.
        task: usize,
        /// How.
        ending: Ending,
    },
    /// A node's facts were read after its last task.
    Checked {
        /// Index of the node in the plan.
        node: usize,
        /// What was read, or why nothing was.
        facts: Box<Result<Facts, String>>,
    },
    /// The operator wants the run to stop.
    StopRequested {
        /// How much to finish first.
        after: StopAfter,
    },
    /// The operator wants what runs to be ended.
    KillRequested,
}

/// What to do in the world. It is done after the events of its step are durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Put the payloads on a node.
    Prepare {
        /// Index of the node in the plan.
        node: usize,
    },
    /// Act for a task.
    Act {
        /// Index of the task in the machine.
        task: usize,
        /// What to do.
        act: Act,
    },
    /// Read a node's facts.
    Check {
        /// Index of the node in the plan.
        node: usize,
    },
    /// End the processes of every attempt that goes on. Each still answers for its act.
    Kill,
}

/// What one input leads to.
#[derive(Debug, Default)]
pub struct Step {
    /// To be made durable first, in this order.
    pub events: Vec<Event>,
    /// To be done then.
    pub commands: Vec<Command>,
}

//! What goes in and out of the machine.

use crate::engine::event::{Act, Ending, Event, StopAfter, TaskFailure};
use crate::name::Name;
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
    /// What was waited for is over.
    Waited(Wait),
    /// The health command has ended.
    HealthChecked {
        /// The number of the batch it was run for.
        batch: u32,
        /// What it said.
        result: Result<(), TaskFailure>,
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
    /// Let time pass, then say so.
    Wait {
        /// What for.
        wait: Wait,
        /// How long.
        seconds: u32,
    },
    /// Run the health command of the rollout.
    Health {
        /// The number of the batch that it is run for.
        batch: u32,
        /// The nodes of the batch.
        nodes: Vec<Name>,
    },
    /// End the processes of every attempt that goes on. Each still answers for its act.
    Kill,
}

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wait {
    /// The pause behind a batch.
    Pause {
        /// The number of the batch.
        batch: u32,
    },
    /// Another attempt to make a node ready.
    Node {
        /// Index of the node in the plan.
        node: usize,
    },
    /// Another attempt at what a task was doing.
    Task {
        /// Index of the task in the machine.
        task: usize,
    },
}

/// What one input leads to.
#[derive(Debug, Default)]
pub struct Step {
    /// To be made durable first, in this order.
    pub events: Vec<Event>,
    /// To be done then.
    pub commands: Vec<Command>,
}

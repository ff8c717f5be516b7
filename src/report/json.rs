//! The events of a run for machines: one JSON document per line, the first of which says
//! what follows.

use std::io::{self, Write};
use std::sync::Mutex;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::clock::Clock;
use super::trouble::{Trouble, locked};
use crate::engine::event::{Event, SCHEMA, TaskId};
use crate::engine::observer::Observer;

/// One line of the events of a run: the first says what follows, each other one is an event.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
pub enum JsonLine<'a> {
    /// The first line.
    Header(Header),
    /// An event.
    Event(EventLine<'a>),
}

/// What the first line says.
#[derive(Serialize, JsonSchema)]
pub struct Header {
    /// The version of this shape. A new key does not change it.
    #[schemars(extend("const" = SCHEMA))]
    schema: u32,
    /// The version of the ddt that writes.
    ddt: &'static str,
    /// What the lines are.
    #[schemars(extend("const" = KIND))]
    kind: &'static str,
}

/// What the line of an event says.
#[derive(Serialize, JsonSchema)]
pub struct EventLine<'a> {
    /// Counts from 1, without gaps.
    #[schemars(range(min = 1))]
    seq: u64,
    /// When it was written, in UTC.
    #[schemars(with = "String", extend("format" = "date-time"))]
    time: Timestamp,
    #[serde(flatten)]
    event: &'a Event,
}

/// What the lines are, as the first one says it.
const KIND: &str = "run-events";

/// Writes events as lines of JSON, each flushed, so that a reader is never behind.
pub struct JsonLines {
    state: Mutex<State>,
    trouble: Trouble,
    clock: Clock,
}

struct State {
    out: Box<dyn Write + Send>,
    seq: u64,
}

impl JsonLines {
    /// Writes the first line. After an error nothing more is written; `trouble` has it.
    pub fn new(out: Box<dyn Write + Send>, trouble: Trouble, clock: Clock) -> Self {
        let lines = Self {
            state: Mutex::new(State { out, seq: 0 }),
            trouble,
            clock,
        };
        let header = JsonLine::Header(Header {
            schema: SCHEMA,
            ddt: env!("CARGO_PKG_VERSION"),
            kind: KIND,
        });
        lines.write(&mut locked(&lines.state), &header);
        lines
    }

    fn write(&self, state: &mut State, line: &JsonLine<'_>) {
        if let Err(error) = write_line(&mut state.out, line) {
            self.trouble.note(&error);
            state.out = Box::new(io::sink());
        }
    }
}

impl Observer for JsonLines {
    fn event(&self, event: &Event) {
        let mut state = locked(&self.state);
        state.seq += 1;
        let line = JsonLine::Event(EventLine {
            seq: state.seq,
            time: (self.clock)(),
            event,
        });
        self.write(&mut state, &line);
    }

    fn log(&self, _task: &TaskId, _bytes: &[u8]) {}
}

fn write_line(out: &mut dyn Write, line: &impl Serialize) -> io::Result<()> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    out.write_all(&text)?;
    out.flush()
}

//! The events of a run for machines: one JSON document per line, the first of which says
//! what follows.

use std::io::{self, Write};
use std::sync::Mutex;

use jiff::Timestamp;
use serde::Serialize;

use super::trouble::{Trouble, locked};
use crate::engine::event::{Event, SCHEMA, TaskId};
use crate::engine::observer::Observer;

/// The first line.
#[derive(Serialize)]
struct Header {
    schema: u32,
    ddt: &'static str,
    kind: &'static str,
}

/// A line per event.
#[derive(Serialize)]
struct Line<'a> {
    seq: u64,
    time: Timestamp,
    #[serde(flatten)]
    event: &'a Event,
}

/// Writes events as lines of JSON, each flushed, so that a reader is never behind.
pub struct JsonLines {
    state: Mutex<State>,
    trouble: Trouble,
    clock: fn() -> Timestamp,
}

struct State {
    out: Box<dyn Write + Send>,
    seq: u64,
}

impl JsonLines {
    /// Writes the first line. After an error nothing more is written; `trouble` has it.
    pub fn new(out: Box<dyn Write + Send>, trouble: Trouble, clock: fn() -> Timestamp) -> Self {
        let lines = Self {
            state: Mutex::new(State { out, seq: 0 }),
            trouble,
            clock,
        };
        let header = Header {
            schema: SCHEMA,
            ddt: env!("CARGO_PKG_VERSION"),
            kind: "run-events",
        };
        lines.write(&mut locked(&lines.state), &header);
        lines
    }

    fn write(&self, state: &mut State, line: &impl Serialize) {
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
        let line = Line {
            seq: state.seq,
            time: (self.clock)(),
            event,
        };
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

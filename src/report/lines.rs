//! A run as plain lines with the time (UTC), for everything that is not a terminal.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Mutex;

use super::clock::Clock;
use super::escape::line;
use super::look::{Look, Tone};
use super::telling::Telling;
use super::trouble::{Trouble, locked};
use super::words::time_of_day;
use crate::engine::event::{Event, TaskId};
use crate::engine::observer::{Observer, Progress};

/// A line of output that has no end after this many bytes is shown in parts.
const LONGEST_PART: usize = 4096;

/// How much the lines tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// One line per event.
    #[default]
    Events,
    /// The output of the nodes, too, escaped.
    Output,
}

/// How to write lines.
pub struct LinesRequest {
    /// Where to.
    pub out: Box<dyn Write + Send>,
    /// How they may look.
    pub look: Look,
    /// How much they tell.
    pub detail: Detail,
    /// Where an error of writing goes.
    pub trouble: Trouble,
    /// The time of day.
    pub clock: Clock,
}

/// Writes one line per event.
pub struct Lines {
    request: Mutex<LinesRequest>,
    /// The beginning of a line of output whose end is still to come.
    unfinished: Mutex<BTreeMap<TaskId, Vec<u8>>>,
}

impl Lines {
    /// Writes nothing yet.
    pub fn new(request: LinesRequest) -> Self {
        Self {
            request: Mutex::new(request),
            unfinished: Mutex::default(),
        }
    }

    fn show_output(&self, task: &TaskId, bytes: &[u8]) {
        let mut unfinished = locked(&self.unfinished);
        let text = unfinished.entry(task.clone()).or_default();
        text.extend_from_slice(bytes);
        let mut request = locked(&self.request);
        for part in take_lines(text) {
            request.write(Tone::Faint, &output(task, &part));
        }
    }

    fn show_rest(&self, task: &TaskId) {
        let rest = locked(&self.unfinished).remove(task);
        if let Some(rest) = rest.filter(|rest| !rest.is_empty()) {
            locked(&self.request).write(Tone::Faint, &output(task, &rest));
        }
    }
}

impl LinesRequest {
    fn write(&mut self, tone: Tone, text: &str) {
        let time = time_of_day((self.clock)());
        let shown = self.look.paint(tone, text);
        let written = writeln!(self.out, "{time} {shown}").and_then(|()| self.out.flush());
        self.trouble.check(written);
    }
}

impl Observer for Lines {
    fn event(&self, event: &Event) {
        if let Event::Ended { task, .. } = event {
            self.show_rest(task);
        }
        let telling = Telling::of(event);
        locked(&self.request).write(telling.tone, &telling.text);
    }

    fn log(&self, task: &TaskId, bytes: &[u8]) {
        let detail = locked(&self.request).detail;
        if detail == Detail::Output {
            self.show_output(task, bytes);
        }
    }

    fn progress(&self, progress: &Progress) {
        if let Some(telling) = Telling::of_progress(progress) {
            locked(&self.request).write(telling.tone, &telling.text);
        }
    }
}

fn output(task: &TaskId, text: &[u8]) -> String {
    let text = line(text.trim_ascii_end());
    format!("{} {} | {text}", task.node, task.package)
}

/// Takes whole lines off the front, and parts of a line that is too long to wait for.
fn take_lines(text: &mut Vec<u8>) -> Vec<Vec<u8>> {
    let end = match text.iter().rposition(|byte| *byte == b'\n') {
        Some(newline) => newline + 1,
        None if text.len() > LONGEST_PART => text.len(),
        None => 0,
    };
    let whole: Vec<u8> = text.drain(..end).collect();
    let lines = whole.split_inclusive(|byte| *byte == b'\n');
    lines.map(<[u8]>::to_vec).collect()
}

#[cfg(test)]
mod tests;

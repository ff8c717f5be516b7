//! What a person at a terminal sees while facts are read.

use super::bars::Bars;
use super::output::Output;
use crate::engine::event::{Event, TaskId};
use crate::engine::observer::{Observer, Progress};

/// Shows the progress of a probe on a terminal, and nothing elsewhere.
pub struct Probing {
    bars: Option<Bars>,
}

impl Probing {
    /// Shows it on standard error.
    pub fn new(stderr: Output) -> Self {
        let is_terminal = stderr.stream.is_terminal();
        Self {
            bars: is_terminal.then(|| Bars::on_stderr(stderr.look)),
        }
    }

    /// Removes what was shown.
    pub fn clear(&self) {
        if let Some(bars) = &self.bars {
            bars.clear();
        }
    }
}

impl Observer for Probing {
    fn event(&self, _event: &Event) {}

    fn log(&self, _task: &TaskId, _bytes: &[u8]) {}

    fn progress(&self, progress: &Progress) {
        if let Some(bars) = &self.bars {
            bars.progress(progress);
        }
    }
}

//! What formatting came to.

use super::Mode;
use crate::document::Diagnostic;
use crate::exit::ExitCode;
use crate::failure::Failure;

/// The documents, counted by what came of them.
#[derive(Default)]
pub(super) struct Tally {
    changed: usize,
    unchanged: usize,
    unreadable: usize,
    errors: Vec<Diagnostic>,
}

impl Tally {
    /// Counts a document that was formatted.
    pub(super) fn readable(&mut self, is_changed: bool) {
        match is_changed {
            true => self.changed += 1,
            false => self.unchanged += 1,
        }
    }

    /// Counts a document that is left alone for its syntax errors.
    pub(super) fn unreadable(&mut self, errors: Vec<Diagnostic>) {
        self.unreadable += 1;
        self.errors.extend(errors);
    }

    /// One line about the documents that could be read; nothing if there are none.
    pub(super) fn summary(&self, mode: Mode) -> String {
        let done = match mode {
            Mode::Write => "formatted",
            Mode::Check | Mode::Diff => "would be formatted",
        };
        match (self.changed, self.unchanged) {
            (0, 0) => String::new(),
            (0, unchanged) => format!("{} unchanged\n", files(unchanged)),
            (changed, 0) => format!("{} {done}\n", files(changed)),
            (changed, unchanged) => format!("{} {done}, {unchanged} unchanged\n", files(changed)),
        }
    }

    /// How the verb ends: what cannot be read is worse than what is not formatted.
    pub(super) fn ended(self, mode: Mode) -> Result<ExitCode, Failure> {
        match self.unreadable {
            0 if mode != Mode::Write && self.changed > 0 => Ok(ExitCode::Error),
            0 => Ok(ExitCode::Done),
            1 => Err(self.refused("1 file is not HJSON; it stays as it is".to_owned())),
            number => Err(self.refused(format!(
                "{number} files are not HJSON; they stay as they are"
            ))),
        }
    }

    fn refused(self, message: String) -> Failure {
        Failure::refused(message).with_diagnostics(self.errors)
    }
}

fn files(number: usize) -> String {
    match number {
        1 => "1 file".to_owned(),
        _ => format!("{number} files"),
    }
}

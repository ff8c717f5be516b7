//! The failures of a run for people: the end of the log, the known cause, what to do.

use std::fmt::Write;

use camino::Utf8PathBuf;

use super::escape::{last_lines, line};
use super::known_errors::{KnownErrors, recovery_level};
use super::look::{Look, Tone};
use super::telling::{failed, in_doubt};
use super::words;
use crate::component::KnownError;
use crate::engine::event::{TaskFailure, TaskId};
use crate::name::Name;

/// Lines of a log that are shown.
const SNIPPET_LINES: usize = 20;

/// What failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A node could not be made ready.
    Node(Name),
    /// A task.
    Task {
        id: TaskId,
        /// The end of its log.
        tail: Vec<u8>,
        /// Where the whole log is.
        log: Option<Utf8PathBuf>,
    },
}

/// One failure and what is left of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failed {
    pub(super) place: Place,
    pub(super) failure: TaskFailure,
    pub(super) in_doubt: bool,
}

impl Failed {
    /// Appends what people need to know.
    pub(super) fn render(&self, out: &mut String, known: &KnownErrors, look: Look) {
        let happened = if self.in_doubt {
            in_doubt(&self.failure)
        } else {
            failed(&self.failure)
        };
        let happened = look.paint(Tone::Bad, happened);
        let mut known_error = None;
        // Writing to a string cannot fail.
        match &self.place {
            Place::Node(node) => {
                let _ = writeln!(out, "\n{node} {happened}");
            }
            Place::Task { id, tail, .. } => {
                let _ = writeln!(out, "\n{} {} {happened}", id.node, id.package);
                push_snippet(out, tail, look);
                known_error = known.find(id, tail);
            }
        }
        self.push_advice(out, known_error);
        for message in known.routing(self.node()) {
            let _ = writeln!(out, "  note: {}", line(message.as_bytes()));
        }
        if let Place::Task { log: Some(log), .. } = &self.place {
            let _ = writeln!(out, "  log: {log}");
        }
    }

    fn node(&self) -> &Name {
        match &self.place {
            Place::Node(node) => node,
            Place::Task { id, .. } => &id.node,
        }
    }

    /// What is known of the failure, else what its class says.
    fn push_advice(&self, out: &mut String, known: Option<&KnownError>) {
        let level = recovery_level(self.failure.class, known);
        let help = self.failure.class.help();
        let mut advice = match known {
            Some(known) => vec![("cause", known.cause.as_str()), ("fix", &known.fix)],
            None => vec![("help", help)],
        };
        if let Some(owner) = known.and_then(|known| known.owner.as_deref()) {
            advice.push(("owner", owner));
        }
        advice.push(words::recovery_level(level));
        for (word, text) in advice {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "  {word}: {}", line(text.as_bytes()));
        }
    }
}

fn push_snippet(out: &mut String, tail: &[u8], look: Look) {
    if tail.trim_ascii().is_empty() {
        return;
    }
    for text in last_lines(tail, SNIPPET_LINES) {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "  | {}", look.paint(Tone::Faint, text));
    }
}

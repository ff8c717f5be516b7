//! The failures of a run for people: the end of the log, the known cause, what to do.

use std::collections::BTreeMap;
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
    /// Nodes could not be made ready.
    Nodes,
    /// A task of every node.
    Task {
        /// The task of the first of them.
        id: TaskId,
        /// The end of its log.
        tail: Vec<u8>,
        /// Where the whole log is.
        log: Option<Utf8PathBuf>,
    },
}

/// One failure of every node that has it, and what is left of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failed {
    pub(super) place: Place,
    pub(super) failure: TaskFailure,
    pub(super) in_doubt: bool,
    /// The nodes, the first that failed first.
    pub(super) nodes: Vec<Name>,
}

impl Failed {
    /// Whether another one is the same on another node: as far as anybody knows, one cause
    /// has both.
    pub(super) fn is_same(&self, other: &Self, known: &KnownErrors) -> bool {
        if (&self.failure, self.in_doubt) != (&other.failure, other.in_doubt) {
            return false;
        }
        match (&self.place, &other.place) {
            (Place::Nodes, Place::Nodes) => true,
            (Place::Task { id, .. }, Place::Task { id: theirs, .. }) => {
                (&id.component, &id.package) == (&theirs.component, &theirs.package)
                    && self.known(known) == other.known(known)
            }
            _ => false,
        }
    }

    /// Whether it is of a task, or of that task of other nodes too.
    pub(super) fn is_of(&self, task: &TaskId) -> bool {
        let Place::Task { id, .. } = &self.place else {
            return false;
        };
        (&id.component, &id.package) == (&task.component, &task.package)
            && self.nodes.contains(&task.node)
    }

    /// Appends what people need to know.
    pub(super) fn render(&self, out: &mut String, known: &KnownErrors, look: Look) {
        let happened = if self.in_doubt {
            in_doubt(&self.failure)
        } else {
            failed(&self.failure)
        };
        let happened = look.paint(Tone::Bad, happened);
        // Writing to a string cannot fail.
        let _ = writeln!(out, "\n{} {happened}", self.subject());
        if self.nodes.len() > 1 {
            let _ = writeln!(out, "  on: {}", words::few(self.nodes.iter()));
        }
        if let Place::Task { tail, .. } = &self.place {
            push_snippet(out, tail, look);
        }
        self.push_advice(out, self.known(known));
        self.push_routing(out, known);
        if let Place::Task { log: Some(log), .. } = &self.place {
            let _ = writeln!(out, "  log: {log}");
        }
    }

    /// Who else is to be asked, and about which of the nodes where it is not all of them.
    fn push_routing(&self, out: &mut String, known: &KnownErrors) {
        let mut routed: BTreeMap<&str, Vec<&Name>> = BTreeMap::new();
        for node in &self.nodes {
            for message in known.routing(node) {
                routed.entry(message).or_default().push(node);
            }
        }
        for (message, nodes) in routed {
            let about = match nodes.len() == self.nodes.len() {
                true => String::new(),
                false => format!(" for {}", words::few(nodes.into_iter())),
            };
            // Writing to a string cannot fail.
            let _ = writeln!(out, "  note{about}: {}", line(message.as_bytes()));
        }
    }

    /// `node-1 hostos-boot-release`, `hostos-boot-release on 7 nodes`.
    fn subject(&self) -> String {
        let nodes = words::count(self.nodes.len(), "node");
        match (&self.place, &*self.nodes) {
            (Place::Nodes, [node]) => node.to_string(),
            (Place::Nodes, _) => nodes,
            (Place::Task { id, .. }, [node]) => format!("{node} {}", id.package),
            (Place::Task { id, .. }, _) => format!("{} on {nodes}", id.package),
        }
    }

    fn known<'known>(&self, known: &'known KnownErrors) -> Option<&'known KnownError> {
        match &self.place {
            Place::Nodes => None,
            Place::Task { id, tail, .. } => known.find(id, tail),
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

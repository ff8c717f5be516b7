//! The edge of ddt: an error as a verb reports it. What a failure means for the exit
//! code stands here and nowhere else.

mod class;
mod table;

use std::fmt;

use crate::document::Diagnostic;
use crate::exit::ExitCode;

pub use class::{FailureClass, RecoveryLevel};
pub use table::{FailureRow, Patience, Retry};

/// Why a verb could not do what it was asked.
#[derive(Debug)]
pub struct Failure {
    /// What kind of failure: decides the exit code.
    pub kind: FailureKind,
    /// What went wrong, in lower case; reads as a fragment after "error: ".
    pub message: String,
    /// Why, outermost first.
    pub causes: Vec<String>,
    /// What to type next.
    pub help: Option<String>,
    /// The documents at fault, with their places.
    pub diagnostics: Vec<Diagnostic>,
}

/// The kinds of failure that the exit-code table tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// The call, a document or a rule refuses it; no node was touched.
    Refused,
    /// No input matched.
    NoInput,
    /// ddt's own environment: files, database, programs.
    Environment,
    /// Another run holds the zone.
    Locked,
    /// The outcome of an attempt is unknown.
    InDoubt,
}

impl FailureKind {
    /// The exit code of this kind.
    pub fn exit_code(self) -> ExitCode {
        match self {
            Self::Refused => ExitCode::Refused,
            Self::NoInput => ExitCode::NoInput,
            Self::Environment => ExitCode::Error,
            Self::Locked => ExitCode::Locked,
            Self::InDoubt => ExitCode::InDoubt,
        }
    }
}

impl Failure {
    /// Starts a failure of a kind.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            causes: Vec::new(),
            help: None,
            diagnostics: Vec::new(),
        }
    }

    /// The call, a document or a rule refuses it.
    pub fn refused(message: impl Into<String>) -> Self {
        Self::new(FailureKind::Refused, message)
    }

    /// Something in ddt's environment is at fault.
    pub fn environment(message: impl Into<String>) -> Self {
        Self::new(FailureKind::Environment, message)
    }

    /// Adds an error and everything below it as the cause.
    pub fn because(mut self, error: &dyn std::error::Error) -> Self {
        let chain = std::iter::successors(Some(error), |error| error.source());
        self.causes.extend(chain.map(ToString::to_string));
        self
    }

    /// Says what to type next.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Attaches the messages about documents.
    pub fn with_diagnostics(mut self, diagnostics: Vec<Diagnostic>) -> Self {
        self.diagnostics = diagnostics;
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

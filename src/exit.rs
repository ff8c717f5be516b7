//! The exit codes of `ddt`: one table, printed by `ddt help exit-codes` and in the docs.

/// How a `ddt` command ended, as its parent process sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum ExitCode {
    /// Everything that was asked for is done, or there was nothing to do.
    Done = 0,
    /// `lint`, `fmt` or `verify` has findings, or ddt or its environment is at fault.
    Error = 1,
    /// The call or a document is wrong, or a rule refused it, before any node was touched.
    Refused = 2,
    /// No input matched (`lint`, `fmt`, selectors).
    NoInput = 3,
    /// A task failed on at least one node.
    Failed = 4,
    /// The operator stopped the run; it can be resumed.
    Stopped = 5,
    /// The run failed and was rolled back.
    RolledBack = 6,
    /// Another run holds the zone.
    Locked = 7,
    /// The run finished, but not on every node.
    Partial = 8,
    /// What an attempt did is not known.
    InDoubt = 9,
    /// The operator interrupted twice.
    Interrupted = 130,
}

impl ExitCode {
    /// Every code, in the order of the table.
    pub const ALL: [Self; 11] = [
        Self::Done,
        Self::Error,
        Self::Refused,
        Self::NoInput,
        Self::Failed,
        Self::Stopped,
        Self::RolledBack,
        Self::Locked,
        Self::Partial,
        Self::InDoubt,
        Self::Interrupted,
    ];

    /// What the code means, in one line.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done, or nothing to do",
            Self::Error => {
                "findings (`lint`, `fmt`, `verify`), or an error in ddt or its environment"
            }
            Self::Refused => {
                "usage, invalid input, or refused by a rule before any node was touched"
            }
            Self::NoInput => "no input matched (`lint`, `fmt`, selectors)",
            Self::Failed => "failed on at least one node",
            Self::Stopped => "stopped by the operator, resumable",
            Self::RolledBack => "failed and rolled back",
            Self::Locked => "locked by another run",
            Self::Partial => {
                "finished, but not everywhere (nodes skipped by rule, unreachable or failed within tolerance)"
            }
            Self::InDoubt => "in doubt: an attempt's outcome is unknown",
            Self::Interrupted => "interrupted twice",
        }
    }

    /// The number a shell sees in `$?`.
    pub fn number(self) -> u8 {
        self as u8
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code.number())
    }
}

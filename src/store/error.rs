//! What can go wrong with the recorded state.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;
use rusqlite::ErrorCode;

use super::fold::FoldError;
use super::lock::Holder;
use super::unlock::Unlocking;
use crate::failure::{Failure, FailureKind};
use crate::name::Name;

/// Why the recorded state cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A file or directory beside the database.
    #[error("cannot use {path}")]
    File {
        /// Which.
        path: Utf8PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The database cannot be read or written now.
    #[error("cannot use the state database {path}")]
    Database {
        /// The database.
        path: Utf8PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// The database is no database any more, or never was one.
    #[error("{path} is not a sound state database")]
    Damaged {
        /// The database.
        path: Utf8PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// A newer ddt has been here.
    #[error("{path} was written by a newer ddt (schema {found}, this one knows {known})")]
    Newer {
        /// The database.
        path: Utf8PathBuf,
        /// Its schema.
        found: usize,
        /// The newest schema this ddt knows.
        known: usize,
    },
    /// Another process holds the zone.
    #[error("zone {mzone} is locked by {}", said(holder.as_deref()))]
    Locked {
        /// The zone.
        mzone: Name,
        /// Who holds it, where the database still knows.
        holder: Option<Box<Holder>>,
    },
    /// This run's lock was broken: another run may be at work.
    #[error("zone {mzone} was unlocked {by}: this run has no part in it any more")]
    Unlocked {
        /// The zone.
        mzone: Name,
        /// By whom.
        by: Box<Unlocking>,
    },
    /// The clock is beyond what a run's name can say.
    #[error("the clock says {0}, which cannot be")]
    Clock(Timestamp),
    /// A node claims an epoch after which there is none.
    #[error("a node has seen epoch {0}, and no run can have a higher one")]
    LastEpoch(u64),
    /// There is no such run.
    #[error("there is no run `{0}`")]
    UnknownRun(String),
    /// The journal is not what ddt wrote.
    #[error("the journal of run {run} is broken at event {seq}: it was changed or damaged there")]
    BrokenChain {
        /// The run.
        run: Name,
        /// The first event that does not belong to the chain, or is missing from it.
        seq: u64,
    },
    /// The plan of a run is not what was stored.
    #[error("the plan of run {0} is not the one that was stored: it was changed or damaged")]
    ChangedPlan(Name),
    /// An event is sound, but ddt cannot read it.
    #[error("event {seq} of run {run} cannot be read")]
    UnreadableEvent {
        /// The run.
        run: Name,
        /// The event.
        seq: u64,
        /// Why.
        source: serde_json::Error,
    },
    /// An event is sound and readable, but cannot have happened.
    #[error("the journal of run {run} does not make sense")]
    Impossible {
        /// The run.
        run: Name,
        /// What.
        source: FoldError,
    },
}

impl StoreError {
    pub(super) fn file(path: &Utf8Path, source: io::Error) -> Self {
        Self::File {
            path: path.to_owned(),
            source,
        }
    }

    pub(super) fn database(path: &Utf8Path, source: rusqlite::Error) -> Self {
        let path = path.to_owned();
        match source.sqlite_error_code() {
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
                Self::Damaged { path, source }
            }
            _ => Self::Database { path, source },
        }
    }

    /// Whether the records contradict themselves: nothing may be continued from them.
    pub fn is_damage(&self) -> bool {
        matches!(
            self,
            Self::Damaged { .. }
                | Self::BrokenChain { .. }
                | Self::ChangedPlan(_)
                | Self::UnreadableEvent { .. }
                | Self::Impossible { .. }
        )
    }

    /// The error and its cause in one line.
    pub fn described(&self) -> String {
        match std::error::Error::source(self) {
            Some(source) => format!("{self}: {source}"),
            None => self.to_string(),
        }
    }

    fn kind(&self) -> FailureKind {
        match self {
            Self::Locked { .. } | Self::Unlocked { .. } => FailureKind::Locked,
            Self::UnknownRun(_) => FailureKind::Refused,
            _ => FailureKind::Environment,
        }
    }

    fn help(&self) -> Option<String> {
        Some(match self {
            Self::Locked { mzone, .. } => format!("watch it with `ddt status --zone {mzone}`, and try again when it has ended"),
            Self::Unlocked { mzone, .. } => format!("what it began on the nodes goes on there; look at `ddt status --zone {mzone}`"),
            Self::UnknownRun(_) => "`ddt history` lists the runs".to_owned(),
            Self::Newer { .. } => "use that ddt, or another --state-dir".to_owned(),
            Self::Database { source, .. } if source.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
                "another ddt is writing to it; try again".to_owned()
            }
            error if error.is_damage() => {
                "nothing was changed; keep a copy of the state directory, and restore a snapshot or begin with another --state-dir".to_owned()
            }
            _ => return None,
        })
    }
}

fn said(holder: Option<&Holder>) -> String {
    holder.map_or_else(|| "another process".to_owned(), Holder::to_string)
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let mut failure = Self::new(error.kind(), error.to_string());
        if let Some(source) = std::error::Error::source(&error) {
            failure = failure.because(source);
        }
        match error.help() {
            Some(help) => failure.help(help),
            None => failure,
        }
    }
}

//! Breaking a zone's lock, for an operator who knows that its holder will not end.
//!
//! The holder may be alive: it is shut out rather than trusted to be gone. From here on
//! the database takes nothing of it any more, so that it can intend nothing; and the
//! nodes refuse it as soon as a later run, whose epoch is higher, has been there.

use std::fmt;
use std::fs::TryLockError;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;

use super::error::StoreError;
use super::gate::Gate;
use super::lock::{Holder, hostname, lock_path, read_holder};
use super::rows::column;
use super::{Store, files};
use crate::name::Name;

/// That a run's lock was broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unlocking {
    /// The run that held the zone.
    pub run: Name,
    /// When its lock was broken.
    pub time: Timestamp,
    /// The process that broke it.
    pub pid: u32,
    /// The machine that process ran on.
    pub host: String,
}

impl fmt::Display for Unlocking {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = self.time.strftime("%Y-%m-%dT%H:%M:%SZ");
        write!(out, "at {time} by process {} on {}", self.pid, self.host)
    }
}

impl Store {
    /// Breaks the lock of a zone, whoever holds it, and records that; says whose it was.
    /// `None` where nobody holds it: nothing is changed then.
    pub fn unlock(&mut self, mzone: &Name) -> Result<Option<Holder>, StoreError> {
        let _gate = Gate::close(&self.state_dir)?;
        let path = lock_path(&self.state_dir, mzone);
        let Some(file) = files::existing(&path)? else {
            return Ok(None);
        };
        match file.try_lock() {
            Ok(()) => return Ok(None),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(StoreError::file(&path, error)),
        }
        let Some(holder) = self.query(|connection| read_holder(connection, mzone))? else {
            return Ok(None);
        };
        let now = (self.clock)();
        self.change(|connection| record(connection, mzone, &holder.run, now))?;
        // The holder keeps its lock on a file that has no name any more.
        std::fs::remove_file(&path).map_err(|error| StoreError::file(&path, error))?;
        Ok(Some(holder))
    }

    /// That a run's lock was broken, if it was.
    pub fn unlocking(&self, run: &Name) -> Result<Option<Unlocking>, StoreError> {
        let sql = "SELECT run, time, pid, host FROM unlocking WHERE run = ?1 ORDER BY number";
        self.query(|connection| {
            let found = connection.query_row(sql, [run.as_str()], |row| {
                Ok(Unlocking {
                    run: column(row, 0)?,
                    time: column(row, 1)?,
                    pid: row.get(2)?,
                    host: row.get(3)?,
                })
            });
            found.optional()
        })
    }

    /// The error that a run's writing came to, or that its lock was broken before.
    pub(super) fn shut_out(&self, mzone: &Name, run: &Name, error: StoreError) -> StoreError {
        match self.unlocking(run) {
            Ok(Some(by)) => StoreError::Unlocked {
                mzone: mzone.clone(),
                by: Box::new(by),
            },
            _ => error,
        }
    }
}

fn record(
    connection: &Connection,
    mzone: &Name,
    run: &Name,
    time: Timestamp,
) -> rusqlite::Result<usize> {
    connection.execute(
        "INSERT INTO unlocking (mzone, run, time, pid, host) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            mzone.as_str(),
            run.as_str(),
            time.to_string(),
            std::process::id(),
            hostname()
        ],
    )
}

//! What operators want of a run that another process drives: asked for here, append-only,
//! and taken from here by that process, which journals it.

use jiff::Timestamp;
use rusqlite::params;
use serde::Serialize;

use super::Store;
use super::error::StoreError;
use super::rows::{column, word_column};
use crate::engine::event::StopAfter;
use crate::name::Name;

/// A wish that a run should stop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StopRequest {
    /// Its number: a later one has a higher.
    pub number: u64,
    /// When it was made.
    pub time: Timestamp,
    /// How it should stop.
    pub wish: StopWish,
}

/// How a run should stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StopWish {
    /// Finish so much first.
    After(StopAfter),
    /// End what runs on the nodes.
    Kill,
}

/// The word of [`StopWish::Kill`] in the database.
const KILL: &str = "kill";

impl Store {
    /// Records a wish. The run need not have begun: one that prepares finds it when it does.
    pub fn request_stop(&mut self, run: &Name, wish: StopWish) -> Result<(), StoreError> {
        let time = (self.clock)().to_string();
        let wish = match wish {
            StopWish::After(after) => after.word(),
            StopWish::Kill => KILL,
        };
        self.change(|connection| {
            let sql = "INSERT INTO stop (run, time, wish) VALUES (?1, ?2, ?3)";
            connection.execute(sql, params![run.as_str(), time, wish])
        })
        .map(|_| ())
    }

    /// The wishes about a run after the one of a number, oldest first; all after 0.
    pub fn stop_requests(&self, run: &Name, after: u64) -> Result<Vec<StopRequest>, StoreError> {
        self.query(|connection| {
            let sql = "SELECT number, time, wish FROM stop
                       WHERE run = ?1 AND number > ?2 ORDER BY number";
            let mut statement = connection.prepare_cached(sql)?;
            let read = |row: &rusqlite::Row<'_>| {
                let wish = match row.get::<_, String>(2)?.as_str() {
                    KILL => StopWish::Kill,
                    _ => StopWish::After(word_column(row, 2)?),
                };
                Ok(StopRequest {
                    number: row.get(0)?,
                    time: column(row, 1)?,
                    wish,
                })
            };
            statement
                .query_map(params![run.as_str(), after], read)?
                .collect()
        })
    }

    /// A number that changes whenever another connection has changed the database: cheap
    /// to look at several times a second.
    pub fn data_version(&self) -> Result<i64, StoreError> {
        self.query(|connection| {
            connection.pragma_query_value(None, "data_version", |row| row.get(0))
        })
    }
}

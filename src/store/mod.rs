//! What ddt remembers: runs, their plans and journals, and who holds which zone.
//!
//! One SQLite database, `state.db`, in the state directory. What is committed survives
//! the loss of the process and of the power; a journal can only grow, and a change of
//! what it holds is found. Any number of processes may read while one writes.

mod chain;
mod error;
mod files;
pub mod fold;
mod gate;
mod heartbeat;
mod journal;
mod lock;
pub mod logs;

mod read;
mod rows;
mod run;
#[cfg(test)]
pub(crate) mod sample;
mod seen;
mod stop;
#[cfg(test)]
mod tests;
mod unlock;
mod word;

use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

pub use error::StoreError;
pub use lock::{Holder, ZoneLock};
pub use read::{Head, RunSummary};
pub use run::{RunHandle, RunRecord, RunRequest};
pub use seen::SeenRelease;
pub use stop::{StopRequest, StopWish};
pub use unlock::Unlocking;
pub use word::from_word;

use gate::Gate;

/// The database's name in the state directory.
pub const DATABASE: &str = "state.db";

/// Each brings the schema from its index to the next number.
const MIGRATIONS: &[&str] = &[
    include_str!("schema.sql"),
    include_str!("schema_2.sql"),
    include_str!("schema_3.sql"),
    include_str!("schema_4.sql"),
];

/// How long one statement waits for another process.
const PATIENCE: Duration = Duration::from_secs(10);

/// An open state database.
pub struct Store {
    connection: Connection,
    state_dir: Utf8PathBuf,
    clock: fn() -> Timestamp,
}

impl Store {
    /// Opens the state for reading and writing; makes what is missing, for the owner's
    /// eyes only. A database of a newer ddt and a damaged one are refused and left alone.
    pub fn open(state_dir: &Utf8Path) -> Result<Self, StoreError> {
        files::directory(state_dir)?;
        let path = state_dir.join(DATABASE);
        files::file(&path)?;
        let mut store = Self::connect(state_dir, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        store.prepare()?;
        Ok(store)
    }

    /// Opens the state for reading; it is empty where there is none yet, and then
    /// nothing is made.
    pub fn open_to_read(state_dir: &Utf8Path) -> Result<Self, StoreError> {
        if !state_dir.join(DATABASE).exists() {
            return Self::empty(state_dir);
        }
        let store = Self::connect(state_dir, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        if store.is_outdated()? {
            return Self::open(state_dir);
        }
        Ok(store)
    }

    /// Takes the time from somewhere else than the clock.
    #[cfg(test)]
    pub(crate) fn with_clock(self, clock: fn() -> Timestamp) -> Self {
        Self { clock, ..self }
    }

    fn empty(state_dir: &Utf8Path) -> Result<Self, StoreError> {
        let opened = Connection::open_in_memory();
        let mut store = Self::around(state_dir, opened)?;
        store.migrate()?;
        Ok(store)
    }

    fn connect(state_dir: &Utf8Path, access: OpenFlags) -> Result<Self, StoreError> {
        let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Self::around(
            state_dir,
            Connection::open_with_flags(state_dir.join(DATABASE), flags),
        )
    }

    fn around(
        state_dir: &Utf8Path,
        opened: rusqlite::Result<Connection>,
    ) -> Result<Self, StoreError> {
        let path = state_dir.join(DATABASE);
        let connection = opened.map_err(|error| StoreError::database(&path, error))?;
        let clock = crate::clock::now;
        let store = Self {
            connection,
            state_dir: state_dir.to_owned(),
            clock,
        };
        store.query(|connection| {
            connection.busy_timeout(PATIENCE)?;
            connection.pragma_update(None, "foreign_keys", true)?;
            connection.pragma_update(None, "synchronous", "FULL")
        })?;
        Ok(store)
    }

    /// A second connection to the same database.
    fn reopen(&self) -> Result<Self, StoreError> {
        let store = Self::open(&self.state_dir)?;
        Ok(Self {
            clock: self.clock,
            ..store
        })
    }

    /// Behind the gate, since SQLite does not wait for another process that sets the
    /// journal mode.
    fn prepare(&mut self) -> Result<(), StoreError> {
        if self.is_outdated()? {
            let _gate = Gate::close(&self.state_dir)?;
            self.query(|connection| connection.pragma_update(None, "journal_mode", "WAL"))?;
            self.migrate()?;
        }
        Ok(())
    }

    fn migrate(&mut self) -> Result<(), StoreError> {
        self.change(|connection| {
            let found = version(connection)?.min(MIGRATIONS.len());
            for migration in &MIGRATIONS[found..] {
                connection.execute_batch(migration)?;
            }
            connection.pragma_update(None, "user_version", MIGRATIONS.len())
        })
    }

    fn is_outdated(&self) -> Result<bool, StoreError> {
        let found = self.query(version)?;
        if found > MIGRATIONS.len() {
            let path = self.path();
            return Err(StoreError::Newer {
                path,
                found,
                known: MIGRATIONS.len(),
            });
        }
        Ok(found < MIGRATIONS.len())
    }

    fn path(&self) -> Utf8PathBuf {
        self.state_dir.join(DATABASE)
    }

    /// Asks the database, and names it in the error.
    fn query<T>(
        &self,
        ask: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        ask(&self.connection).map_err(|error| StoreError::database(&self.path(), error))
    }

    /// Changes the database, all or nothing, and names it in the error.
    fn change<T>(
        &mut self,
        change: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let path = self.path();
        all_or_nothing(&mut self.connection, change)
            .map_err(|error| StoreError::database(&path, error))
    }
}

fn all_or_nothing<T>(
    connection: &mut Connection,
    change: impl FnOnce(&Connection) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let result = change(&transaction)?;
    transaction.commit()?;
    Ok(result)
}

fn version(connection: &Connection) -> rusqlite::Result<usize> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

//! One run per zone: who holds it is known as surely as that it is held.
//!
//! The lock is a file's; it ends with its process, however that ends. The zone's row says
//! who has it. Both change together behind the gate, a lock that is held for an instant:
//! so nobody ever reads the row of a former holder, and looking whether a zone is free
//! never makes it look taken.

use std::fmt;
use std::fs::{File, TryLockError};

use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;

use super::error::StoreError;
use super::gate::Gate;
use super::heartbeat::Heartbeat;
use super::rows::{column, word_column};
use super::{Store, files, run};
use crate::crash::crash_point;
use crate::engine::event::RunKind;
use crate::name::Name;

/// Who holds a zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Holder {
    /// The run; it has no record before it begins.
    pub run: Name,
    /// What kind of run.
    pub kind: RunKind,
    /// Its process.
    pub pid: u32,
    /// The machine the process runs on.
    pub host: String,
    /// Since when.
    pub since: Timestamp,
    /// When it was last heard of; it is every few seconds, unless it hangs or is paused.
    pub heartbeat: Timestamp,
}

/// A zone, held until this is dropped or the process ends.
pub struct ZoneLock {
    pub(super) store: Store,
    pub(super) mzone: Name,
    pub(super) holder: Holder,
    _heartbeat: Heartbeat,
    _file: File,
}

impl fmt::Display for Holder {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            run,
            kind,
            pid,
            host,
            since,
            heartbeat,
        } = self;
        let moment = |time: &Timestamp| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let (kind, since, heartbeat) = (kind.word(), moment(since), moment(heartbeat));
        write!(
            out,
            "run {run} ({kind}, process {pid} on {host}, since {since}, last heard of {heartbeat})"
        )
    }
}

impl Store {
    /// Takes a zone's lock and gives its next run a name. Runs of the zone that died
    /// before are closed as interrupted; one whose journal is broken is left as it is.
    pub fn lock(&self, mzone: &Name, kind: RunKind) -> Result<ZoneLock, StoreError> {
        let mut store = self.reopen()?;
        let gate = Gate::close(&self.state_dir)?;
        let path = lock_path(&self.state_dir, mzone);
        let file = files::lock_file(&path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(store.locked(mzone)?),
            Err(TryLockError::Error(error)) => return Err(StoreError::file(&path, error)),
        }
        crash_point!("lock.taken");
        let holder = Holder::this_process(kind, (store.clock)())?;
        store.change(|connection| write_holder(connection, mzone, &holder))?;
        crash_point!("lock.holder-written");
        drop(gate);
        let mzone = mzone.clone();
        let heartbeat = Heartbeat::start(self.reopen()?, mzone.clone(), &holder)?;
        let mut lock = ZoneLock {
            store,
            mzone,
            holder,
            _heartbeat: heartbeat,
            _file: file,
        };
        lock.close_interrupted()?;
        Ok(lock)
    }

    /// Who holds a zone now, if anybody does.
    pub fn holder(&self, mzone: &Name) -> Result<Option<Holder>, StoreError> {
        let Some(_gate) = Gate::pass(&self.state_dir)? else {
            return Ok(None);
        };
        let path = lock_path(&self.state_dir, mzone);
        let Some(file) = files::existing(&path)? else {
            return Ok(None);
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(None),
            Err(TryLockError::WouldBlock) => {
                self.query(|connection| read_holder(connection, mzone))
            }
            Err(TryLockError::Error(error)) => Err(StoreError::file(&path, error)),
        }
    }

    fn locked(&self, mzone: &Name) -> Result<StoreError, StoreError> {
        let holder = self.query(|connection| read_holder(connection, mzone))?;
        let (mzone, holder) = (mzone.clone(), holder.map(Box::new));
        Ok(StoreError::Locked { mzone, holder })
    }
}

impl ZoneLock {
    /// The name of the run that will begin.
    pub fn run(&self) -> &Name {
        &self.holder.run
    }
}

impl Holder {
    fn this_process(kind: RunKind, since: Timestamp) -> Result<Self, StoreError> {
        let host = hostname();
        let (run, pid) = (run::new_name(since)?, std::process::id());
        Ok(Self {
            run,
            kind,
            pid,
            host,
            since,
            heartbeat: since,
        })
    }
}

/// The name of this machine.
pub(super) fn hostname() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    match host.trim() {
        "" => "this machine".to_owned(),
        name => name.to_owned(),
    }
}

pub(super) fn lock_path(state_dir: &Utf8Path, mzone: &Name) -> Utf8PathBuf {
    state_dir.join("locks").join(format!("{mzone}.lock"))
}

fn write_holder(connection: &Connection, mzone: &Name, holder: &Holder) -> rusqlite::Result<usize> {
    let Holder {
        run,
        kind,
        pid,
        host,
        since,
        heartbeat,
    } = holder;
    connection.execute(
        "INSERT INTO zone (mzone, run, kind, pid, host, since, heartbeat)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (mzone) DO UPDATE
         SET run = ?2, kind = ?3, pid = ?4, host = ?5, since = ?6, heartbeat = ?7",
        params![
            mzone.as_str(),
            run.as_str(),
            kind.word(),
            pid,
            host,
            since.to_string(),
            heartbeat.to_string()
        ],
    )
}

pub(super) fn read_holder(
    connection: &Connection,
    mzone: &Name,
) -> rusqlite::Result<Option<Holder>> {
    let sql =
        "SELECT run, kind, pid, host, since, coalesce(heartbeat, since) FROM zone WHERE mzone = ?1";
    let holder = connection.query_row(sql, [mzone.as_str()], |row| {
        Ok(Holder {
            run: column(row, 0)?,
            kind: word_column(row, 1)?,
            pid: row.get(2)?,
            host: row.get(3)?,
            since: column(row, 4)?,
            heartbeat: column(row, 5)?,
        })
    });
    holder.optional()
}

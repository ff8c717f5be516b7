//! A run from its beginning: its name, its record, its plan and its journal.

use std::hash::{BuildHasher, RandomState};

use camino::Utf8PathBuf;
use jiff::Timestamp;
use rusqlite::{Connection, params};
use serde::Serialize;

use super::chain;
use super::error::StoreError;
use super::lock::ZoneLock;
use super::read::Head;
use crate::crash::crash_point;
use crate::digest::Digest;
use crate::engine::event::{Event, RunKind};
use crate::engine::journal::{Journal, JournalError};
use crate::name::Name;

/// The highest epoch that the database and a node's shell can count to.
const LAST_EPOCH: u64 = i64::MAX as u64;

/// What a run is recorded with.
#[derive(Clone, Debug)]
pub struct RunRequest {
    /// The manifest, as the operator wrote its path.
    pub manifest: Utf8PathBuf,
    /// The plan as JSON.
    pub plan: String,
    /// The highest epoch that any node has seen: the run's is higher, even where this
    /// state directory knows nothing of the runs before.
    pub epoch_seen: u64,
}

/// A run's record; it never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RunRecord {
    /// The run.
    pub run: Name,
    /// The zone.
    pub mzone: Name,
    /// What kind of run.
    pub kind: RunKind,
    /// The fencing epoch: of two runs of a zone, the later has the higher.
    pub epoch: u64,
    /// The manifest, as the operator wrote its path.
    pub manifest: Utf8PathBuf,
    /// When it began.
    pub begun: Timestamp,
}

/// A run that goes on in this process: it holds its zone and writes its journal.
pub struct RunHandle {
    lock: ZoneLock,
    record: RunRecord,
    head: Head,
}

impl ZoneLock {
    /// Records the run and its plan, with the zone's next epoch, in one transaction.
    pub fn begin(mut self, request: RunRequest) -> Result<RunHandle, StoreError> {
        let RunRequest {
            manifest,
            plan,
            epoch_seen,
        } = request;
        let mut record = RunRecord {
            run: self.holder.run.clone(),
            mzone: self.mzone.clone(),
            kind: self.holder.kind,
            epoch: 0,
            manifest,
            begun: (self.store.clock)(),
        };
        if epoch_seen >= LAST_EPOCH {
            return Err(StoreError::LastEpoch(epoch_seen));
        }
        crash_point!("run.begin");
        let digest = Digest::of(plan.as_bytes());
        let begun = self.store.change(|connection| {
            let epoch = next_epoch(connection, &record.mzone, epoch_seen)?;
            insert(
                connection,
                &RunRecord {
                    epoch,
                    ..record.clone()
                },
                &plan,
                &digest,
            )?;
            crash_point!("run.inserted");
            Ok(epoch)
        });
        record.epoch =
            begun.map_err(|error| self.store.shut_out(&self.mzone, &record.run, error))?;
        crash_point!("run.recorded");
        let head = Head {
            seq: 0,
            hash: chain::genesis(&record, &digest),
        };
        Ok(RunHandle {
            lock: self,
            record,
            head,
        })
    }
}

impl RunHandle {
    /// The run's record.
    pub fn record(&self) -> &RunRecord {
        &self.record
    }
}

impl Journal for RunHandle {
    fn append(&mut self, events: &[Event]) -> Result<String, JournalError> {
        let Self { lock, record, head } = self;
        let written = lock.store.append(&record.run, head, events);
        let shut_out = |error| lock.store.shut_out(&record.mzone, &record.run, error);
        *head = written.map_err(|error| JournalError(shut_out(error).described()))?;
        Ok(self.head.hash.clone())
    }
}

/// A name that sorts by time. Two are never alike within a state directory: the
/// database refuses the second.
pub(super) fn new_name(time: Timestamp) -> Result<Name, StoreError> {
    // `RandomState` takes its keys from the system's source of randomness.
    let random = RandomState::new().hash_one(time) & 0xff_ffff;
    let text = format!("{}-{random:06x}", time.strftime("%Y%m%dT%H%M%SZ"));
    text.parse().map_err(|_| StoreError::Clock(time))
}

fn next_epoch(connection: &Connection, mzone: &Name, seen: u64) -> rusqlite::Result<u64> {
    let sql = "UPDATE zone SET epoch = max(epoch, ?2) + 1 WHERE mzone = ?1 RETURNING epoch";
    connection.query_row(sql, params![mzone.as_str(), seen], |row| row.get(0))
}

fn insert(
    connection: &Connection,
    record: &RunRecord,
    plan: &str,
    digest: &Digest,
) -> rusqlite::Result<usize> {
    connection.execute(
        "INSERT INTO run (run, mzone, kind, epoch, manifest, begun, plan, plan_digest)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            record.run.as_str(),
            record.mzone.as_str(),
            record.kind.word(),
            record.epoch,
            record.manifest.as_str(),
            record.begun.to_string(),
            plan,
            digest.to_string(),
        ],
    )
}

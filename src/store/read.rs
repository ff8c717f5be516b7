//! Reading what is recorded: nothing is believed that its chain does not hold together.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};
use serde::Serialize;

use super::Store;
use super::chain::{self, Link};
use super::error::StoreError;
use super::fold::{Entry, Fold, RunView};
use super::rows::{column, link, record};
use super::run::RunRecord;
use crate::digest::Digest;
use crate::engine::event::{Event, RunState};
use crate::name::Name;

/// The end of a journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The number of the last event; 0 where there is none.
    pub seq: u64,
    /// The hash of the chain up to it.
    pub hash: String,
}

/// A run in a list: read from the last event only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RunSummary {
    /// The run's record.
    #[serde(flatten)]
    pub record: RunRecord,
    /// How it stands; `None` where its last event is broken.
    pub state: Option<RunState>,
    /// When it ended.
    pub ended: Option<Timestamp>,
}

const RECORD: &str = "SELECT run, mzone, kind, epoch, manifest, begun FROM run";
const LINKS: &str =
    "SELECT seq, time, previous, hash, event FROM journal WHERE run = ?1 ORDER BY seq";

impl Store {
    /// Every zone that was ever locked, by name.
    pub fn zones(&self) -> Result<Vec<Name>, StoreError> {
        self.query(|connection| {
            let mut statement = connection.prepare("SELECT mzone FROM zone ORDER BY mzone")?;
            statement.query_map([], |row| column(row, 0))?.collect()
        })
    }

    /// Every run, newest first; those of one zone where one is given.
    pub fn records(&self, mzone: Option<&Name>) -> Result<Vec<RunRecord>, StoreError> {
        self.query(|connection| {
            let sql = format!("{RECORD} WHERE ?1 IS NULL OR mzone = ?1 ORDER BY number DESC");
            let mut statement = connection.prepare(&sql)?;
            let mzone = mzone.map(Name::as_str);
            statement.query_map([mzone], record)?.collect()
        })
    }

    /// The last run of a zone.
    pub fn last(&self, mzone: &Name) -> Result<Option<RunRecord>, StoreError> {
        self.query(|connection| {
            let sql = format!("{RECORD} WHERE mzone = ?1 ORDER BY number DESC LIMIT 1");
            connection
                .query_row(&sql, [mzone.as_str()], record)
                .optional()
        })
    }

    /// One run's record.
    pub fn record(&self, run: &str) -> Result<RunRecord, StoreError> {
        let found = self.query(|connection| {
            let sql = format!("{RECORD} WHERE run = ?1");
            connection.query_row(&sql, [run], record).optional()
        })?;
        found.ok_or_else(|| StoreError::UnknownRun(run.to_owned()))
    }

    /// How a run stands, without reading all of it.
    pub fn summary(&self, record: RunRecord) -> Result<RunSummary, StoreError> {
        let alive = self.is_alive(&record)?;
        let last = self.query(|connection| {
            let sql = format!("{LINKS} DESC LIMIT 1");
            connection
                .query_row(&sql, [record.run.as_str()], link)
                .optional()
        })?;
        let living = if alive {
            RunState::Running
        } else {
            RunState::Interrupted
        };
        let (state, ended) = match last {
            None => (Some(living), None),
            Some(link) => match entry(&record.run, &link) {
                Ok(Entry {
                    event: Event::RunEnded { state },
                    time,
                    ..
                }) => (Some(state), Some(time)),
                Ok(_) => (Some(living), None),
                Err(_) => (None, None),
            },
        };
        Ok(RunSummary {
            record,
            state,
            ended,
        })
    }

    /// Reads the whole of a run, and verifies it.
    pub fn load(&self, record: &RunRecord) -> Result<RunView, StoreError> {
        // The lock before the events: a run that is known, does not hold its lock and has
        // no end after that was seen will never have one of its own.
        let alive = self.is_alive(record)?;
        let mut fold = Fold::new(record);
        self.walk(record, |entry| {
            let run = record.run.clone();
            fold.apply(&entry)
                .map_err(|source| StoreError::Impossible { run, source })
        })?;
        let mut view = fold.finish();
        if view.state == RunState::Running && !alive {
            view.interrupt();
        }
        Ok(view)
    }

    /// The events of a run behind a number, verified from the first one on; all behind 0.
    pub fn entries_after(&self, record: &RunRecord, seq: u64) -> Result<Vec<Entry>, StoreError> {
        let mut entries = Vec::new();
        self.walk(record, |entry| {
            entries.extend((entry.seq > seq).then_some(entry));
            Ok(())
        })?;
        Ok(entries)
    }

    /// Whether a process drives the run.
    pub fn is_driven(&self, record: &RunRecord) -> Result<bool, StoreError> {
        self.is_alive(record)
    }

    /// Walks a run's chain to its end. The error names the first event that is wrong.
    pub fn verify(&self, run: &Name) -> Result<Head, StoreError> {
        let record = self.record(run.as_str())?;
        self.walk(&record, |_| Ok(()))
    }

    /// All events of a run, in order.
    pub fn events(&self, record: &RunRecord) -> Result<Vec<Event>, StoreError> {
        let mut events = Vec::new();
        self.walk(record, |entry| {
            events.push(entry.event);
            Ok(())
        })?;
        Ok(events)
    }

    /// All heads that a run's journal ever had.
    pub fn heads(&self, run: &Name) -> Result<BTreeSet<String>, StoreError> {
        let record = self.record(run.as_str())?;
        let mut heads = self.query(|connection| {
            let sql = "SELECT hash FROM journal WHERE run = ?1";
            let mut statement = connection.prepare(sql)?;
            let hashes = statement.query_map([run.as_str()], |row| row.get(0))?;
            hashes.collect::<rusqlite::Result<BTreeSet<String>>>()
        })?;
        heads.insert(self.genesis(&record)?);
        Ok(heads)
    }

    /// Whether a run's journal ever had this head: a receipt that names another one knows
    /// of events that the journal has lost.
    pub fn knows_head(&self, run: &Name, head: &str) -> Result<bool, StoreError> {
        let record = self.record(run.as_str())?;
        if self.genesis(&record)? == head {
            return Ok(true);
        }
        self.query(|connection| {
            let sql = "SELECT 1 FROM journal WHERE run = ?1 AND hash = ?2";
            connection.prepare(sql)?.exists(params![run.as_str(), head])
        })
    }

    /// The plan of a run, as it was stored.
    pub fn plan(&self, run: &Name) -> Result<String, StoreError> {
        let sql = "SELECT plan, plan_digest FROM run WHERE run = ?1";
        let found = self.query(|connection| {
            let read = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, column::<Digest>(row, 1)?));
            connection.query_row(sql, [run.as_str()], read).optional()
        })?;
        let (plan, digest) = found.ok_or_else(|| StoreError::UnknownRun(run.to_string()))?;
        if Digest::of(plan.as_bytes()) != digest {
            return Err(StoreError::ChangedPlan(run.clone()));
        }
        Ok(plan)
    }

    /// The runs of a zone whose last event is not their end, oldest first.
    pub(super) fn endless(&self, mzone: &Name) -> Result<Vec<Name>, StoreError> {
        let mut runs = Vec::new();
        for record in self.records(Some(mzone))?.into_iter().rev() {
            let run = record.run.clone();
            if self.summary(record)?.ended.is_none() {
                runs.push(run);
            }
        }
        Ok(runs)
    }

    fn is_alive(&self, record: &RunRecord) -> Result<bool, StoreError> {
        let holder = self.holder(&record.mzone)?;
        Ok(holder.is_some_and(|holder| holder.run == record.run))
    }

    fn genesis(&self, record: &RunRecord) -> Result<String, StoreError> {
        let plan = self.query(|connection| {
            let sql = "SELECT plan_digest FROM run WHERE run = ?1";
            connection.query_row(sql, [record.run.as_str()], |row| column::<Digest>(row, 0))
        })?;
        Ok(chain::genesis(record, &plan))
    }

    fn walk(
        &self,
        record: &RunRecord,
        mut visit: impl FnMut(Entry) -> Result<(), StoreError>,
    ) -> Result<Head, StoreError> {
        let run = &record.run;
        let mut head = Head {
            seq: 0,
            hash: self.genesis(record)?,
        };
        let failed = |error| StoreError::database(&self.path(), error);
        let mut statement = self.connection.prepare(LINKS).map_err(failed)?;
        let links = statement.query_map([run.as_str()], link).map_err(failed)?;
        for link in links {
            let link = link.map_err(failed)?;
            if (link.seq, &link.previous) != (head.seq + 1, &head.hash) {
                return Err(StoreError::BrokenChain {
                    run: run.clone(),
                    seq: head.seq + 1,
                });
            }
            visit(entry(run, &link)?)?;
            head = Head {
                seq: link.seq,
                hash: link.hash,
            };
        }
        Ok(head)
    }
}

fn entry(run: &Name, link: &Link) -> Result<Entry, StoreError> {
    let (run, seq) = (run.clone(), link.seq);
    let time = link.time.parse().ok().filter(|_| link.is_sound(&run));
    let Some(time) = time else {
        return Err(StoreError::BrokenChain { run, seq });
    };
    match serde_json::from_str(&link.event) {
        Ok(event) => Ok(Entry { seq, time, event }),
        Err(source) => Err(StoreError::UnreadableEvent { run, seq, source }),
    }
}

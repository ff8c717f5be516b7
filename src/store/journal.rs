//! The journal's end: where events are added, and where a dead run is closed.

use rusqlite::{Connection, params};

use super::Store;
use super::chain::Link;
use super::error::StoreError;
use super::lock::ZoneLock;
use super::read::Head;
use crate::crash::crash_point;
use crate::engine::event::{Event, RunState};
use crate::name::Name;

impl Store {
    /// Adds events behind the head in one transaction. Once this returns they are on the
    /// disk. A head that is not the journal's end is refused.
    pub(super) fn append(
        &mut self,
        run: &Name,
        head: &Head,
        events: &[Event],
    ) -> Result<Head, StoreError> {
        if events.is_empty() {
            return Ok(head.clone());
        }
        let clock = self.clock;
        crash_point!("journal.append");
        let head = self.change(|connection| {
            let mut head = head.clone();
            for event in events {
                let text = serde_json::to_string(event).map_err(unwritable)?;
                let link = Link::new(run, &head.hash, head.seq + 1, clock().to_string(), text);
                insert(connection, run, &link)?;
                head = Head {
                    seq: link.seq,
                    hash: link.hash,
                };
                crash_point!("journal.event-inserted");
            }
            Ok(head)
        })?;
        crash_point!("journal.appended");
        Ok(head)
    }
}

impl ZoneLock {
    /// Ends the runs of the zone that have no end: nobody else holds the zone, so their
    /// processes are gone. A run whose journal is broken is not continued by even that.
    pub(super) fn close_interrupted(&mut self) -> Result<(), StoreError> {
        for run in self.store.endless(&self.mzone)? {
            match self.store.verify(&run) {
                Ok(head) => {
                    let end = Event::RunEnded {
                        state: RunState::Interrupted,
                    };
                    self.store.append(&run, &head, &[end])?;
                }
                Err(error) if error.is_damage() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

fn insert(connection: &Connection, run: &Name, link: &Link) -> rusqlite::Result<usize> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO journal (run, seq, time, previous, hash, event) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    let Link {
        seq,
        time,
        previous,
        hash,
        event,
    } = link;
    statement.execute(params![run.as_str(), seq, time, previous, hash, event])
}

fn unwritable(error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(Box::new(error))
}

//! The holder of a zone shows that it is still there: a process that hangs or is paused
//! is told from one that works.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

use rusqlite::params;

use super::Store;
use super::error::StoreError;
use super::lock::Holder;
use crate::name::Name;

/// The pause between two beats.
const PERIOD: Duration = Duration::from_secs(5);

/// Notes the time in the zone's row, again and again, until it is dropped.
pub(super) struct Heartbeat {
    _ends_it: Sender<()>,
}

impl Heartbeat {
    /// Begins, on a connection and a thread of its own: the run's may be busy for long.
    pub(super) fn start(store: Store, mzone: Name, holder: &Holder) -> Result<Self, StoreError> {
        let (sender, ended) = channel::<()>();
        let run = holder.run.clone();
        let beat = move || {
            while ended.recv_timeout(PERIOD) == Err(RecvTimeoutError::Timeout) {
                // One that is missed makes the holder look older than it is, no more.
                let _ = store.beat(&mzone, &run);
            }
        };
        let started = std::thread::Builder::new().name("heartbeat".to_owned());
        let started = started.spawn(beat);
        started.map_err(|error| StoreError::file("a thread".into(), error))?;
        Ok(Self { _ends_it: sender })
    }
}

impl Store {
    /// Notes that the run that holds the zone is there.
    fn beat(&self, mzone: &Name, run: &Name) -> Result<usize, StoreError> {
        let now = (self.clock)().to_string();
        let sql = "UPDATE zone SET heartbeat = ?3 WHERE mzone = ?1 AND run = ?2";
        let values = params![mzone.as_str(), run.as_str(), now];
        self.query(|connection| connection.execute(sql, values))
    }
}

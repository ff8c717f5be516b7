//! A log on its way to its reader: every byte once, in order.

use std::sync::Arc;
use std::time::Duration;

use super::attempt::{AttemptId, Receipt};
use super::channel::Link;
use super::response::Response;
use super::session::{Patience, Session};
use super::{LogSink, NodeError, request};
use crate::secret::{Mask, Masker};

/// How long a step runs before its log is looked at.
const FIRST_LOOK: Duration = Duration::from_millis(500);

/// The pause between two looks at the log of a step that says nothing.
const SLOWEST_LOOK: Duration = Duration::from_secs(2);

/// How far an attempt's log was read.
pub(super) struct LogReader<'sink> {
    /// Bytes that are already here.
    pub(super) offset: u64,
    sink: LogSink<'sink>,
    masker: Masker,
}

impl<'sink> LogReader<'sink> {
    /// Goes on at an offset; what the mask covers does not reach the sink.
    pub(super) fn new(offset: u64, sink: LogSink<'sink>, mask: Arc<Mask>) -> Self {
        let masker = Masker::new(mask);
        Self {
            offset,
            sink,
            masker,
        }
    }

    /// Hands on what was kept back because a secret may have begun there.
    pub(super) fn end(&mut self) {
        let rest = self.masker.end();
        if !rest.is_empty() {
            (self.sink)(&rest);
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        self.offset += bytes.len() as u64;
        let shown = self.masker.take(bytes);
        if !shown.is_empty() {
            (self.sink)(&shown);
        }
    }

    /// Takes the log that came with a receipt, from its first byte, if it did.
    pub(super) fn take_whole(&mut self, response: &Response) {
        let Some(part) = response.part("log") else {
            return;
        };
        let skip = usize::try_from(self.offset).unwrap_or(usize::MAX);
        if let Some(bytes) = part.body.get(skip..).filter(|bytes| !bytes.is_empty()) {
            self.take(bytes);
        }
    }

    /// Fetches one piece; says whether there was anything.
    pub(super) async fn fetch(
        &mut self,
        session: &mut Session,
        id: &AttemptId,
    ) -> Result<bool, NodeError> {
        let request = request::log(id, self.offset)?;
        let response = session.ask(&request, Patience::Short).await?;
        let body = &response.expect_part("log")?.body;
        if !body.is_empty() {
            self.take(body);
        }
        Ok(!body.is_empty())
    }

    /// Fetches what is missing of the log of an attempt that ended: as much as its
    /// receipt says, whatever may still be written.
    pub(super) async fn fetch_rest(
        &mut self,
        session: &mut Session,
        receipt: &Receipt,
    ) -> Result<(), NodeError> {
        while self.offset < receipt.log_bytes {
            if !self.fetch(session, &receipt.id).await? {
                break;
            }
        }
        Ok(())
    }

    /// Reads the log through sessions of its own until it is dropped: for as long as
    /// another session waits for a step. Does not end.
    pub(super) async fn watch(&mut self, link: &mut dyn Link, id: &AttemptId) {
        let mut pause = FIRST_LOOK;
        tokio::time::sleep(pause).await;
        // The log is only late where this fails: the receipt brings the rest.
        let Ok(mut session) = Session::open(link).await else {
            return std::future::pending().await;
        };
        loop {
            match self.fetch(&mut session, id).await {
                Ok(true) => pause = FIRST_LOOK,
                Ok(false) => pause = (pause * 2).min(SLOWEST_LOOK),
                Err(_) => return std::future::pending().await,
            }
            tokio::time::sleep(pause).await;
        }
    }
}

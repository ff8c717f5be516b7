//! Ending what runs on nodes: said once by the run, heard by every node that is at work.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

use super::channel::Link;
use super::live::LogReader;
use super::session::{Patience, Session};
use super::{NodeError, TakeUp, request};

/// The pause between two attempts to tell a node.
const RETRY: Duration = Duration::from_millis(500);

/// Says that what runs on the nodes is to be ended.
#[derive(Debug)]
pub struct EndSender(watch::Sender<bool>);

/// Hears that what runs on the node is to be ended.
#[derive(Clone, Debug)]
pub struct EndReceiver(watch::Receiver<bool>);

/// The two ends of the wish.
pub fn end_channel() -> (EndSender, EndReceiver) {
    let (sender, receiver) = watch::channel(false);
    (EndSender(sender), EndReceiver(receiver))
}

impl EndSender {
    /// From now on no attempt goes on.
    pub fn end(&self) {
        self.0.send_replace(true);
    }
}

impl EndReceiver {
    /// Whether it was said.
    pub(crate) fn is_wanted(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is said; for ever where nobody is left to say it.
    pub(crate) async fn wanted(&mut self) {
        if self.0.wait_for(|wanted| *wanted).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Watches an attempt's log while another session waits for its steps, and ends these once
/// that is wanted. Does not end: the other session says how the attempt ended.
pub(super) async fn attend(
    link: &mut dyn Link,
    attempt: &TakeUp,
    log: &mut LogReader<'_>,
    end: Option<&mut EndReceiver>,
) {
    if let Some(end) = end {
        tokio::select! {
            () = log.watch(&mut *link, &attempt.id) => {}
            () = end.wanted() => {}
        }
        while tell(&mut *link, attempt).await.is_err() {
            sleep(RETRY).await;
        }
    }
    log.watch(link, &attempt.id).await;
}

async fn tell(link: &mut dyn Link, attempt: &TakeUp) -> Result<(), NodeError> {
    let mut session = Session::open(link).await?;
    let answer = session.ask(&request::stop(attempt)?, Patience::Short).await;
    answer.map(|_| ())
}

//! One runner at work: a request goes out as a line, its response comes back in parts.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::NodeError;
use super::channel::{Channel, Link};
use super::quote::quote;
use super::response::Response;
use super::script::{READY, RUNNER};
use crate::crash::crash_point;

/// The most bytes of one response: facts hold a few files of at most 1 MiB each.
const LARGEST_RESPONSE: usize = 32 << 20;

/// The most bytes that may come before the runner is ready: banners and profiles.
const LARGEST_GREETING: usize = 64 << 10;

/// How long a runner may take to start.
const START: Duration = Duration::from_secs(30);

/// How long a runner may take to end.
const END: Duration = Duration::from_secs(10);

/// How long to wait for a response.
#[derive(Clone, Copy, Debug)]
pub(super) enum Patience {
    /// A request that only reads or writes files.
    Short,
    /// A request that runs steps, or removes trees of whatever size: only they know how
    /// long. A dead connection is found by the transport.
    Endless,
}

/// A runner that is ready for requests.
pub(super) struct Session {
    channel: Channel,
    received: Vec<u8>,
}

impl Session {
    /// Starts a runner.
    pub(super) async fn open(link: &mut dyn Link) -> Result<Self, NodeError> {
        let channel = link.open().await?;
        let received = Vec::new();
        let mut session = Self { channel, received };
        match timeout(START, session.start()).await {
            Ok(Ok(())) => {
                crash_point!("node.session-open");
                Ok(session)
            }
            Ok(Err(_)) => {
                let said = session.last_words().await;
                Err(link.explain(&said))
            }
            Err(_) => Err(NodeError::Transport("the runner did not start".into())),
        }
    }

    async fn start(&mut self) -> Result<(), NodeError> {
        self.write(RUNNER.as_bytes()).await?;
        while find(&self.received, READY, 0).is_none() {
            self.receive(LARGEST_GREETING).await?;
        }
        self.received.clear();
        Ok(())
    }

    /// What the shell said before it gave up: quoted and bounded.
    async fn last_words(&mut self) -> String {
        let mut said = Vec::new();
        let mut errors = (&mut self.channel.errors).take(4096);
        let reading = errors.read_to_end(&mut said);
        // What was said so far is what there is, whether the stream ends or not.
        drop(timeout(Duration::from_secs(2), reading).await);
        quote(&String::from_utf8_lossy(&said))
    }

    /// Lets the runner end by itself, and waits until it has removed what it kept for the
    /// session.
    pub(super) async fn end(self) {
        let Channel {
            input, mut output, ..
        } = self.channel;
        drop(input);
        // One that takes too long is left to itself: nothing depends on it any more.
        drop(timeout(END, tokio::io::copy(&mut output, &mut tokio::io::sink())).await);
    }

    /// Asks one thing. After an error the session is of no use.
    pub(super) async fn ask(
        &mut self,
        request: &str,
        patience: Patience,
    ) -> Result<Response, NodeError> {
        let id = self.begin(request).await?;
        self.answer(&id, patience).await
    }

    /// Sends a request only; returns what its answer is known by.
    pub(super) async fn begin(&mut self, request: &str) -> Result<String, NodeError> {
        let id = response_id();
        crash_point!("node.request-ready");
        // It may hold secrets.
        let line = Zeroizing::new(format!("{id} {request}\n"));
        self.write(line.as_bytes()).await?;
        crash_point!("node.request-sent");
        Ok(id)
    }

    /// Where the bytes go that a request announced.
    pub(super) fn input(&mut self) -> &mut (dyn AsyncWrite + Send + Unpin) {
        &mut *self.channel.input
    }

    /// Waits for the answer to a request.
    pub(super) async fn answer(
        &mut self,
        id: &str,
        patience: Patience,
    ) -> Result<Response, NodeError> {
        let limit = match patience {
            Patience::Short => Duration::from_secs(120),
            Patience::Endless => Duration::MAX,
        };
        let end = format!("\n{id} end\n");
        let silence = |_| NodeError::Transport("the node does not answer".into());
        let mut searched = 0;
        let length = loop {
            if let Some(at) = find(&self.received, end.as_bytes(), searched) {
                break at + end.len();
            }
            searched = self.received.len().saturating_sub(end.len());
            timeout(limit, self.receive(LARGEST_RESPONSE))
                .await
                .map_err(silence)??;
        };
        crash_point!("node.response-here");
        let rest = self.received.split_off(length);
        let bytes = std::mem::replace(&mut self.received, rest);
        Response::read(id, &bytes)
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), NodeError> {
        let input = &mut self.channel.input;
        input.write_all(bytes).await.map_err(|error| lost(&error))?;
        input.flush().await.map_err(|error| lost(&error))
    }

    async fn receive(&mut self, limit: usize) -> Result<(), NodeError> {
        if self.received.len() > limit {
            return Err(NodeError::Protocol(format!("more than {limit} bytes")));
        }
        let output = &mut self.channel.output;
        match output.read_buf(&mut self.received).await {
            Ok(0) => Err(NodeError::Transport("the session ended".into())),
            Ok(_) => Ok(()),
            Err(error) => Err(lost(&error)),
        }
    }
}

fn lost(error: &std::io::Error) -> NodeError {
    NodeError::Transport(error.to_string())
}

/// Where `needle` begins in `bytes`, at `from` or after it.
fn find(bytes: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    let windows = bytes.get(from..)?.windows(needle.len());
    Some(from + windows.enumerate().find(|(_, window)| *window == needle)?.0)
}

/// 128 bits that nothing on a node can guess: the hasher's keys are the system's.
fn response_id() -> String {
    let [first, second] = [RandomState::new(), RandomState::new()].map(|state| state.hash_one(0));
    format!("{first:016x}{second:016x}")
}

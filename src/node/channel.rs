//! A running shell on a node, seen from here: three streams, however they get there.

use std::any::Any;

use async_trait::async_trait;
use tokio::io::{AsyncRead, AsyncWrite};

use super::NodeError;

/// The streams of one runner.
pub(super) struct Channel {
    /// What the runner reads.
    pub(super) input: Box<dyn AsyncWrite + Send + Unpin>,
    /// What the runner answers.
    pub(super) output: Box<dyn AsyncRead + Send + Unpin>,
    /// What the shell says before the runner runs.
    pub(super) errors: Box<dyn AsyncRead + Send + Unpin>,
    /// Kept for as long as the streams are in use.
    #[expect(dead_code, reason = "owned, not used: dropping it ends the session")]
    pub(super) process: Box<dyn Any + Send>,
}

/// Opens channels to one machine.
#[async_trait]
pub(super) trait Link: Send + Sync + 'static {
    /// Starts a shell that waits for the runner's text; connects if need be.
    async fn open(&mut self) -> Result<Channel, NodeError>;

    /// Says why a shell that was opened did not become the runner, from what it said.
    fn explain(&self, said: &str) -> NodeError;

    /// Gives the connection up, so that the next channel is on a new one.
    async fn disconnect(&mut self);
}

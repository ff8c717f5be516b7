//! Nodes: reading facts, sending payloads, running attempts, rebooting.
//!
//! Every transport speaks to the same runner (`runner.sh`), so a sandbox on this machine
//! and a server over SSH behave alike.

use std::sync::Arc;

use async_trait::async_trait;

pub mod attempt;
mod channel;
mod ending;
mod error;
pub mod facts;
#[cfg(test)]
pub(crate) mod fake;
mod fetch;
mod live;
mod local;
pub(crate) mod persistence;
mod probe;
mod prune;
mod quote;
pub(crate) mod reboot;
mod receipt;
mod request;
mod response;
mod runner;
mod script;
mod session;
mod ssh;
mod target;
mod upload;
mod words;

#[cfg(test)]
mod tests;

pub use ending::{EndReceiver, EndSender, end_channel};
pub use error::NodeError;
pub use fetch::{NotFetched, PayloadOrigin, RemoteArchive};
pub use prune::PrunedNode;
pub use target::{
    Become, ConnectOptions, HostKeys, KeyExchange, Purpose, SshContext, SshTarget, Target,
    Transport, UnknownHostKeys, ask_ahead, connect, fingerprints,
};

use attempt::{AttemptId, AttemptRecord, AttemptRequest, Receipt};
use camino::Utf8PathBuf;
use facts::{BootId, Facts};

use crate::digest::Digest;
use crate::name::Name;
use crate::secret::RunSecrets;

/// One machine, as the engine sees it.
///
/// An error leaves what was started on the node untouched: a started attempt goes on by
/// itself, and [`Node::follow`] takes it up again.
#[async_trait]
pub trait Node: Send {
    /// The node's name in its zone.
    fn name(&self) -> &Name;

    /// Connects if need be and reads the facts. Changes nothing on the node.
    async fn facts(&mut self, query: &FactsQuery) -> Result<Facts, NodeError>;

    /// Puts payloads on the node and verifies them there. Those it has are not sent.
    async fn upload(&mut self, payloads: &[Payload]) -> Result<(), NodeError>;

    /// Lets the node read payloads from a registry itself and verify them; those it has are not read again. Says which
    /// still have to be sent.
    async fn fetch(
        &mut self,
        _payloads: &[Payload],
        _origin: &dyn PayloadOrigin,
    ) -> Result<Vec<NotFetched>, NodeError> {
        Ok(Vec::new())
    }

    /// Starts an attempt, once, and follows it to its receipt. A dropped connection is
    /// taken up again until the receipt is there or the node stays away.
    async fn start(
        &mut self,
        request: &AttemptRequest,
        log: LogSink<'_>,
    ) -> Result<Receipt, NodeError>;

    /// Waits for the receipt of an attempt that is already started, by whatever process.
    async fn follow(&mut self, follow: &Follow, log: LogSink<'_>) -> Result<Receipt, NodeError>;

    /// After a reboot: runs the attempt's `verify`, writes the records, ends the attempt.
    async fn finish(&mut self, attempt: &TakeUp, log: LogSink<'_>) -> Result<Receipt, NodeError>;

    /// Every attempt of a run that was started on the node, in order. Changes nothing there.
    async fn attempts(&mut self, run: &Name) -> Result<Vec<AttemptRecord>, NodeError>;

    /// From now on ends the steps of the attempt at work there once that is wanted. What
    /// the attempt came to is still its receipt's to say. A dry run's checks go on.
    fn end_when(&mut self, _wanted: EndReceiver) {}

    /// From now on says how much of what a node lacks has been sent. What only stands for a
    /// node sends nothing.
    fn tell_sent(&mut self, _sink: SentSink) {}

    /// From now on hands these secrets to the steps of their packages, in memory, and covers
    /// them in every log.
    fn keep_secrets(&mut self, _secrets: RunSecrets) {}

    /// Reboots the node and waits until two reads agree on a boot id other than `since`.
    async fn reboot(&mut self, request: &RebootRequest) -> Result<BootId, NodeError>;

    /// Removes the payloads that no attempt on the node needs, neither to go on nor to be
    /// undone; refused while one is at work. Must not be asked of a dry run. What only stands
    /// for a node has nothing to prune.
    async fn prune(&mut self) -> Result<PrunedNode, NodeError> {
        Ok(PrunedNode::default())
    }

    /// Ends the connection; what runs on the node goes on.
    async fn close(&mut self);
}

/// How much of the payloads that a node lacks has been sent, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// So much.
    pub bytes: u64,
    /// Of so much. An upload that is begun again begins with nothing.
    pub of: u64,
}

/// Is told whenever more has been sent.
pub type SentSink = Arc<dyn Fn(Sent) + Send + Sync>;

/// Receives a log's bytes in order, raw.
pub type LogSink<'sink> = &'sink mut (dyn FnMut(&[u8]) + Send);

/// What [`Node::facts`] is to read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FactsQuery {
    /// The components and their files on the node, before its `root` prefix.
    pub components: Vec<ComponentFiles>,
    /// The payloads whose presence is of interest.
    pub payloads: Vec<Digest>,
}

/// Where a component keeps its records on a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComponentFiles {
    /// The component.
    pub component: Name,
    /// One line: the stage.
    pub stage: Utf8PathBuf,
    /// One line per deployment.
    pub releases: Utf8PathBuf,
    /// Only read: holds `NODE_TYPES`.
    pub network: Option<Utf8PathBuf>,
}

/// A bundle's tree, packed for nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payload {
    /// The digest of the tree's canonical archive: the directory of this name holds the
    /// tree on a node.
    pub digest: Digest,
    /// A tar archive on the controller with the tree below that directory.
    pub path: Utf8PathBuf,
    /// The archive's size in bytes.
    pub size: u64,
    /// The digest of the archive's bytes.
    pub archive: Digest,
}

/// An attempt that is taken up, and for which run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakeUp {
    /// The attempt, of whatever run.
    pub id: AttemptId,
    /// The fencing epoch of the run that takes it up; a node that saw a higher one refuses,
    /// and from then on refuses every lower one.
    pub epoch: u64,
}

/// Which log to take up, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Follow {
    /// The attempt.
    pub attempt: TakeUp,
    /// Bytes of its log that are already here.
    pub offset: u64,
}

/// How to reboot a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RebootRequest {
    /// The fencing epoch of the run; a node that saw a higher one refuses.
    pub epoch: u64,
    /// The boot that must end.
    pub since: BootId,
    /// How long the node may take, in seconds.
    pub timeout_seconds: u64,
}

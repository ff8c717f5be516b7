//! The SSH transport: OpenSSH, with a configuration of ddt's own and never the user's.
//!
//! One master process per node carries all its sessions. It outlives ddt for a while, so
//! that the next run finds the connection made; it ends by itself.

mod config;
mod context;
mod explain;
mod known;
mod master;
mod target;
mod wire;

use async_trait::async_trait;
use openssh::Stdio;

pub use context::{SshContext, ask_ahead};
pub use known::fingerprints;
pub use target::{HostKeys, KeyExchange, SshTarget, UnknownHostKeys};

use super::NodeError;
use super::channel::{Channel, Link};
use super::script::Bootstrap;
use super::target::Become;
use master::Master;

/// Opens channels over one connection.
pub(super) struct Ssh {
    target: SshTarget,
    command: String,
    context: SshContext,
    master: Option<Master>,
}

impl Ssh {
    /// A connection to make at first use; refuses a target that ssh could misread.
    pub(super) fn new(
        target: SshTarget,
        bootstrap: Bootstrap,
        context: SshContext,
    ) -> Result<Self, NodeError> {
        target.validate()?;
        let command = bootstrap.command_line(target.privilege);
        Ok(Self {
            target,
            command,
            context,
            master: None,
        })
    }

    async fn master(&mut self) -> Result<&Master, NodeError> {
        let master = match self.master.take() {
            Some(master) => master,
            None => Master::connect(&self.target, &self.context).await?,
        };
        Ok(self.master.insert(master))
    }

    fn is_taken_up(&self) -> bool {
        self.master.as_ref().is_some_and(Master::is_taken_up)
    }

    async fn spawn(&mut self) -> Result<Channel, NodeError> {
        let command = self.command.clone();
        let session = self.master().await?.session();
        let mut child = session
            .arc_raw_command(command)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .await
            .map_err(|error| explain::channel(&error))?;
        let (Some(input), Some(output), Some(errors)) = (
            child.stdin().take(),
            child.stdout().take(),
            child.stderr().take(),
        ) else {
            return Err(NodeError::Transport("the session has no streams".into()));
        };
        Ok(Channel {
            input: Box::new(input),
            output: Box::new(output),
            errors: Box::new(errors),
            process: Box::new(child),
        })
    }
}

#[async_trait]
impl Link for Ssh {
    async fn open(&mut self) -> Result<Channel, NodeError> {
        let was_connected = self.master.is_some();
        match self.spawn().await {
            // The connection has been lost since it was used last, by whatever run.
            Err(NodeError::Transport(_)) if was_connected || self.is_taken_up() => {
                self.disconnect().await;
                self.spawn().await
            }
            opened => opened,
        }
    }

    fn explain(&self, said: &str) -> NodeError {
        match self.target.privilege {
            Become::Sudo if said.contains("sudo") => NodeError::Privilege(format!(
                "{said}; allow it without a password, or log in as root"
            )),
            _ => explain::shell(said),
        }
    }

    async fn disconnect(&mut self) {
        if let Some(master) = self.master.take() {
            master.end().await;
        }
    }
}

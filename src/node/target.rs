//! Which machine, and how to reach it: what an inventory says of one node.

use camino::Utf8PathBuf;

use super::local::Local;
use super::runner::RunnerNode;
use super::script::Bootstrap;
use super::ssh::Ssh;
use super::upload::Archives;
use super::{Node, NodeError};
use crate::name::Name;

pub use super::ssh::{
    HostKeys, KeyExchange, SshContext, SshTarget, UnknownHostKeys, ask_ahead, fingerprints,
};

/// One machine of a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its name in the zone: `DDT_NODE`.
    pub name: Name,
    /// The prefix of all its files: a sandbox. `None` is the machine itself.
    pub root: Option<Utf8PathBuf>,
    /// How to get there.
    pub transport: Transport,
}

/// How a node is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transport {
    /// It is a directory of this machine; it needs a `root`.
    Local,
    /// OpenSSH.
    Ssh(Box<SshTarget>),
}

/// How the runner gets its rights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Become {
    /// The rights of the login.
    #[default]
    Login,
    /// `sudo -n`.
    Sudo,
}

/// What a session is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Purpose {
    /// Attempts and records are kept on the node.
    #[default]
    Deploy,
    /// Nothing below the node's root is written; what `check` steps need lies in a
    /// private directory that goes with the session.
    DryRun,
}

/// What all nodes of a run share.
#[derive(Clone, Debug)]
pub struct ConnectOptions {
    /// What the sessions are for.
    pub purpose: Purpose,
    /// For how many seconds a lost node is looked for before its attempt is left alone.
    pub reconnect_seconds: u64,
    /// What the connections over SSH share.
    pub ssh: SshContext,
    /// What is known of the archives that were sent.
    pub archives: Archives,
}

impl Default for ConnectOptions {
    fn default() -> Self {
        Self {
            purpose: Purpose::default(),
            reconnect_seconds: 60,
            ssh: SshContext::default(),
            archives: Archives::default(),
        }
    }
}

/// Makes a node of a target. Nothing is connected before its first use.
pub fn connect(target: Target, options: &ConnectOptions) -> Result<Box<dyn Node>, NodeError> {
    let bootstrap = Bootstrap::new(target.root.as_deref(), options.purpose)?;
    match target.transport {
        Transport::Local => {
            if target.root.is_none() {
                return Err(NodeError::Unreachable(
                    "the local transport needs a `root` directory; this machine itself is never \
                     deployed to"
                        .into(),
                ));
            }
            let link = Local::new(bootstrap);
            Ok(Box::new(RunnerNode::new(target.name, link, options)))
        }
        Transport::Ssh(ssh) => {
            let link = Ssh::new(*ssh, bootstrap, options.ssh.clone())?;
            Ok(Box::new(RunnerNode::new(target.name, link, options)))
        }
    }
}

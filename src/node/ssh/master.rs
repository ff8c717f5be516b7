//! The ssh process that holds the connection to one node.

use std::io;
use std::net::TcpStream;
use std::os::fd::OwnedFd;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use openssh::Session;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use tokio::process::Command;
use tokio::time::sleep;

use super::super::NodeError;
use super::config::{self, ConfigRequest, HOST};
use super::context::{SshContext, check_socket, key_exchanges};
use super::explain::{self, Refusal};
use super::target::SshTarget;
use super::wire;
use crate::digest::Digest;

/// How often a connection is tried that sshd drops because too many come at once.
const TRIES: u32 = 6;

/// A connection that is there.
pub(super) struct Master {
    socket: Utf8PathBuf,
    session: Arc<Session>,
    origin: Origin,
}

/// Who made a connection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    ThisRun,
    EarlierRun,
}

impl Master {
    /// Takes up the connection that an earlier run has left, or makes one.
    pub(super) async fn connect(
        target: &SshTarget,
        context: &SshContext,
    ) -> Result<Self, NodeError> {
        let directory = context.directory()?;
        let configuration = Configuration {
            target,
            context,
            key_exchanges: key_exchanges(target.key_exchange).await,
        };
        let socket = configuration.socket(&directory)?;
        let session: Arc<Session> =
            Arc::new(Session::resume_mux(socket.as_std_path().into(), None));
        let mut origin = Origin::EarlierRun;
        if !(socket.exists() && session.check().await.is_ok()) {
            // If there is a socket, nobody listens there any more.
            drop(std::fs::remove_file(&socket));
            let launch = Launch::prepare(&configuration, &directory, &socket)?;
            launch.until_connected(context).await?;
            origin = Origin::ThisRun;
        }
        Ok(Self {
            socket,
            session,
            origin,
        })
    }

    /// Says whether an earlier run has left it: it may be lost without anybody's notice.
    pub(super) fn is_taken_up(&self) -> bool {
        self.origin == Origin::EarlierRun
    }

    /// The connection, for one more command.
    pub(super) fn session(&self) -> Arc<Session> {
        self.session.clone()
    }

    /// Ends the connection, and with it every session.
    pub(super) async fn end(self) {
        let mut command = ssh("none".into());
        // In a path, `%` would start an expansion.
        command.args(["-S", &self.socket.as_str().replace('%', "%%")]);
        command.args(["-O", "exit", "--", HOST]);
        // A connection that is gone already is as good.
        drop(command.status().await);
        drop(std::fs::remove_file(&self.socket));
    }
}

/// All that a connection depends on.
struct Configuration<'a> {
    target: &'a SshTarget,
    context: &'a SshContext,
    key_exchanges: Option<&'a str>,
}

impl Configuration<'_> {
    /// The connection's socket. Its name is a digest of the configuration: another key or
    /// address is another connection.
    fn socket(&self, directory: &Utf8Path) -> Result<Utf8PathBuf, NodeError> {
        let unnamed = self.text(directory, directory) + &config::known_hosts(self.target);
        let digest = Digest::finish(Sha256::new_with_prefix(unnamed));
        let socket = directory.join(digest.short());
        check_socket(&socket)?;
        Ok(socket)
    }

    fn text(&self, socket: &Utf8Path, pinned: &Utf8Path) -> String {
        config::write(&ConfigRequest {
            target: self.target,
            socket,
            pinned,
            key_exchanges: self.key_exchanges,
            connect_seconds: self.context.connect_seconds,
            persist_seconds: self.context.persist_seconds,
            unknown_host_keys: self.context.unknown_host_keys,
        })
    }
}

/// What ssh reads and writes until it has logged in. It is gone when this is dropped:
/// a connection that is there needs its socket only.
struct Launch<'a> {
    target: &'a SshTarget,
    files: TempDir,
    config: Utf8PathBuf,
    log: Utf8PathBuf,
}

impl<'a> Launch<'a> {
    fn prepare(
        configuration: &Configuration<'a>,
        directory: &Utf8Path,
        socket: &Utf8Path,
    ) -> Result<Self, NodeError> {
        let write = || {
            let files = tempfile::Builder::new()
                .prefix("connect-")
                .tempdir_in(directory)?;
            let base = Utf8Path::from_path(files.path());
            let base = base.ok_or_else(|| io::Error::other("its path is not UTF-8"))?;
            let (config, pinned) = (base.join("config"), base.join("hosts"));
            std::fs::write(&pinned, config::known_hosts(configuration.target))?;
            std::fs::write(&config, configuration.text(socket, &pinned))?;
            let log = base.join("log");
            io::Result::Ok(Self {
                target: configuration.target,
                files,
                config,
                log,
            })
        };
        write().map_err(|error| {
            NodeError::Unreachable(format!(
                "cannot prepare a connection in {directory}: {error}"
            ))
        })
    }

    async fn until_connected(self, context: &SshContext) -> Result<(), NodeError> {
        let mut pause = Duration::from_millis(100);
        for attempt in 1.. {
            match self.once(context).await {
                Ok(()) => break,
                Err(Refusal::Crowded(said)) if attempt == TRIES => {
                    return Err(NodeError::Unreachable(said));
                }
                Err(Refusal::Crowded(_)) => {
                    sleep(pause + jitter(pause)).await;
                    pause *= 2;
                }
                Err(Refusal::Final(error)) => return Err(error),
            }
        }
        // What cannot be removed is in nobody's way.
        drop(self.files.close());
        Ok(())
    }

    /// Returns when ssh has logged in and gone to the background.
    async fn once(&self, context: &SshContext) -> Result<(), Refusal> {
        let failed = |error: io::Error| {
            Refusal::Final(NodeError::Unreachable(format!("cannot run ssh: {error}")))
        };
        let permit = context.gate.acquire().await;
        std::fs::write(&self.log, "").map_err(failed)?;
        let mut command = ssh(&self.config);
        command
            .arg("-E")
            .arg(&self.log)
            .args(["-M", "-N", "-f", "--", HOST]);
        if self.target.is_direct() {
            let wire = wire::connect(self.target, context.connect_seconds).await;
            let wire = wire.map_err(Refusal::Final)?;
            hand_over(wire, &mut command).map_err(failed)?;
        }
        let status = command.status().await.map_err(failed)?;
        drop(permit);
        if status.success() {
            return Ok(());
        }
        let said = std::fs::read(&self.log).map_err(failed)?;
        Err(explain::connect(&String::from_utf8_lossy(&said)))
    }
}

/// Makes a connection the standard input and output of a process: what `ProxyCommand -` reads and
/// writes.
fn hand_over(wire: TcpStream, command: &mut Command) -> io::Result<()> {
    command.stdout(OwnedFd::from(wire.try_clone()?));
    command.stdin(OwnedFd::from(wire));
    Ok(())
}

/// An ssh process that reads one configuration, which may be `none`.
fn ssh(config: &Utf8Path) -> Command {
    let mut command = Command::new("ssh");
    command
        .arg("-F")
        .arg(config)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// Up to as much again, different for every connection.
fn jitter(pause: Duration) -> Duration {
    use std::hash::{BuildHasher, RandomState};
    let part = RandomState::new().hash_one(0) % 1024;
    pause * u32::try_from(part).unwrap_or(0) / 1024
}

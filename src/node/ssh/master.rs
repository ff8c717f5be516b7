//! The ssh process that holds the connection to one node.

use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use openssh::Session;
use sha2::{Digest as _, Sha256};
use tokio::process::Command;
use tokio::time::sleep;

use super::super::NodeError;
use super::config::{self, ConfigRequest, HOST};
use super::context::{SshContext, check_socket};
use super::explain::{self, Refusal};
use super::target::SshTarget;
use crate::digest::Digest;

/// How often a connection is tried that sshd drops because too many come at once.
const TRIES: u32 = 6;

/// A connection that is there.
pub(super) struct Master {
    files: Files,
    session: Arc<Session>,
    origin: Origin,
}

/// Who made a connection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    ThisRun,
    EarlierRun,
}

/// The files of one connection. Their name is a digest of all that the connection
/// depends on: another key or address is another connection.
struct Files {
    config: Utf8PathBuf,
    socket: Utf8PathBuf,
    log: Utf8PathBuf,
}

impl Master {
    /// Takes up the connection that an earlier run has left, or makes one.
    pub(super) async fn connect(
        target: &SshTarget,
        context: &SshContext,
    ) -> Result<Self, NodeError> {
        let files = Files::write(target, context).await?;
        if files.socket.exists() {
            let session = files.session();
            if session.check().await.is_ok() {
                let origin = Origin::EarlierRun;
                return Ok(Self {
                    files,
                    session,
                    origin,
                });
            }
            // Nobody listens there any more.
            drop(std::fs::remove_file(&files.socket));
        }
        files.launch(context).await?;
        let session = files.session();
        let origin = Origin::ThisRun;
        Ok(Self {
            files,
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
        let mut command = self.files.command();
        command.args(["-O", "exit", "--", HOST]);
        // A connection that is gone already is as good.
        drop(command.status().await);
        drop(std::fs::remove_file(&self.files.socket));
    }
}

impl Files {
    async fn write(target: &SshTarget, context: &SshContext) -> Result<Self, NodeError> {
        let directory = context.directory()?;
        let key_exchanges = context.key_exchanges(target.key_exchange).await;
        let text = |base: &Utf8Path| {
            config::write(&ConfigRequest {
                target,
                socket: base,
                pinned: &base.with_extension("hosts"),
                key_exchanges,
                connect_seconds: context.connect_seconds,
                persist_seconds: context.persist_seconds,
                unknown_host_keys: context.unknown_host_keys,
            })
        };
        let known_hosts = config::known_hosts(target);
        let unnamed = text(&directory) + &known_hosts;
        let digest = Digest::finish(Sha256::new_with_prefix(unnamed));
        let socket = directory.join(digest.short());
        check_socket(&socket)?;
        let files = Self {
            config: socket.with_extension("config"),
            log: socket.with_extension("log"),
            socket,
        };
        let write = |path: &Utf8Path, text: &str| {
            write_private(path, text)
                .map_err(|error| NodeError::Unreachable(format!("cannot write {path}: {error}")))
        };
        write(&files.socket.with_extension("hosts"), &known_hosts)?;
        write(&files.config, &text(&files.socket))?;
        Ok(files)
    }

    fn session(&self) -> Arc<Session> {
        let socket = self.socket.as_std_path().into();
        Arc::new(Session::resume_mux(socket, None))
    }

    fn command(&self) -> Command {
        let mut command = Command::new("ssh");
        command
            .arg("-F")
            .arg(&self.config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    async fn launch(&self, context: &SshContext) -> Result<(), NodeError> {
        let mut pause = Duration::from_millis(100);
        for attempt in 1.. {
            match self.launch_once(context).await {
                Ok(()) => return Ok(()),
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
        Ok(())
    }

    /// Returns when ssh has logged in and gone to the background.
    async fn launch_once(&self, context: &SshContext) -> Result<(), Refusal> {
        let failed = |error: io::Error| {
            Refusal::Final(NodeError::Unreachable(format!("cannot run ssh: {error}")))
        };
        let permit = context.gate.acquire().await;
        write_private(&self.log, "").map_err(failed)?;
        let mut command = self.command();
        command
            .arg("-E")
            .arg(&self.log)
            .args(["-M", "-N", "-f", "--", HOST]);
        let status = command.status().await.map_err(failed)?;
        drop(permit);
        if status.success() {
            return Ok(());
        }
        let said = std::fs::read(&self.log).map_err(failed)?;
        Err(explain::connect(&String::from_utf8_lossy(&said)))
    }
}

/// Up to as much again, different for every connection.
fn jitter(pause: Duration) -> Duration {
    use std::hash::{BuildHasher, RandomState};
    let part = RandomState::new().hash_one(0) % 1024;
    pause * u32::try_from(part).unwrap_or(0) / 1024
}

/// Writes a file that only this user can read; another ddt may write the same at once.
fn write_private(path: &Utf8Path, text: &str) -> io::Result<()> {
    if std::fs::read_to_string(path).is_ok_and(|there| there == text) {
        return Ok(());
    }
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())
}

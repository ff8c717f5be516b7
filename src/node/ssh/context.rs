//! What the connections of one ddt share: where sockets are, how many connect at once,
//! and what this machine's OpenSSH can do.

use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::process::Command;
use std::sync::{Arc, OnceLock};
use std::thread;

use camino::{Utf8Path, Utf8PathBuf};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::super::NodeError;
use super::target::{KeyExchange, UnknownHostKeys};

/// How many connections are made at a time: sshd drops more than ten that wait for their
/// authentication, by default.
const CONNECTS_AT_ONCE: usize = 10;

/// Key exchanges worth putting first, the best first: safe, and about free.
const CHEAP: [&str; 3] = [
    "mlkem768x25519-sha256",
    "curve25519-sha256",
    "curve25519-sha256@libssh.org",
];

/// Those of them that this machine's OpenSSH knows: it is asked once, and whoever comes meanwhile
/// waits for the answer.
static KNOWN: OnceLock<Option<String>> = OnceLock::new();

/// The longest path of a control socket, in bytes: the kernel takes 107, and ssh adds 17
/// while it makes one.
const LONGEST_SOCKET: usize = 88;

/// What connections over SSH share.
#[derive(Clone, Debug)]
pub struct SshContext {
    /// Where sockets and configurations are kept: a short path, of mode 0700. `None` is
    /// `ddt` in the user's runtime directory, or `/tmp/ddt-UID`.
    pub runtime_directory: Option<Utf8PathBuf>,
    /// The seconds a connection may take.
    pub connect_seconds: u16,
    /// The seconds that an idle connection is kept for the next run.
    pub persist_seconds: u16,
    /// What a host key that nobody knows means.
    pub unknown_host_keys: UnknownHostKeys,
    pub(super) gate: Arc<Semaphore>,
}

impl Default for SshContext {
    fn default() -> Self {
        Self {
            runtime_directory: None,
            connect_seconds: 10,
            persist_seconds: 60,
            unknown_host_keys: UnknownHostKeys::Refuse,
            gate: Arc::new(Semaphore::new(CONNECTS_AT_ONCE)),
        }
    }
}

impl SshContext {
    /// Keeps sockets in a directory of the caller's choice.
    pub fn new(runtime_directory: impl Into<Utf8PathBuf>) -> Self {
        Self {
            runtime_directory: Some(runtime_directory.into()),
            ..Self::default()
        }
    }

    /// Keeps idle connections for so many seconds.
    pub fn persist_seconds(mut self, seconds: u16) -> Self {
        self.persist_seconds = seconds;
        self
    }

    /// The directory of sockets, made if need be: nobody else may look into it.
    pub(super) fn directory(&self) -> Result<Utf8PathBuf, NodeError> {
        let directory = self
            .runtime_directory
            .clone()
            .unwrap_or_else(default_directory);
        private(&directory).map_err(|error| {
            NodeError::Unreachable(format!("cannot keep sockets in {directory}: {error}"))
        })?;
        Ok(directory)
    }
}

/// The key exchanges to put first, of those this machine's OpenSSH knows.
pub(super) async fn key_exchanges(order: KeyExchange) -> Option<&'static str> {
    match (order, KNOWN.get()) {
        (KeyExchange::System, _) => None,
        (KeyExchange::Cheap, Some(known)) => known.as_deref(),
        (KeyExchange::Cheap, None) => {
            let asked = spawn_blocking(|| KNOWN.get_or_init(query).as_deref());
            asked.await.ok().flatten()
        }
    }
}

/// Begins to ask this machine's OpenSSH what it can do, so that the first connection need not
/// wait for the answer. Contacts nobody.
pub fn ask_ahead() {
    // Where there is no thread for it, the first connection asks.
    drop(thread::Builder::new().spawn(|| KNOWN.get_or_init(query)));
}

/// Refuses a socket's path that the kernel would cut.
pub(super) fn check_socket(path: &Utf8Path) -> Result<(), NodeError> {
    if path.as_str().len() > LONGEST_SOCKET {
        return Err(NodeError::Unreachable(format!(
            "{path} is too long for a socket; choose a shorter runtime directory"
        )));
    }
    Ok(())
}

fn query() -> Option<String> {
    let output = Command::new("ssh").args(["-Q", "kex"]).output().ok()?;
    let known = String::from_utf8_lossy(&output.stdout);
    let names: Vec<&str> = CHEAP
        .into_iter()
        .filter(|name| known.lines().any(|line| line == *name))
        .collect();
    (!names.is_empty()).then(|| names.join(","))
}

fn default_directory() -> Utf8PathBuf {
    let runtime = std::env::var("XDG_RUNTIME_DIR").ok().map(Utf8PathBuf::from);
    match runtime.filter(|directory| directory.is_absolute() && directory.as_str().len() < 50) {
        Some(directory) => directory.join("ddt"),
        None => format!("/tmp/ddt-{}", own_user().unwrap_or(0)).into(),
    }
}

/// The user this process runs as.
fn own_user() -> io::Result<u32> {
    Ok(std::fs::metadata("/proc/self")?.uid())
}

/// Makes a directory that is this user's alone, or makes sure that it is.
fn private(directory: &Utf8Path) -> io::Result<()> {
    match std::fs::DirBuilder::new().mode(0o700).create(directory) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let metadata = std::fs::symlink_metadata(directory)?;
    if !metadata.is_dir() || metadata.uid() != own_user()? || metadata.mode() & 0o077 != 0 {
        return Err(io::Error::other(
            "it is not a directory of this user alone, mode 0700",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn keeps_sockets_only_where_nobody_else_looks() {
        let outer = tempfile::tempdir().expect("a directory");
        let path = Utf8PathBuf::from_path_buf(outer.path().join("run")).expect("a path");
        private(&path).expect("made");
        private(&path).expect("found again");
        let open = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&path, open).expect("changed");
        assert!(private(&path).is_err());
    }

    #[test]
    fn refuses_a_path_that_is_too_long_for_a_socket() {
        let error = check_socket(&Utf8PathBuf::from("/x".repeat(50))).expect_err("too long");
        assert!(
            error
                .to_string()
                .ends_with("choose a shorter runtime directory")
        );
    }
}

//! Debian's `docker-registry` on loopback, as long as a value lives: open, or with a password and TLS by a CA of the test.

use super::certificates;
use super::skip::skip;
use super::wait::until;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// The one who may use a protected registry.
pub(crate) const USER: &str = "ada";
pub(crate) const PASSWORD: &str = "lovelace";

/// The same for the registry: the password through bcrypt.
const HTPASSWD: &str = "ada:$2y$05$q6X7eIjPXkAv/dAf1CTL7u9XQpM2DI54AdtSpnDDEHV8K.k/7Li4i\n";

/// A running registry. Dropping it ends it.
#[derive(Debug)]
pub(crate) struct DockerRegistry {
    server: Child,
    port: u16,
    temporary: TempDir,
}

impl DockerRegistry {
    /// One that everybody may use, in plain HTTP. `None` when this machine has none (the test is then recorded as
    /// skipped, and should return).
    pub(crate) fn open() -> Option<Self> {
        Self::start("", |_| String::new())
    }

    /// One that wants a password and speaks TLS.
    pub(crate) fn protected() -> Option<Self> {
        if !certificates::can_be_made() {
            return None;
        }
        Self::start(
            "auth: {htpasswd: {realm: test, path: htpasswd}}\n",
            |directory| {
                certificates::make(directory);
                fs::write(directory.join("htpasswd"), HTPASSWD).expect("a file");
                ", tls: {certificate: server.crt, key: server.key}".to_owned()
            },
        )
    }

    fn start(auth: &str, prepare: impl Fn(&Path) -> String) -> Option<Self> {
        if !is_installed("docker-registry") {
            skip("docker-registry is not installed");
            return None;
        }
        let temporary = TempDir::new().expect("a directory");
        let directory = temporary.path();
        let tls = prepare(directory);
        let port = free_port();
        let config = format!(
            "version: 0.1\nlog: {{level: error, accesslog: {{disabled: true}}}}\n\
             storage: {{filesystem: {{rootdirectory: store}}}}\n\
             http: {{addr: \"127.0.0.1:{port}\"{tls}}}\n{auth}"
        );
        fs::write(directory.join("config.yml"), config).expect("a file");
        let log = fs::File::create(directory.join("log")).expect("a file");
        let server = Command::new("docker-registry")
            .args(["serve", "config.yml"])
            .current_dir(directory)
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a file"))
            .stderr(log)
            .spawn()
            .expect("docker-registry starts");
        let mut registry = Self {
            server,
            port,
            temporary,
        };
        until("the registry answers", || registry.answers());
        Some(registry)
    }

    fn answers(&mut self) -> bool {
        let ended = self.server.try_wait().expect("a child");
        let log = fs::read_to_string(self.temporary.path().join("log")).unwrap_or_default();
        assert!(ended.is_none(), "docker-registry ended:\n{log}");
        TcpStream::connect(("127.0.0.1", self.port)).is_ok()
    }

    /// `localhost:PORT`.
    pub(crate) fn host(&self) -> String {
        format!("localhost:{}", self.port)
    }

    /// Changes a byte of every layer that it has; documents stay as they are.
    pub(crate) fn damage_layers(&self) {
        let blobs = "store/docker/registry/v2/blobs/sha256";
        let directories = fs::read_dir(self.temporary.path().join(blobs)).expect("blobs");
        let blobs = directories.flat_map(|directory| {
            fs::read_dir(directory.expect("an entry").path()).expect("a directory")
        });
        let mut damaged = 0;
        for blob in blobs {
            let path = blob.expect("an entry").path().join("data");
            let mut bytes = fs::read(&path).expect("a blob");
            // Only a tar archive is as large, and it begins with a name.
            if bytes.len() > 1024 {
                bytes[0] ^= 1;
                fs::write(&path, bytes).expect("written");
                damaged += 1;
            }
        }
        assert!(damaged > 0, "there is no layer");
    }

    /// The certificate authority of a protected one.
    pub(crate) fn ca(&self) -> PathBuf {
        self.temporary.path().join("ca.crt")
    }
}

impl Drop for DockerRegistry {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Whether a program is there.
pub(crate) fn is_installed(program: &str) -> bool {
    let found = Command::new("sh")
        .args(["-c", "command -v \"$1\" >/dev/null", "sh", program])
        .status();
    found.is_ok_and(|status| status.success())
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

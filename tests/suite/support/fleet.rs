//! A fleet of real test hosts that lives as long as a value: `fixtures/fleet/fleet.sh`, driven from tests.

use super::ddt::seal;
use super::skip::skip;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use tempfile::TempDir;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/fleet/fleet.sh");

/// What the hosts of a fleet are made of; see `fleet.sh`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Hosts of their own: network, processes, mounts, root directory, boot id. Needs root.
    Namespaces,
    /// An sshd per host, with a directory as the root of its files. Runs as any user.
    Plain,
}

impl Kind {
    fn argument(self) -> &'static str {
        match self {
            Self::Namespaces => "ns",
            Self::Plain => "plain",
        }
    }
}

/// A running fleet; its hosts are numbered from 0. Dropping it removes everything, and so does the death of the test
/// process: the script holds the fleet only as long as the other end of its standard input is open.
#[derive(Debug)]
pub(crate) struct Fleet {
    holder: Child,
    stdin: Option<ChildStdin>,
    directory: PathBuf,
    _temporary: TempDir,
}

impl Fleet {
    /// Starts `count` hosts and waits until each answers. `None` when this machine cannot (the test is then recorded
    /// as skipped, and should return).
    ///
    /// # Panics
    /// When the fleet could run here but does not start, and in CI when it cannot run.
    pub(crate) fn up(count: usize, kind: Kind) -> Option<Self> {
        let temporary = tempfile::Builder::new()
            .prefix("ddt-fleet-")
            .tempdir()
            .expect("a temporary directory");
        let directory = temporary.path().join("fleet");
        if let Err(reason) = can_run(kind, &directory) {
            skip(&reason);
            return None;
        }
        // In a process group of its own, so that what kills the group of the test does not kill the clean-up.
        let mut holder = script(&directory)
            .process_group(0)
            .args(["hold", &count.to_string(), kind.argument()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("fleet.sh starts");
        let mut answer = String::new();
        let stdout = holder.stdout.take().expect("standard output is a pipe");
        BufReader::new(stdout)
            .read_line(&mut answer)
            .expect("fleet.sh answers");
        let stdin = holder.stdin.take();
        let fleet = Self {
            holder,
            stdin,
            directory,
            _temporary: temporary,
        };
        assert_eq!(
            answer, "up\n",
            "the fleet did not start; its messages are above"
        );
        Some(fleet)
    }

    /// The directory of the fleet, with `ssh_config`, `known_hosts` and the key `client`.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// A command that runs `program` where the hosts can be reached, in a sealed environment.
    pub(crate) fn client_command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = script(&self.directory);
        command.arg("client").arg(program);
        command
    }

    /// Runs a command line on a host over ssh, as the fleet's login user.
    pub(crate) fn ssh(&self, node: usize, command_line: &str) -> Output {
        let config = self.directory.join("ssh_config");
        let mut command = self.client_command("ssh");
        command
            .arg("-F")
            .arg(config)
            .arg(format!("node-{node}"))
            .arg(command_line);
        command.output().expect("ssh starts")
    }

    /// Runs a program on a host without ssh, its working directory the root of the host's files.
    pub(crate) fn exec(&self, node: usize, command: &[&str]) -> Output {
        script(&self.directory)
            .args(["exec", &node.to_string()])
            .args(command)
            .output()
            .expect("fleet.sh starts")
    }

    /// The content of a file of a host, by its absolute path there; `None` when there is no such file.
    pub(crate) fn read(&self, node: usize, path: &str) -> Option<String> {
        let output = self.exec(node, &["cat", relative(path)]);
        output.status.success().then(|| text(&output.stdout))
    }

    /// Replaces a file of a host, by its absolute path there, and makes its directories.
    ///
    /// # Panics
    /// When the host refuses.
    pub(crate) fn write(&self, node: usize, path: &str, content: &str) {
        let program = r#"mkdir -p "$(dirname "$1")" && printf %s "$2" >"$1""#;
        let output = self.exec(node, &["sh", "-c", program, "sh", relative(path), content]);
        assert!(
            output.status.success(),
            "cannot write {path}: {}",
            text(&output.stderr)
        );
    }

    /// The boot id of a host; `None` while it is off or a reboot is going on.
    pub(crate) fn boot_id(&self, node: usize) -> Option<String> {
        self.read(node, "/proc/sys/kernel/random/boot_id")
            .map(|id| id.trim().to_owned())
    }

    /// Takes the link of a host down: its peers learn that it is unreachable.
    pub(crate) fn cut(&self, node: usize) {
        self.command("cut", node);
    }

    /// Makes the link of a host silent: packets vanish without an answer.
    pub(crate) fn hole(&self, node: usize) {
        self.command("hole", node);
    }

    /// Undoes [`Fleet::cut`] and [`Fleet::hole`].
    pub(crate) fn heal(&self, node: usize) {
        self.command("heal", node);
    }

    /// Cuts the power of a host: everything on it dies at once, and it stays off.
    pub(crate) fn crash(&self, node: usize) {
        self.command("crash", node);
    }

    /// Switches a host on that is off; it has a new boot id when this returns.
    pub(crate) fn boot(&self, node: usize) {
        self.command("boot", node);
    }

    /// The inventory document of this fleet, for a zone of that name.
    pub(crate) fn inventory(&self, zone: &str) -> String {
        self.print(&["inventory", zone])
    }

    /// The address of every host.
    pub(crate) fn addresses(&self) -> Vec<String> {
        self.print(&["ls"]).lines().map(str::to_owned).collect()
    }

    fn command(&self, verb: &str, node: usize) {
        self.print(&[verb, &node.to_string()]);
    }

    fn print(&self, arguments: &[&str]) -> String {
        let output = script(&self.directory)
            .args(arguments)
            .output()
            .expect("fleet.sh starts");
        assert!(
            output.status.success(),
            "fleet.sh {arguments:?}: {}",
            text(&output.stderr)
        );
        text(&output.stdout)
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let status = self.holder.wait();
        let removed = status.as_ref().is_ok_and(|status| status.success());
        assert!(
            removed || std::thread::panicking(),
            "the fleet was not removed: {status:?}"
        );
    }
}

/// Says why this machine cannot run a fleet of that kind, if it cannot.
fn can_run(kind: Kind, directory: &Path) -> Result<(), String> {
    let output = script(directory)
        .args(["can", kind.argument()])
        .output()
        .expect("sh starts");
    if output.status.success() {
        Ok(())
    } else {
        Err(text(&output.stderr).trim().to_owned())
    }
}

fn script(directory: &Path) -> Command {
    let mut command = Command::new("/bin/sh");
    seal(&mut command, Path::new("/"));
    command.arg(SCRIPT).env("FLEET_DIR", directory);
    command
}

/// Hosts of both kinds run commands in the root of their files; in a plain host only a relative path stays there.
fn relative(path: &str) -> &str {
    path.trim_start_matches('/')
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

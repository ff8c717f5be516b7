//! An sshd of the test's own, on a loopback address, as the user that runs the test.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::TempDir;

use super::sandbox::until;
use crate::node::script::Bootstrap;
use crate::node::ssh::Ssh;
use crate::node::{
    ConnectOptions, HostKeys, Node, Purpose, SshContext, SshTarget, Target, Transport, connect,
};

/// The server's binary: not on every user's path.
const SSHD: &str = "/usr/sbin/sshd";

pub(super) struct Sshd {
    directory: TempDir,
    address: SocketAddr,
    process: Option<Child>,
}

impl Sshd {
    /// Starts one; says why where this machine has none.
    pub(super) async fn start() -> Option<Self> {
        if !Utf8Path::new(SSHD).exists() {
            assert!(std::env::var_os("CI").is_none(), "sshd is not installed");
            eprintln!("skipped: sshd is not installed");
            return None;
        }
        let directory = tempfile::tempdir().expect("a directory");
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let address = free.local_addr().expect("an address");
        drop(free);
        let mut sshd = Self {
            directory,
            address,
            process: None,
        };
        for key in ["host", "other-host", "user", "other-user"] {
            keygen(&sshd.file(key));
        }
        sshd.run("").await;
        Some(sshd)
    }

    fn file(&self, name: &str) -> Utf8PathBuf {
        Utf8PathBuf::from_path_buf(self.directory.path().join(name)).expect("a path")
    }

    fn public_key(&self, name: &str) -> String {
        let text = std::fs::read_to_string(self.file(&format!("{name}.pub"))).expect("a key");
        let words: Vec<&str> = text.split(' ').take(2).collect();
        words.join(" ")
    }

    /// Runs the server, until it answers.
    pub(super) async fn run(&mut self, extra: &str) {
        // Where it is root, sshd wants an empty directory that only packages make.
        drop(std::fs::create_dir("/run/sshd"));
        // A home of its own: nobody's profile takes part.
        let mut config = String::new();
        write!(
            config,
            "HostKey {}\nListenAddress {}\nAuthorizedKeysFile {}\nPidFile none\nStrictModes no\n\
             UsePAM no\nSetEnv HOME={}\nUseDNS no\nPrintMotd no\nPrintLastLog no\n{extra}\n",
            self.file("host"),
            self.address,
            self.file("user.pub"),
            self.directory.path().display(),
        )
        .expect("written");
        std::fs::write(self.file("config"), config).expect("written");
        let mut command = Command::new(SSHD);
        command.args([
            "-D",
            "-f",
            self.file("config").as_str(),
            "-E",
            self.file("log").as_str(),
        ]);
        self.process = Some(command.stdin(Stdio::null()).spawn().expect("sshd runs"));
        let answers = || TcpStream::connect(self.address).is_ok();
        until("sshd answers", answers).await;
    }

    /// What a step runs to end the server and every connection to it, in shell.
    pub(super) fn script_to_kill(&self) -> String {
        let server = self.process.as_ref().map_or(0, Child::id);
        format!("kill -KILL $(pgrep -P {server}) {server}")
    }

    /// What a step runs to start the server again, in shell.
    pub(super) fn script_to_run(&self) -> String {
        let [config, log, pid] = ["config", "log", "pid"].map(|name| self.file(name));
        format!("{SSHD} -D -f {config} -E {log} & echo $! > {pid}")
    }

    /// Ends the server and every connection to it; what runs on them goes on.
    pub(super) fn kill(&mut self) {
        let by_step = std::fs::read_to_string(self.file("pid")).unwrap_or_default();
        if let Ok(server) = by_step.trim().parse() {
            servers_below(server).into_iter().for_each(kill);
            kill(server);
        }
        let Some(mut server) = self.process.take() else {
            return;
        };
        for pid in servers_below(server.id()) {
            kill(pid);
        }
        server.kill().expect("killed");
        server.wait().expect("gone");
    }

    /// Ends the server only: connections that are there live on.
    pub(super) fn stop_listening(&mut self) {
        if let Some(mut server) = self.process.take() {
            server.kill().expect("killed");
            server.wait().expect("gone");
        }
    }

    pub(super) fn target(&self) -> SshTarget {
        let user = Command::new("id")
            .arg("-un")
            .output()
            .expect("a user")
            .stdout;
        let mut target = SshTarget::new(
            self.address.ip().to_string(),
            String::from_utf8(user).expect("text").trim(),
        );
        target.port = self.address.port();
        target.identity_file = Some(self.file("user"));
        target.host_keys = HostKeys::Pinned(self.public_key("host"));
        target
    }

    /// A target that another key opens than the one it has.
    pub(super) fn target_with_other_user_key(&self) -> SshTarget {
        SshTarget {
            identity_file: Some(self.file("other-user")),
            ..self.target()
        }
    }

    /// A target whose host key is known as another.
    pub(super) fn target_with_other_host_key(&self) -> SshTarget {
        SshTarget {
            host_keys: HostKeys::Pinned(self.public_key("other-host")),
            ..self.target()
        }
    }

    /// A target whose host key is not known.
    pub(super) fn target_without_host_key(&self) -> SshTarget {
        std::fs::write(self.file("known_hosts"), "").expect("written");
        SshTarget {
            host_keys: HostKeys::File(self.file("known_hosts")),
            ..self.target()
        }
    }

    /// A node behind the server, whose files are below `root`. Its connection ends soon
    /// after its last use.
    pub(super) fn node(&self, root: &Utf8Path, target: SshTarget) -> Box<dyn Node> {
        self.node_in("run", root, target)
    }

    /// The paths of what connections have left in the directory of a name.
    pub(super) fn connection_files(&self, name: &str) -> Vec<String> {
        let entries = self.file(name).read_dir_utf8().expect("there");
        entries
            .map(|entry| entry.expect("an entry").path().to_string())
            .collect()
    }

    /// Opens channels over a connection that does not end by itself.
    pub(super) fn link(&self, name: &str, root: &Utf8Path) -> Ssh {
        let bootstrap = Bootstrap::new(Some(root), Purpose::Deploy).expect("a root");
        let context = SshContext::new(self.file(name)).persist_seconds(1000);
        Ssh::new(self.target(), bootstrap, context).expect("a target")
    }

    /// The same with its sockets in a directory of a name.
    pub(super) fn node_in(&self, name: &str, root: &Utf8Path, target: SshTarget) -> Box<dyn Node> {
        let ssh = SshContext::new(self.file(name)).persist_seconds(2);
        let options = ConnectOptions {
            ssh,
            ..ConnectOptions::default()
        };
        let target = Target {
            name: "node1".parse().expect("a name"),
            root: Some(root.to_owned()),
            transport: Transport::Ssh(Box::new(target)),
        };
        connect(target, &options).expect("a target")
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        self.kill();
    }
}

fn keygen(path: &Utf8Path) {
    let arguments = ["-q", "-t", "ed25519", "-N", "", "-f", path.as_str()];
    let status = Command::new("ssh-keygen").args(arguments).status();
    assert!(status.expect("ssh-keygen runs").success());
}

fn kill(pid: u32) {
    // It may be gone already.
    drop(
        Command::new("kill")
            .args(["-KILL", &pid.to_string()])
            .stderr(Stdio::null())
            .status(),
    );
}

/// The server's processes below one, as opposed to what they run for their users.
fn servers_below(parent: u32) -> Vec<u32> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").expect("there").flatten() {
        let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let Some((name, rest)) = stat.rsplit_once(") ") else {
            continue;
        };
        let is_child = rest.split(' ').nth(1) == Some(&parent.to_string());
        if is_child && name.contains("(sshd") {
            let pid = name
                .split(' ')
                .next()
                .and_then(|pid| pid.parse().ok())
                .expect("a pid");
            found.push(pid);
            found.extend(servers_below(pid));
        }
    }
    found
}

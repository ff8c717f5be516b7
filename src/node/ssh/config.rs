//! The ssh configuration of one node, written by ddt: nothing of the user's is read.

use std::fmt::Write as _;

use camino::Utf8Path;

use super::target::{HostKeys, SshTarget, UnknownHostKeys};

/// What a configuration refers to besides the target.
pub(super) struct ConfigRequest<'a> {
    /// The machine.
    pub(super) target: &'a SshTarget,
    /// The control socket.
    pub(super) socket: &'a Utf8Path,
    /// The file that gets the pinned host keys.
    pub(super) pinned: &'a Utf8Path,
    /// Key exchanges to put before the others.
    pub(super) key_exchanges: Option<&'a str>,
    /// The seconds a connection may take.
    pub(super) connect_seconds: u16,
    /// The seconds that an idle connection is kept.
    pub(super) persist_seconds: u16,
    /// What a host key that nobody knows means.
    pub(super) unknown_host_keys: UnknownHostKeys,
}

/// The name of the machine in its configuration; a jump host's has `-jump` after it.
pub(super) const HOST: &str = "ddt-node";

/// Writes the configuration.
pub(super) fn write(request: &ConfigRequest<'_>) -> String {
    let mut text = String::new();
    let mut host = HOST.to_owned();
    let mut next = Some(request.target);
    while let Some(target) = next {
        write_host(&mut text, &host, target, request);
        next = target.jump.as_deref();
        host.push_str("-jump");
        if next.is_some() {
            text.push_str(&format!("  ProxyJump {host}\n"));
        }
    }
    write_first(&mut text, request);
    write_common(&mut text, request);
    text
}

/// The pinned host keys, as a `known_hosts` file.
pub(super) fn known_hosts(target: &SshTarget) -> String {
    let mut text = String::new();
    let mut host = HOST.to_owned();
    let mut next = Some(target);
    while let Some(target) = next {
        if let HostKeys::Pinned(key) = &target.host_keys {
            text.push_str(&format!("{host} {key}\n"));
        }
        next = target.jump.as_deref();
        host.push_str("-jump");
    }
    text
}

fn write_host(text: &mut String, host: &str, target: &SshTarget, request: &ConfigRequest<'_>) {
    let mut line = |key: &str, value: &str| {
        // Writing to a string cannot fail.
        _ = writeln!(text, "{key} {value}");
    };
    line("Host", host);
    line("  HostName", &target.address.replace('%', "%%"));
    line("  Port", &target.port.to_string());
    line("  User", &target.user);
    if let Some(file) = &target.identity_file {
        line("  IdentityFile", &quoted(file));
        line("  IdentitiesOnly", "yes");
    }
    match &target.host_keys {
        HostKeys::User => {}
        HostKeys::File(file) => {
            line("  UserKnownHostsFile", &quoted(file));
            line("  GlobalKnownHostsFile", "none");
        }
        HostKeys::Pinned(_) => {
            line("  HostKeyAlias", host);
            line("  UserKnownHostsFile", &quoted(request.pinned));
            line("  GlobalKnownHostsFile", "none");
        }
    }
}

/// What only the connection to the node itself has.
fn write_first(text: &mut String, request: &ConfigRequest<'_>) {
    _ = write!(
        text,
        "Host {HOST}\n  ControlPath {}\n  ControlMaster auto\n  ControlPersist {}s\n",
        quoted(request.socket),
        request.persist_seconds,
    );
    if request.target.is_direct() {
        // The connection is ssh's standard input and output: see `wire`.
        text.push_str("  ProxyCommand -\n");
    }
}

fn write_common(text: &mut String, request: &ConfigRequest<'_>) {
    _ = write!(
        text,
        "Host *\n  ConnectTimeout {}\n  ServerAliveInterval 5\n  ServerAliveCountMax 3\n  \
         StrictHostKeyChecking {}\n",
        request.connect_seconds,
        match request.unknown_host_keys {
            UnknownHostKeys::Refuse => "yes",
            UnknownHostKeys::Learn => "accept-new",
        },
    );
    text.push_str(
        "  BatchMode yes
  UpdateHostKeys no
  CheckHostIP no
  PreferredAuthentications publickey
  PasswordAuthentication no
  KbdInteractiveAuthentication no
  GSSAPIAuthentication no
  HostbasedAuthentication no
  ForwardAgent no
  ForwardX11 no
  ClearAllForwardings yes
  PermitLocalCommand no
  RequestTTY no
  EscapeChar none
  Compression no
  AddKeysToAgent no
  VisualHostKey no
  LogLevel INFO
",
    );
    if let Some(names) = request.key_exchanges {
        // In front of OpenSSH's own list, which leaves out what is not safe any more.
        text.push_str(&format!("  KexAlgorithms ^{names}\n"));
    }
}

/// A path as one word; `%` would start an expansion.
fn quoted(path: &Utf8Path) -> String {
    format!("\"{}\"", path.as_str().replace('%', "%%"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(target: &SshTarget) -> ConfigRequest<'_> {
        ConfigRequest {
            target,
            socket: "/run/ddt/1".into(),
            pinned: "/run/ddt/1.hosts".into(),
            key_exchanges: Some("curve25519-sha256"),
            connect_seconds: 10,
            persist_seconds: 60,
            unknown_host_keys: UnknownHostKeys::Refuse,
        }
    }

    #[test]
    fn writes_a_configuration_that_needs_no_other() {
        let mut target = SshTarget::new("10.0.0.1", "root");
        target.identity_file = Some("/keys/100%".into());
        target.host_keys = HostKeys::Pinned("ssh-ed25519 AAAA".into());
        target.jump = Some(Box::new(SshTarget::new("bastion", "jumper")));
        insta::assert_snapshot!(write(&request(&target)));
        assert_eq!(known_hosts(&target), "ddt-node ssh-ed25519 AAAA\n");
    }

    #[test]
    fn ssh_is_handed_the_connection_to_a_machine_without_another_before_it() {
        let target = SshTarget::new("10.0.0.1", "root");
        let written = write(&request(&target));
        let own = written.split("Host *").next().expect("the first part");
        insta::assert_snapshot!(own, @r#"
        Host ddt-node
          HostName 10.0.0.1
          Port 22
          User root
        Host ddt-node
          ControlPath "/run/ddt/1"
          ControlMaster auto
          ControlPersist 60s
          ProxyCommand -
        "#);
    }
}

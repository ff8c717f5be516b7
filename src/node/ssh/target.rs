//! Where a machine listens and how to prove who is who.

use camino::Utf8PathBuf;

use super::super::NodeError;
use super::super::target::Become;

/// How a machine is reached over SSH.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SshTarget {
    /// Its name or address.
    pub address: String,
    /// The port of its sshd.
    pub port: u16,
    /// Who to log in as.
    pub user: String,
    /// The private key; only this one is tried. Otherwise the agent's and ssh's own.
    pub identity_file: Option<Utf8PathBuf>,
    /// Where its host key is known from.
    pub host_keys: HostKeys,
    /// The machine to go through.
    pub jump: Option<Box<SshTarget>>,
    /// How the runner becomes root.
    pub privilege: Become,
    /// Which key exchange is tried first.
    pub key_exchange: KeyExchange,
}

/// Where the host key of a machine is known from. A key that is not known is refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum HostKeys {
    /// The user's and the system's `known_hosts`.
    #[default]
    User,
    /// A `known_hosts` file.
    File(Utf8PathBuf),
    /// One key, `TYPE BASE64`, and no other.
    Pinned(String),
}

/// What a host key that nobody knows means. A key that has changed is always refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnknownHostKeys {
    /// The machine is not spoken to.
    #[default]
    Refuse,
    /// It is the machine's from now on: written to the file of known hosts.
    Learn,
}

/// The order in which key exchanges are tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyExchange {
    /// The cheapest that is safe first: most of a connection's cost is here.
    #[default]
    Cheap,
    /// As OpenSSH has it.
    System,
}

impl SshTarget {
    /// A machine's sshd on port 22, with ssh's own keys and host keys.
    pub fn new(address: impl Into<String>, user: impl Into<String>) -> Self {
        Self {
            address: address.into(),
            port: 22,
            user: user.into(),
            identity_file: None,
            host_keys: HostKeys::default(),
            jump: None,
            privilege: Become::default(),
            key_exchange: KeyExchange::default(),
        }
    }

    /// Whether no other machine is between: then ddt makes the connection that ssh uses.
    pub(super) fn is_direct(&self) -> bool {
        self.jump.is_none()
    }

    /// Refuses what would not be one word of ssh's configuration.
    pub(super) fn validate(&self) -> Result<(), NodeError> {
        check("address", &self.address, is_address)?;
        check("user", &self.user, is_user)?;
        if let Some(file) = &self.identity_file {
            check("identity_file", file.as_str(), is_path)?;
        }
        match &self.host_keys {
            HostKeys::User => {}
            HostKeys::File(file) => check("known_hosts", file.as_str(), is_path)?,
            HostKeys::Pinned(key) => check("host_key", key, is_key)?,
        }
        self.jump.as_ref().map_or(Ok(()), |jump| jump.validate())
    }
}

fn check(what: &str, text: &str, is_valid: fn(char) -> bool) -> Result<(), NodeError> {
    if text.is_empty() || text.starts_with('-') || !text.chars().all(is_valid) {
        return Err(NodeError::Unreachable(format!(
            "{text:?} cannot be its `{what}`; correct the inventory"
        )));
    }
    Ok(())
}

fn is_address(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '.' | ':' | '-' | '_' | '%')
}

fn is_user(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | '_' | '@')
}

/// Neither a quote nor `$`, which ssh expands.
fn is_path(character: char) -> bool {
    !character.is_control() && !matches!(character, '"' | '\'' | '\\' | '$')
}

fn is_key(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || matches!(character, ' ' | '+' | '/' | '=' | '-' | '@' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_ssh_could_misread() {
        for address in ["", "-oProxyCommand=x", "a b", "a;b", "a\nHost *", "a\"b"] {
            let target = SshTarget::new(address, "root");
            assert!(target.validate().is_err(), "{address}");
        }
        let mut target = SshTarget::new("fe80::1%eth0", "root");
        assert_eq!(target.validate(), Ok(()));
        target.identity_file = Some("/home/x/${HOME}".into());
        insta::assert_snapshot!(
            target.validate().expect_err("a path that ssh expands"),
            @r#"cannot be reached: "/home/x/${HOME}" cannot be its `identity_file`; correct the inventory"#
        );
    }
}

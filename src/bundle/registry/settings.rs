//! How a registry is reached.

use std::net::Ipv4Addr;
use std::time::Duration;

use camino::Utf8PathBuf;

use crate::reference::RegistryHost;

/// How long everything that is asked of one registry may take together, unless it is configured.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(3600);

/// Whether a registry proves who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// TLS; but plain HTTP on this machine, where no CA is given.
    Automatic,
    /// Plain HTTP, because the configuration says so.
    PlainHttp,
}

/// How one registry is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrySettings {
    /// A PEM file with the only certificate authorities that count; the system's without one.
    pub ca: Option<Utf8PathBuf>,
    /// Whether it speaks TLS.
    pub encryption: Encryption,
    /// Another host that issues its tokens, and may see its credentials.
    pub token_host: Option<RegistryHost>,
    /// How long everything that is asked of it may take together.
    pub timeout: Duration,
}

impl Default for RegistrySettings {
    fn default() -> Self {
        Self {
            ca: None,
            encryption: Encryption::Automatic,
            token_host: None,
            timeout: DEFAULT_TIMEOUT,
        }
    }
}

impl RegistrySettings {
    /// The scheme of a registry's addresses.
    pub(super) fn scheme(&self, host: &RegistryHost) -> &'static str {
        match self.encryption {
            Encryption::PlainHttp => "http",
            Encryption::Automatic if self.ca.is_none() && is_loopback(host) => "http",
            Encryption::Automatic => "https",
        }
    }
}

fn is_loopback(host: &RegistryHost) -> bool {
    let name = host
        .as_str()
        .split_once(':')
        .map_or(host.as_str(), |(name, _)| name);
    name == "localhost"
        || name
            .parse()
            .is_ok_and(|address: Ipv4Addr| address.is_loopback())
}

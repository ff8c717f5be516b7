//! The host of an OCI registry, as it stands in a document: `HOST[:PORT]`.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// A host name or IPv4 address, and a port if one is written. Lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RegistryHost(String);

/// Why a text is not a [`RegistryHost`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegistryHostError {
    /// Upper-case letters: two spellings would be two registries.
    #[error("`{0}` has upper-case letters; write `{1}`")]
    UpperCase(String, String),
    /// Login data belongs elsewhere.
    #[error("`{0}` holds a user name; write the host alone")]
    User(String),
    /// Not a number from 1 to 65535.
    #[error("`{0}` is not a port; a number from 1 to 65535 is expected")]
    Port(String),
    /// Anything else.
    #[error("`{0}` is not a host name; write HOST[:PORT], such as `registry.example.com:5000`")]
    Host(String),
}

impl RegistryHost {
    /// The host and port as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RegistryHost {
    type Err = RegistryHostError;

    fn from_str(text: &str) -> Result<Self, RegistryHostError> {
        if text.contains('@') {
            return Err(RegistryHostError::User(text.to_owned()));
        }
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            let lower = text.to_ascii_lowercase();
            return Err(RegistryHostError::UpperCase(text.to_owned(), lower));
        }
        let host = match text.split_once(':') {
            Some((_, port)) if !is_port(port) => {
                return Err(RegistryHostError::Port(port.to_owned()));
            }
            Some((host, _)) => host,
            None => text,
        };
        let valid = host.len() <= 253 && host.split('.').all(is_label);
        valid
            .then(|| Self(text.to_owned()))
            .ok_or_else(|| RegistryHostError::Host(text.to_owned()))
    }
}

fn is_port(text: &str) -> bool {
    let canonical = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    canonical && text.parse::<u16>().is_ok()
}

fn is_label(label: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=63).contains(&label.len())
        && label.bytes().all(allowed)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

impl fmt::Display for RegistryHost {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(&self.0)
    }
}

impl TryFrom<String> for RegistryHost {
    type Error = RegistryHostError;

    fn try_from(text: String) -> Result<Self, RegistryHostError> {
        text.parse()
    }
}

impl From<RegistryHost> for String {
    fn from(host: RegistryHost) -> Self {
        host.0
    }
}

impl JsonSchema for RegistryHost {
    fn schema_name() -> Cow<'static, str> {
        "RegistryHost".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": "ddt-registry-host",
            "pattern": "^[a-z0-9.-]+(:[1-9][0-9]{0,4})?$",
        })
    }
}

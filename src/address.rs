//! Addresses of machines, safe to hand to `ssh`: never an option, never shell text.

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// A host name or an IP address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address(String);

/// Why a text is not an [`Address`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a host name or an IP address")]
pub struct AddressError(String);

impl Address {
    /// The address as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let valid = text.parse::<IpAddr>().is_ok() || is_host_name(text);
        valid
            .then(|| Self(text.to_owned()))
            .ok_or_else(|| AddressError(text.to_owned()))
    }
}

/// RFC 1123 with underscores, which networks in the field use.
fn is_host_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= 253 && text.split('.').all(is_host_label)
}

fn is_host_label(label: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=63).contains(&label.len())
        && label.bytes().all(allowed)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// A MAC address: six pairs of hexadecimal digits, with `:` or `-` between.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MacAddress(String);

/// Why a text is not a [`MacAddress`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a MAC address; write six pairs of hexadecimal digits, like 52:54:00:12:34:56"
)]
pub struct MacAddressError(String);

impl FromStr for MacAddress {
    type Err = MacAddressError;

    fn from_str(text: &str) -> Result<Self, MacAddressError> {
        let pairs: Vec<&str> = text.split([':', '-']).collect();
        let is_pair =
            |pair: &&str| pair.len() == 2 && pair.bytes().all(|byte| byte.is_ascii_hexdigit());
        let valid = pairs.len() == 6 && pairs.iter().all(is_pair);
        valid
            .then(|| Self(text.to_owned()))
            .ok_or_else(|| MacAddressError(text.to_owned()))
    }
}

/// The conversions and the schema that every validated text has.
macro_rules! validated_text {
    ($kind:ident, $error:ident, $format:literal, $schema:expr) => {
        impl TryFrom<String> for $kind {
            type Error = $error;

            fn try_from(text: String) -> Result<Self, $error> {
                text.parse()
            }
        }

        impl From<$kind> for String {
            fn from(value: $kind) -> Self {
                value.0
            }
        }

        impl fmt::Display for $kind {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.pad(&self.0)
            }
        }

        impl JsonSchema for $kind {
            fn schema_name() -> Cow<'static, str> {
                stringify!($kind).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                let mut schema: Schema = $schema;
                schema.insert("type".to_owned(), "string".into());
                schema.insert("format".to_owned(), $format.into());
                schema
            }
        }
    };
}

validated_text!(
    Address,
    AddressError,
    "ddt-address",
    json_schema!({
        "pattern": "^[0-9A-Za-z_:]([0-9A-Za-z._:-]*[0-9A-Za-z_:])?$",
        "maxLength": 253,
        "description": "A host name or an IP address.",
        "examples": ["node1.example.com", "192.0.2.7"],
    })
);
validated_text!(
    MacAddress,
    MacAddressError,
    "ddt-mac",
    json_schema!({
        "pattern": "^([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$",
        "description": "Six pairs of hexadecimal digits.",
        "examples": ["52:54:00:12:34:56"],
    })
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_names_and_addresses() {
        for text in ["node1", "a.b.example", "127.77.0.1", "::1", "2001:db8::7"] {
            assert_eq!(
                text.parse::<Address>().map(String::from),
                Ok(text.to_owned())
            );
        }
    }

    #[test]
    fn refuses_options_and_shell_text() {
        for text in [
            "",
            "-oProxyCommand=x",
            "a b",
            "a;b",
            "$(x)",
            "a..b",
            "user@host",
            "a\nb",
        ] {
            assert_eq!(text.parse::<Address>(), Err(AddressError(text.to_owned())));
        }
    }

    #[test]
    fn knows_a_mac_address() {
        assert!("52:54:00:12:34:5f".parse::<MacAddress>().is_ok());
        for text in [
            "",
            "52:54:00:12:34",
            "52:54:00:12:34:5g",
            "525400123456",
            "52:54:00:12:34:56:78",
        ] {
            assert!(text.parse::<MacAddress>().is_err());
        }
    }
}

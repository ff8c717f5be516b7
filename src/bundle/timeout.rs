//! How long a step of a bundle may take: `90s`, `10m`, `1h`, or a number of seconds.

use std::borrow::Cow;
use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A time limit in whole seconds, at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timeout(NonZeroU32);

/// Why a text is not a [`Timeout`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimeoutError {
    /// Not a whole number with a known unit.
    #[error("`{0}` is not a time limit; write `90s`, `10m`, `1h` or a number of seconds")]
    Malformed(String),
    /// A step that may take no time at all could never succeed.
    #[error("a time limit is at least one second")]
    Zero,
    /// More seconds than a node can count.
    #[error("`{0}` is longer than a step could ever run")]
    TooLong(String),
}

impl Timeout {
    /// The limit in seconds.
    pub fn seconds(self) -> u32 {
        self.0.get()
    }
}

impl FromStr for Timeout {
    type Err = TimeoutError;

    fn from_str(text: &str) -> Result<Self, TimeoutError> {
        let (digits, unit) = match text.strip_suffix(['s', 'm', 'h']) {
            Some(digits) => (digits, seconds_of(text)),
            None => (text, 1),
        };
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(TimeoutError::Malformed(text.to_owned()));
        }
        let number = digits.parse::<u32>().ok();
        let seconds = number.and_then(|number| number.checked_mul(unit));
        let seconds = seconds.ok_or_else(|| TimeoutError::TooLong(text.to_owned()))?;
        NonZeroU32::new(seconds).map(Self).ok_or(TimeoutError::Zero)
    }
}

fn seconds_of(text: &str) -> u32 {
    match text.as_bytes().last() {
        Some(b'm') => 60,
        Some(b'h') => 3600,
        _ => 1,
    }
}

impl fmt::Display for Timeout {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.seconds() {
            seconds if seconds % 3600 == 0 => write!(out, "{}h", seconds / 3600),
            seconds if seconds % 60 == 0 => write!(out, "{}m", seconds / 60),
            seconds => write!(out, "{seconds}s"),
        }
    }
}

impl<'de> Deserialize<'de> for Timeout {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // HJSON hands a number to a string field as its text.
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

impl Serialize for Timeout {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for Timeout {
    fn schema_name() -> Cow<'static, str> {
        "Timeout".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["string", "integer"],
            "format": "ddt-timeout",
            "pattern": "^0*[1-9][0-9]*[smh]?$",
            "minimum": 1,
            "description": "A time: `90s`, `10m`, `1h`, or a number of seconds.",
            "examples": ["10m", 90],
        })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;

    #[test]
    fn counts_in_seconds() {
        for (text, seconds) in [("90", 90), ("90s", 90), ("10m", 600), ("1h", 3600)] {
            assert_eq!(text.parse::<Timeout>().map(Timeout::seconds), Ok(seconds));
        }
    }

    #[test]
    fn prints_the_largest_unit_that_is_exact() {
        for text in ["90s", "10m", "1h", "61m"] {
            assert_eq!(
                text.parse::<Timeout>().map(|limit| limit.to_string()),
                Ok(text.to_owned())
            );
        }
    }

    #[test]
    fn refuses_what_no_step_could_keep() {
        let says = |text: &str| text.parse::<Timeout>().map_err(|error| error.to_string());
        for text in ["", "m", "1.5h", "-1", "+1s", "10 m", "1d", "é"] {
            assert_eq!(
                says(text),
                Err(format!(
                    "`{text}` is not a time limit; write `90s`, `10m`, `1h` or a number of seconds"
                ))
            );
        }
        insta::assert_snapshot!(says("0m").unwrap_err(), @"a time limit is at least one second");
        insta::assert_snapshot!(
            says("9999999h").unwrap_err(),
            @"`9999999h` is longer than a step could ever run"
        );
    }
}

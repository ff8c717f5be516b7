//! A part of a number of nodes, as operators write it: `3`, or `34%`.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A number of nodes, or a percentage of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// So many nodes, however many there are.
    Count(u32),
    /// Of a hundred nodes so many, from 0 to 100.
    Percent(u8),
}

/// Why a text is not a [`Share`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShareError {
    /// Neither a number nor a percentage.
    #[error(
        "`{0}` is not a number of nodes; write a number such as `3`, or a percentage such as `10%`"
    )]
    Malformed(String),
    /// There are no more nodes than all.
    #[error("`{0}` is more than all nodes; a percentage goes from `0%` to `100%`")]
    TooMuch(String),
}

impl Share {
    /// How many of `total` nodes it is. A part of a node is not a node: 34% of 3 are 1.
    pub fn of(self, total: u32) -> u32 {
        match self {
            Self::Count(count) => count,
            Self::Percent(percent) => {
                let part = u64::from(total) * u64::from(percent) / 100;
                u32::try_from(part).unwrap_or(total)
            }
        }
    }

    /// The same, but at least one node: a run that may work on none would never end.
    pub fn of_at_least_one(self, total: u32) -> u32 {
        self.of(total).max(1)
    }
}

impl FromStr for Share {
    type Err = ShareError;

    fn from_str(text: &str) -> Result<Self, ShareError> {
        let digits = text.strip_suffix('%').unwrap_or(text);
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.parse::<u32>().ok().filter(|_| is_number);
        let number = number.ok_or_else(|| ShareError::Malformed(text.to_owned()))?;
        match text.ends_with('%') {
            false => Ok(Self::Count(number)),
            true => u8::try_from(number)
                .ok()
                .filter(|percent| *percent <= 100)
                .map(Self::Percent)
                .ok_or_else(|| ShareError::TooMuch(text.to_owned())),
        }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(out, "{count}"),
            Self::Percent(percent) => write!(out, "{percent}%"),
        }
    }
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // HJSON hands a number to a string field as its text.
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for Share {
    fn schema_name() -> Cow<'static, str> {
        "Share".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["string", "integer"],
            "format": "ddt-share",
            "pattern": "^(0*[0-9]{1,9}|0*([0-9]{1,2}|100)%)$",
            "minimum": 0,
            "maximum": 999_999_999,
            "description": "A number of nodes such as `3`, or a percentage of them such as `10%`.",
            "examples": [1, "10%"],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_numbers_and_percentages() {
        assert_eq!("3".parse(), Ok(Share::Count(3)));
        assert_eq!("0".parse(), Ok(Share::Count(0)));
        assert_eq!("34%".parse(), Ok(Share::Percent(34)));
        assert_eq!("100%".parse(), Ok(Share::Percent(100)));
    }

    #[test]
    fn refuses_what_is_neither() {
        for text in ["", "%", "-1", "+1", "1.5", "10 %", "ten", "99999999999"] {
            assert_eq!(
                text.parse::<Share>(),
                Err(ShareError::Malformed(text.to_owned()))
            );
        }
        for text in ["101%", "300%"] {
            assert_eq!(
                text.parse::<Share>(),
                Err(ShareError::TooMuch(text.to_owned()))
            );
        }
    }

    #[test]
    fn says_what_to_write() {
        let said = |text: &str| text.parse::<Share>().expect_err("no share").to_string();
        insta::assert_snapshot!(said("few"), @"`few` is not a number of nodes; write a number such as `3`, or a percentage such as `10%`");
        insta::assert_snapshot!(said("101%"), @"`101%` is more than all nodes; a percentage goes from `0%` to `100%`");
    }

    #[test]
    fn a_part_of_a_node_is_no_node() {
        assert_eq!(Share::Percent(34).of(3), 1);
        assert_eq!(Share::Percent(33).of(3), 0);
        assert_eq!(Share::Percent(33).of_at_least_one(3), 1);
        assert_eq!(Share::Percent(100).of(10_000), 10_000);
        assert_eq!(Share::Count(5).of(3), 5);
    }
}

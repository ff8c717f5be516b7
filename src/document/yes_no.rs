//! `yes` and `no`, as the manifests of the HostOS document write booleans.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A boolean written `yes`, `no`, `true` or `false`, in any case. The default is `no`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum YesNo {
    /// `yes` or `true`.
    Yes,
    /// `no` or `false`.
    #[default]
    No,
}

/// Any other word: `on`, `1` and the like are not booleans here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not yes or no")]
pub struct YesNoError(String);

impl YesNo {
    /// Whether it says yes.
    pub fn is_yes(self) -> bool {
        self == Self::Yes
    }
}

impl FromStr for YesNo {
    type Err = YesNoError;

    fn from_str(text: &str) -> Result<Self, YesNoError> {
        match text.to_ascii_lowercase().as_str() {
            "yes" | "true" => Ok(Self::Yes),
            "no" | "false" => Ok(Self::No),
            _ => Err(YesNoError(text.to_owned())),
        }
    }
}

impl fmt::Display for YesNo {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(if self.is_yes() { "yes" } else { "no" })
    }
}

impl<'de> Deserialize<'de> for YesNo {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // HJSON hands the literals `true` and `false` to a string field as their text.
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

impl Serialize for YesNo {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for YesNo {
    fn schema_name() -> Cow<'static, str> {
        "YesNo".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["string", "boolean"],
            "format": "ddt-yes-no",
            "pattern": "^([Yy][Ee][Ss]|[Nn][Oo]|[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])$",
            "description": "`yes` or `no`; also `true` and `false`, in any case.",
            "examples": ["yes", "no"],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_four_words_in_any_case() {
        for text in ["yes", "Yes", "TRUE", "true"] {
            assert_eq!(text.parse(), Ok(YesNo::Yes));
        }
        for text in ["no", "No", "FALSE"] {
            assert_eq!(text.parse(), Ok(YesNo::No));
        }
    }

    #[test]
    fn refuses_other_words_for_it() {
        for text in ["on", "1", "y", "", "0", "off"] {
            assert_eq!(text.parse::<YesNo>(), Err(YesNoError(text.to_owned())));
        }
    }
}

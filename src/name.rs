//! Validated names: what a document, a node or an operator may call a thing.
//!
//! A [`Name`] is safe as a file name, as one word of a line on a node and as an
//! argument: it never starts with `-` or `.`, and holds no slash, space or shell
//! character. Everything that becomes part of a path or a command is a `Name`.
//!
//! Clones share one text: a run of 10,000 nodes names each of them many times.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// The longest name, in bytes: it must fit in one path segment with a suffix.
pub const MAX_LENGTH: usize = 128;

/// A name of a zone, node, component, package, bundle or run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(Arc<str>);

/// Why a text is not a [`Name`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// There is no character at all.
    #[error("a name cannot be empty")]
    Empty,
    /// More than [`MAX_LENGTH`] bytes.
    #[error("a name has at most {MAX_LENGTH} characters, this one has {0}")]
    TooLong(usize),
    /// A first character that could be taken for an option or a hidden file.
    #[error("a name starts with a letter or a digit, not with {0:?}")]
    BadStart(char),
    /// A character outside letters, digits, `.`, `_` and `-`.
    #[error("{0:?} cannot stand in a name; use letters, digits, `.`, `_` and `-`")]
    BadCharacter(char),
}

impl Name {
    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let first = text.chars().next().ok_or(NameError::Empty)?;
        if text.len() > MAX_LENGTH {
            return Err(NameError::TooLong(text.len()));
        }
        if !first.is_ascii_alphanumeric() {
            return Err(NameError::BadStart(first));
        }
        match text.chars().find(|character| !is_allowed(*character)) {
            Some(character) => Err(NameError::BadCharacter(character)),
            None => Ok(Self(text.into())),
        }
    }
}

fn is_allowed(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '-')
}

impl TryFrom<String> for Name {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        text.parse()
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.as_str().to_owned()
    }
}

impl fmt::Display for Name {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(&self.0)
    }
}

impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl JsonSchema for Name {
    fn schema_name() -> Cow<'static, str> {
        "Name".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": "ddt-name",
            "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$",
            "description": "A name: letters, digits, `.`, `_` and `-`; 128 characters at most.",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_the_names_of_the_sample() {
        for text in [
            "mzone7204",
            "hostos-base-os-sw-release",
            "node1.example",
            "a_b",
        ] {
            assert_eq!(text.parse::<Name>().map(String::from), Ok(text.to_owned()));
        }
    }

    #[test]
    fn refuses_what_could_be_an_option_a_path_or_shell_text() {
        assert_eq!("".parse::<Name>(), Err(NameError::Empty));
        assert_eq!("-rf".parse::<Name>(), Err(NameError::BadStart('-')));
        assert_eq!("..".parse::<Name>(), Err(NameError::BadStart('.')));
        for text in ["a/b", "a b", "a;b", "a$b", "a\nb", "a\0", "aé"] {
            assert!(matches!(
                text.parse::<Name>(),
                Err(NameError::BadCharacter(_))
            ));
        }
        assert_eq!(
            "a".repeat(129).parse::<Name>(),
            Err(NameError::TooLong(129))
        );
    }
}

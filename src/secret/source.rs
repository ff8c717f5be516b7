//! Where a secret comes from, as documents write it: `env:NAME`, `file:PATH`, `exec:COMMAND`, `age:FILE` or
//! `vault:PATH#KEY`.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use camino::Utf8PathBuf;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// Where a secret comes from. Says nothing of its value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum SecretSource {
    /// A variable of ddt's environment.
    Variable(String),
    /// A file on the controller.
    File(Utf8PathBuf),
    /// What a program prints; its words, none of which a shell looks at. Never empty.
    Program(Vec<String>),
    /// A file that age has encrypted.
    Age(Utf8PathBuf),
    /// A key of a secret in Vault.
    Vault {
        /// The path as Vault's HTTP interface has it, without `/v1/`.
        path: String,
        /// The key in it.
        key: String,
    },
}

/// A source and the directory that relative paths in it start at.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct SecretPlace {
    /// Where the secret comes from.
    pub source: SecretSource,
    /// The directory of the document that says so.
    #[schemars(with = "String")]
    pub directory: Utf8PathBuf,
}

/// Why a text is not a [`SecretSource`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretSourceError {
    /// None of the kinds. What stands there may be the secret itself, and is not repeated.
    #[error(
        "a secret's source begins with `env:`, `file:`, `exec:`, `age:` or `vault:`; the value itself never stands in a document"
    )]
    Kind,
    /// `env:` with something else than a name.
    #[error("`env:` needs the name of a variable, such as `env:DB_PASSWORD`")]
    Variable,
    /// `file:` or `age:` and nothing.
    #[error("`{0}:` needs a path, such as `{0}:secrets/db-password`")]
    NoPath(&'static str),
    /// `exec:` with words that cannot be told apart, or none.
    #[error(
        "`exec:` needs a program and its arguments, such as `exec:pass show db/password`; close every quote"
    )]
    Program,
    /// `vault:` without its two halves, or with a path that leads elsewhere.
    #[error("`vault:` needs a path and a key, such as `vault:secret/data/db#password`")]
    Vault,
    /// A line break or another control character.
    #[error("a secret's source is one line without control characters")]
    ControlCharacter,
}

impl FromStr for SecretSource {
    type Err = SecretSourceError;

    fn from_str(text: &str) -> Result<Self, SecretSourceError> {
        if text.chars().any(char::is_control) {
            return Err(SecretSourceError::ControlCharacter);
        }
        let (kind, rest) = text.split_once(':').ok_or(SecretSourceError::Kind)?;
        match kind {
            "env" if is_variable(rest) => Ok(Self::Variable(rest.to_owned())),
            "env" => Err(SecretSourceError::Variable),
            "file" => path("file", rest).map(Self::File),
            "age" => path("age", rest).map(Self::Age),
            "exec" => program(rest),
            "vault" => vault(rest),
            _ => Err(SecretSourceError::Kind),
        }
    }
}

fn is_variable(name: &str) -> bool {
    let is_letter = |character: char| character.is_ascii_alphabetic() || character == '_';
    name.starts_with(is_letter)
        && name
            .chars()
            .all(|character| is_letter(character) || character.is_ascii_digit())
}

fn path(kind: &'static str, text: &str) -> Result<Utf8PathBuf, SecretSourceError> {
    let path = (!text.is_empty()).then(|| text.into());
    path.ok_or(SecretSourceError::NoPath(kind))
}

fn program(text: &str) -> Result<SecretSource, SecretSourceError> {
    let words =
        shlex::split(text).filter(|words| words.first().is_some_and(|word| !word.is_empty()));
    words
        .map(SecretSource::Program)
        .ok_or(SecretSourceError::Program)
}

/// The path becomes part of an address: nothing in it may lead to another place.
fn vault(text: &str) -> Result<SecretSource, SecretSourceError> {
    let (path, key) = text.split_once('#').ok_or(SecretSourceError::Vault)?;
    let is_plain = |segment: &str| !matches!(segment, "" | "." | "..");
    match path.split('/').all(is_plain) && !key.is_empty() && !path.contains(['?', '%', '\\']) {
        true => Ok(SecretSource::Vault {
            path: path.to_owned(),
            key: key.to_owned(),
        }),
        false => Err(SecretSourceError::Vault),
    }
}

impl fmt::Display for SecretSource {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => write!(out, "env:{name}"),
            Self::File(path) => write!(out, "file:{path}"),
            Self::Age(path) => write!(out, "age:{path}"),
            Self::Vault { path, key } => write!(out, "vault:{path}#{key}"),
            Self::Program(words) => {
                // No word holds a NUL, the only thing that cannot be quoted.
                let words = shlex::try_join(words.iter().map(String::as_str));
                write!(out, "exec:{}", words.unwrap_or_default())
            }
        }
    }
}

impl TryFrom<String> for SecretSource {
    type Error = SecretSourceError;

    fn try_from(text: String) -> Result<Self, SecretSourceError> {
        text.parse()
    }
}

impl From<SecretSource> for String {
    fn from(source: SecretSource) -> Self {
        source.to_string()
    }
}

impl JsonSchema for SecretSource {
    fn schema_name() -> Cow<'static, str> {
        "SecretSource".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": "ddt-secret-source",
            "pattern": r"^(env:[A-Za-z_][A-Za-z0-9_]*|(file|age|exec):[^\x00-\x1f]+|vault:[^#\x00-\x1f]+#[^\x00-\x1f]+)$",
            "description": "Where a secret comes from: env:NAME, file:PATH, exec:COMMAND, age:FILE or vault:PATH#KEY.",
            "examples": ["env:DB_PASSWORD", "age:secrets/db-password.age", "vault:secret/data/db#password"],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_what_it_read() {
        for text in [
            "env:DB_PASSWORD",
            "file:secrets/db",
            "age:/srv/a b.age",
            "vault:secret/data/db#password",
            "exec:pass show db/password",
            "exec:op read 'op://team vault/db'",
        ] {
            let source: SecretSource = text.parse().expect("a source");
            assert_eq!(source.to_string(), text);
        }
    }

    #[test]
    fn the_words_of_a_program_are_those_of_a_shell_without_its_tricks() {
        let source: SecretSource = r#"exec:op read "a b" $HOME"#.parse().expect("a source");
        let words = ["op", "read", "a b", "$HOME"].map(str::to_owned);
        assert_eq!(source, SecretSource::Program(words.into()));
    }

    #[test]
    fn says_what_is_wrong_and_never_repeats_it() {
        let texts = [
            "hunter2",
            "env:",
            "env:A-B",
            "file:",
            "age:",
            "exec:",
            "exec:'a",
            "vault:secret/db",
            "vault:#key",
            "vault:a/../b#key",
            "vault:a#",
            "file:a\nb",
        ];
        let said = texts.map(|text| match text.parse::<SecretSource>() {
            Ok(source) => format!("{text:?} is taken: {source}"),
            Err(error) => format!("{text:?}: {error}"),
        });
        insta::assert_snapshot!(said.join("\n"), @r#"
        "hunter2": a secret's source begins with `env:`, `file:`, `exec:`, `age:` or `vault:`; the value itself never stands in a document
        "env:": `env:` needs the name of a variable, such as `env:DB_PASSWORD`
        "env:A-B": `env:` needs the name of a variable, such as `env:DB_PASSWORD`
        "file:": `file:` needs a path, such as `file:secrets/db-password`
        "age:": `age:` needs a path, such as `age:secrets/db-password`
        "exec:": `exec:` needs a program and its arguments, such as `exec:pass show db/password`; close every quote
        "exec:'a": `exec:` needs a program and its arguments, such as `exec:pass show db/password`; close every quote
        "vault:secret/db": `vault:` needs a path and a key, such as `vault:secret/data/db#password`
        "vault:#key": `vault:` needs a path and a key, such as `vault:secret/data/db#password`
        "vault:a/../b#key": `vault:` needs a path and a key, such as `vault:secret/data/db#password`
        "vault:a#": `vault:` needs a path and a key, such as `vault:secret/data/db#password`
        "file:a\nb": a secret's source is one line without control characters
        "#);
    }
}

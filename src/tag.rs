//! Release tags: `MAJOR.MINOR.PATCH-YYYYMMDDTHHMMSSZ_SHA`, or plain `MAJOR.MINOR.PATCH`.
//!
//! A tag is not semver: `_` is illegal there, and a pre-release would sort below its
//! release. Tags are compared by the numbers, then by the build time; the SHA never
//! orders (rule 4 of the product design).
//!
//! Clones share one release: a plan names the same few for thousands of tasks.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use jiff::{Timestamp, civil::DateTime, tz::Offset};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use semver::Version;
use serde::{Deserialize, Serialize};

/// A release of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReleaseTag(Arc<Parts>);

/// What a tag is made of.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Parts {
    version: Version,
    build: Option<Build>,
}

/// When and from what a release was built.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Build {
    time: Timestamp,
    sha: String,
}

/// How one tag stands to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TagOrder {
    /// Lower numbers, or the same numbers built earlier.
    Older,
    /// The very same release.
    Same,
    /// Higher numbers, or the same numbers built later.
    Newer,
    /// Same numbers and build time, but another SHA: one of the two is not what it says.
    Conflict,
}

/// Why a text is not a release tag, and where reading it stopped.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}")]
pub struct TagError {
    /// What is wrong.
    pub kind: TagErrorKind,
    /// The offset in bytes, within the text, of the part that is wrong; between characters.
    pub start: usize,
    /// The end of that part, exclusive; between characters, too.
    pub end: usize,
}

/// The ways in which a text fails to be a tag.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TagErrorKind {
    /// The text as a whole has another shape.
    #[error("not MAJOR.MINOR.PATCH-YYYYMMDDTHHMMSSZ_sha; it stopped at {0}")]
    Malformed(&'static str),
    /// A number written with a leading zero.
    #[error("`{0}` has a leading zero; write `{1}`")]
    LeadingZero(String, String),
    /// Digits in the right places that are no moment in time.
    #[error("`{0}` is not a moment that exists: {1}")]
    ImpossibleTime(String, String),
    /// A SHA that is too short, too long, or not lower-case hexadecimal.
    #[error("`{0}` is not a commit: 7 to 64 lower-case hexadecimal digits are expected")]
    MalformedSha(String),
}

impl ReleaseTag {
    fn of(version: Version, build: Option<Build>) -> Self {
        Self(Arc::new(Parts { version, build }))
    }

    /// The numbers.
    pub fn version(&self) -> &Version {
        &self.0.version
    }

    /// The build time, which a plain `MAJOR.MINOR.PATCH` does not have.
    pub fn built_at(&self) -> Option<Timestamp> {
        self.0.build.as_ref().map(|build| build.time)
    }

    /// The commit the release was built from.
    pub fn sha(&self) -> Option<&str> {
        self.0.build.as_ref().map(|build| build.sha.as_str())
    }

    /// Says how `self` stands to `other`. A plain tag counts as built before every
    /// stamped one of the same numbers.
    pub fn order(&self, other: &Self) -> TagOrder {
        let numbers = self.version().cmp_precedence(other.version());
        match numbers.then_with(|| self.built_at().cmp(&other.built_at())) {
            Ordering::Less => TagOrder::Older,
            Ordering::Greater => TagOrder::Newer,
            Ordering::Equal if self.sha() == other.sha() => TagOrder::Same,
            Ordering::Equal => TagOrder::Conflict,
        }
    }
}

impl FromStr for ReleaseTag {
    type Err = TagError;

    fn from_str(text: &str) -> Result<Self, TagError> {
        let mut reader = Reader { text, position: 0 };
        let major = reader.number("MAJOR")?;
        reader.expect('.', "MAJOR")?;
        let minor = reader.number("MINOR")?;
        reader.expect('.', "MINOR")?;
        let patch = reader.number("PATCH")?;
        let version = Version::new(major, minor, patch);
        if reader.rest().is_empty() {
            return Ok(Self::of(version, None));
        }
        reader.expect('-', "PATCH")?;
        let time = reader.time()?;
        reader.expect('_', "the build time")?;
        let sha = reader.sha()?;
        Ok(Self::of(version, Some(Build { time, sha })))
    }
}

/// Reads a tag from left to right and remembers where it stands.
struct Reader<'text> {
    text: &'text str,
    position: usize,
}

impl<'text> Reader<'text> {
    fn rest(&self) -> &'text str {
        &self.text[self.position..]
    }

    fn fail<T>(&self, kind: TagErrorKind, length: usize) -> Result<T, TagError> {
        Err(TagError {
            kind,
            start: self.position,
            end: self.position + length,
        })
    }

    fn expect(&mut self, separator: char, part: &'static str) -> Result<(), TagError> {
        if !self.rest().starts_with(separator) {
            return self.fail(TagErrorKind::Malformed(part), self.rest().len());
        }
        self.position += separator.len_utf8();
        Ok(())
    }

    fn digits(&self) -> &'text str {
        let rest = self.rest();
        let end = rest
            .find(|character: char| !character.is_ascii_digit())
            .unwrap_or(rest.len());
        &rest[..end]
    }

    fn number(&mut self, part: &'static str) -> Result<u64, TagError> {
        let digits = self.digits();
        let Ok(number) = digits.parse::<u64>() else {
            let next = self.rest().chars().next().map_or(0, char::len_utf8);
            return self.fail(TagErrorKind::Malformed(part), digits.len().max(next));
        };
        if digits.len() > 1 && digits.starts_with('0') {
            let kind = TagErrorKind::LeadingZero(digits.to_owned(), number.to_string());
            return self.fail(kind, digits.len());
        }
        self.position += digits.len();
        Ok(number)
    }

    fn time(&mut self) -> Result<Timestamp, TagError> {
        const PART: &str = "the build time";
        let stamp = self.rest().get(..16).filter(|stamp| has_stamp_shape(stamp));
        let Some(stamp) = stamp else {
            return self.fail(TagErrorKind::Malformed(PART), self.rest().len());
        };
        let parsed = DateTime::strptime("%Y%m%dT%H%M%SZ", stamp)
            .and_then(|moment| Offset::UTC.to_timestamp(moment));
        match parsed {
            Ok(time) if stamp[13..15] != *"60" => {
                self.position += stamp.len();
                Ok(time)
            }
            _ => {
                let kind = TagErrorKind::ImpossibleTime(stamp.to_owned(), impossible_part(stamp));
                self.fail(kind, stamp.len())
            }
        }
    }

    fn sha(&mut self) -> Result<String, TagError> {
        let sha = self.rest();
        let valid = (7..=64).contains(&sha.len())
            && sha
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if !valid {
            return self.fail(TagErrorKind::MalformedSha(sha.to_owned()), sha.len());
        }
        self.position = self.text.len();
        Ok(sha.to_owned())
    }
}

/// Whether the text looks like `YYYYMMDDTHHMMSSZ`, whatever the digits say.
fn has_stamp_shape(stamp: &str) -> bool {
    stamp.bytes().enumerate().all(|(index, byte)| match index {
        8 => byte == b'T',
        15 => byte == b'Z',
        _ => byte.is_ascii_digit(),
    })
}

/// Names the first field of a well-shaped stamp that is out of range.
fn impossible_part(stamp: &str) -> String {
    let fields = [
        ("month", 4..6, 12),
        ("hour", 9..11, 23),
        ("minute", 11..13, 59),
        ("second", 13..15, 59),
    ];
    let too_high = fields.into_iter().find(|(_, range, highest)| {
        stamp[range.clone()]
            .parse::<u32>()
            .is_ok_and(|value| value > *highest)
    });
    match too_high {
        Some((field, range, _)) => format!("there is no {field} {}", &stamp[range]),
        None => format!(
            "{}-{} has no day {}",
            &stamp[..4],
            &stamp[4..6],
            &stamp[6..8]
        ),
    }
}

impl fmt::Display for ReleaseTag {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.version())?;
        match &self.0.build {
            Some(build) => write!(
                out,
                "-{}_{}",
                build.time.strftime("%Y%m%dT%H%M%SZ"),
                build.sha
            ),
            None => Ok(()),
        }
    }
}

impl TryFrom<String> for ReleaseTag {
    type Error = TagError;

    fn try_from(text: String) -> Result<Self, TagError> {
        text.parse()
    }
}

impl From<ReleaseTag> for String {
    fn from(tag: ReleaseTag) -> Self {
        tag.to_string()
    }
}

impl JsonSchema for ReleaseTag {
    fn schema_name() -> Cow<'static, str> {
        "ReleaseTag".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": "ddt-tag",
            "pattern": concat!(
                r"^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)",
                "(-[0-9]{4}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])",
                "T([01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]Z_[0-9a-f]{7,64})?$"
            ),
            "description": "A release: MAJOR.MINOR.PATCH-YYYYMMDDTHHMMSSZ_sha, the version, when it was built \
                (UTC), and from which commit.",
            "examples": ["3.0.6-20220602T124916Z_887ca13"],
        })
    }
}

#[cfg(test)]
mod tests;

//! What a key signs.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

use crate::digest::Digest;
use crate::name::Name;
use crate::tag::ReleaseTag;

/// The first line: a signature of anything else is never taken for one of a release.
const HEAD: &str = "ddt release statement 1";

/// The keys, in the order in which they are written.
const KEYS: [&str; 6] = ["bundle", "tag", "digest", "size", "signed", "expires"];

/// A release and the content that it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// The bundle.
    pub bundle: Name,
    /// The release.
    pub tag: ReleaseTag,
    /// The digest of the bundle: that of its OCI manifest.
    pub digest: Digest,
    /// The bytes of the archive that nodes are sent.
    pub size: u64,
}

/// Says that a release has a content, from one moment to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// What it is about.
    pub release: Release,
    /// When it was signed, in whole seconds.
    pub signed: Timestamp,
    /// When it ceases to count.
    pub expires: Timestamp,
}

/// A text that is no statement in the one form that ddt writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is no statement about a release")]
pub struct StatementError;

impl fmt::Display for Release {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            bundle,
            tag,
            digest,
            size,
        } = self;
        write!(out, "{bundle}:{tag} with {digest}, {size} bytes")
    }
}

impl fmt::Display for Statement {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Release {
            bundle,
            tag,
            digest,
            size,
        } = &self.release;
        let Self {
            signed, expires, ..
        } = self;
        write!(
            out,
            "{HEAD}\nbundle {bundle}\ntag {tag}\ndigest {digest}\nsize {size}\n\
             signed {signed}\nexpires {expires}\n"
        )
    }
}

impl FromStr for Statement {
    type Err = StatementError;

    fn from_str(text: &str) -> Result<Self, StatementError> {
        let statement = parse(text).ok_or(StatementError)?;
        let is_canonical = statement.to_string() == text;
        is_canonical.then_some(statement).ok_or(StatementError)
    }
}

fn parse(text: &str) -> Option<Statement> {
    let mut lines = text.lines();
    lines.next().filter(|head| *head == HEAD)?;
    let mut values = KEYS.iter().map(|key| {
        let (found, value) = lines.next()?.split_once(' ')?;
        (found == *key).then_some(value)
    });
    let mut value = || values.next().flatten();
    let release = Release {
        bundle: value()?.parse().ok()?,
        tag: value()?.parse().ok()?,
        digest: value()?.parse().ok()?,
        size: value()?.parse().ok()?,
    };
    Some(Statement {
        release,
        signed: value()?.parse().ok()?,
        expires: value()?.parse().ok()?,
    })
}

//! What a text must look like, by the `format` of its schema.

use std::ops::Range;

use super::yes_no::YesNo;
use crate::address::{Address, MacAddress};
use crate::digest::Digest;
use crate::name::Name;
use crate::reference::Repo;
use crate::share::Share;
use crate::tag::{ReleaseTag, TagError, TagErrorKind};

/// What is wrong with a text.
pub(super) struct FormatFault {
    /// The lint rule's code.
    pub(super) code: &'static str,
    /// What is wrong, in lower case.
    pub(super) message: String,
    /// What to write.
    pub(super) help: String,
    /// Which bytes of the text are meant.
    pub(super) range: Range<usize>,
}

/// Checks a text against a format; an unknown format takes anything.
pub(super) fn check(format: &str, text: &str) -> Option<FormatFault> {
    match format {
        "ddt-tag" => text
            .parse::<ReleaseTag>()
            .err()
            .map(|error| tag_fault(text, &error)),
        "ddt-yes-no" => fault::<YesNo>(text, "DDT204", "use `yes` or `no`"),
        "ddt-repo" => fault::<Repo>(text, "DDT503", "write HOST[:PORT][/PREFIX], or dir:PATH"),
        "ddt-digest" => fault::<Digest>(text, "DDT203", "copy it from `ddt bundle inspect`"),
        "ddt-address" => fault::<Address>(text, "DDT203", "write a host name or an IP address"),
        "ddt-mac" => fault::<MacAddress>(text, "DDT203", "correct the address"),
        "ddt-share" => fault::<Share>(text, "DDT203", "write a number of nodes, or a percentage"),
        "ddt-name" => fault::<Name>(text, "DDT203", "choose another name"),
        _ => None,
    }
}

fn fault<T>(text: &str, code: &'static str, help: &str) -> Option<FormatFault>
where
    T: std::str::FromStr<Err: std::fmt::Display>,
{
    let error = text.parse::<T>().err()?;
    let (code, message) = match text.is_empty() {
        true => ("DDT207", "the value is empty".to_owned()),
        false => (code, error.to_string()),
    };
    Some(FormatFault {
        code,
        message,
        help: help.to_owned(),
        range: 0..text.len(),
    })
}

fn tag_fault(text: &str, error: &TagError) -> FormatFault {
    let (code, help) = match &error.kind {
        TagErrorKind::Malformed(_) if text.is_empty() => {
            ("DDT207", "write the tag, or remove the package")
        }
        TagErrorKind::Malformed(_) if is_floating(text) => (
            "DDT308",
            "pin a release: MAJOR.MINOR.PATCH-YYYYMMDDTHHMMSSZ_sha",
        ),
        TagErrorKind::Malformed(_) => ("DDT301", "write MAJOR.MINOR.PATCH-YYYYMMDDTHHMMSSZ_sha"),
        TagErrorKind::LeadingZero(..) => ("DDT304", "remove the leading zero"),
        TagErrorKind::ImpossibleTime(..) => (
            "DDT302",
            "correct the build time; are day and month swapped?",
        ),
        TagErrorKind::MalformedSha(_) => ("DDT305", "write the commit as git prints it"),
    };
    let message = match code {
        "DDT207" => "the tag is empty".to_owned(),
        "DDT308" => format!("`{text}` is not a release, it moves"),
        _ => error.to_string(),
    };
    let range = match code {
        "DDT308" => 0..text.len(),
        _ => error.start..error.end,
    };
    FormatFault {
        code,
        message,
        help: help.to_owned(),
        range,
    }
}

/// Words that people use for "whatever is newest".
fn is_floating(text: &str) -> bool {
    matches!(
        text,
        "latest" | "stable" | "edge" | "main" | "master" | "head" | "HEAD" | "dev" | "nightly"
    )
}

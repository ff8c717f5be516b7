//! What a text that fails the check of its format was probably meant to be.

use super::format;
use crate::tag::{ReleaseTag, TagErrorKind};

/// The most numbers with leading zeros that a version has.
const NUMBERS: usize = 3;

/// The text that was probably meant; it passes the check.
pub(super) fn correction(format: &str, text: &str) -> Option<String> {
    let corrected = match format {
        "ddt-yes-no" => yes_or_no(text).map(str::to_owned),
        "ddt-repo" => text.split_once("://").map(|(_, rest)| without_slash(rest)),
        "ddt-tag" => tag(text),
        _ => None,
    };
    corrected.filter(|corrected| format::check(format, corrected).is_none())
}

fn without_slash(text: &str) -> String {
    text.trim_end_matches('/').to_owned()
}

fn yes_or_no(text: &str) -> Option<&'static str> {
    match text.to_ascii_lowercase().as_str() {
        "on" | "y" | "1" | "enable" | "enabled" => Some("yes"),
        "off" | "n" | "0" | "disable" | "disabled" => Some("no"),
        _ => None,
    }
}

/// A tag without leading zeros, with its commit in lower case.
fn tag(text: &str) -> Option<String> {
    let mut corrected = text.to_owned();
    for _ in 0..=NUMBERS {
        let Err(error) = corrected.parse::<ReleaseTag>() else {
            return Some(corrected);
        };
        let part = match error.kind {
            TagErrorKind::LeadingZero(_, number) => number,
            TagErrorKind::MalformedSha(sha) => sha.to_lowercase(),
            _ => return None,
        };
        let (before, behind) = (corrected.get(..error.start)?, corrected.get(error.end..)?);
        corrected = format!("{before}{part}{behind}");
    }
    corrected.parse::<ReleaseTag>().is_ok().then_some(corrected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guesses_what_passes_the_check_and_nothing_else() {
        let tag = |text| correction("ddt-tag", text);
        let good = "3.5.1-20220602T124916Z_887ca13";
        assert_eq!(
            tag("03.05.01-20220602T124916Z_887CA13").as_deref(),
            Some(good)
        );
        assert_eq!(tag("3.5.1-20220602T124916Z_887CA1"), None);
        assert_eq!(tag("3.5.1-20221302T124916Z_887ca13"), None);
        let repo = |text| correction("ddt-repo", text);
        assert_eq!(
            repo("https://host.example/team/").as_deref(),
            Some("host.example/team")
        );
        assert_eq!(repo("https://host.example/A b"), None);
        assert_eq!(correction("ddt-yes-no", "On").as_deref(), Some("yes"));
        assert_eq!(correction("ddt-yes-no", "off").as_deref(), Some("no"));
        assert_eq!(correction("ddt-yes-no", "maybe"), None);
        assert_eq!(correction("ddt-name", "A"), None);
    }
}

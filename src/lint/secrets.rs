//! Recognises credentials in a text by what their issuers made them look like. Precise
//! rather than complete: a finding should be worth stopping for.

use std::sync::LazyLock;

use regex::bytes::{Captures, Regex};

use crate::hjson::Span;

/// Something that looks like a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Secret {
    /// What it seems to be.
    pub(super) kind: &'static str,
    /// Where it stands; only ASCII is there.
    pub(super) span: Span,
}

/// What it is called, and what it looks like: the name of its group in [`PATTERN`].
const KINDS: [(&str, &str); 10] = [
    ("key", "a private key"),
    ("age", "an age identity"),
    ("github", "a GitHub token"),
    ("gitlab", "a GitLab token"),
    ("aws", "an AWS access key"),
    ("slack", "a Slack token"),
    ("vault", "a Vault token"),
    ("package", "a token of a package registry"),
    ("jwt", "a signed web token"),
    ("login", "a user name with a password"),
];

/// One expression, so that a text is gone through once. `login` has no word boundary of its
/// own: what precedes it is a scheme or the beginning of a value.
const PATTERN: &str = concat!(
    r"(?-u)",
    r"(?P<key>-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?:[A-Za-z0-9+/=\s:,.\\-]*?-----END [A-Z0-9 ]*-----)?)",
    r"|(?P<age>\bAGE-SECRET-KEY-1[0-9A-Z]{58}\b)",
    r"|(?P<github>\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,}))",
    r"|(?P<gitlab>\bgl(?:pat|dt|rt|cbt)-[A-Za-z0-9_-]{20,})",
    r"|(?P<aws>\b(?:AKIA|ASIA)[A-Z2-7]{16}\b)",
    r"|(?P<slack>\bxox[abeprs]-[A-Za-z0-9-]{20,})",
    r"|(?P<vault>\bhv[sbr]\.[A-Za-z0-9_-]{24,})",
    r"|(?P<package>\b(?:npm_[A-Za-z0-9]{36}\b|pypi-AgE[A-Za-z0-9_-]{50,}|dckr_pat_[A-Za-z0-9_-]{27}|AKCp[A-Za-z0-9]{69}))",
    r"|(?P<jwt>\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,})",
    r#"|(?:://|(?i:\bartifrepo\b)["']?[ \t]*:[ \t]*["']?)(?P<login>[!#-&(-+\-.0-9;-?A-\[\]-~]+:[!#-&(-+\-.0-9;-?A-\[\]-~]+)@[A-Za-z0-9\[]"#,
);

static EXPRESSION: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(PATTERN).ok());

/// Every credential in a text, in order.
pub(super) fn find(text: &str) -> Vec<Secret> {
    let Some(expression) = EXPRESSION.as_ref() else {
        return Vec::new();
    };
    let found = expression.captures_iter(text.as_bytes());
    found.filter_map(|captures| secret(&captures)).collect()
}

fn secret(captures: &Captures<'_>) -> Option<Secret> {
    let mut kinds = KINDS.iter();
    let (kind, found) = kinds.find_map(|(group, kind)| Some((kind, captures.name(group)?)))?;
    let is_login = captures.name("login").is_some();
    let is_real = !is_login || !is_placeholder(found.as_bytes());
    is_real.then(|| Secret {
        kind,
        span: Span::new(found.start(), found.end()),
    })
}

/// Whether a login stands for one that is filled in later: `$USER:$PASSWORD`, `u:<password>`,
/// `u:****`.
fn is_placeholder(login: &[u8]) -> bool {
    let mut halves = login.splitn(2, |byte| *byte == b':').skip(1);
    let password = halves.next().unwrap_or_default();
    let begins = password
        .first()
        .is_some_and(|first| b"$<{%".contains(first));
    begins || password.iter().all(|byte| b"*xX.".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<&'static str> {
        find(text).into_iter().map(|secret| secret.kind).collect()
    }

    #[test]
    fn the_expression_is_one() {
        assert!(EXPRESSION.is_some(), "{:?}", Regex::new(PATTERN).err());
    }

    /// Credentials are put together here, so that no scanner takes this file for a leak.
    fn samples() -> Vec<(&'static str, String)> {
        let letters = |count| "aB3dE6gH9k".chars().cycle().take(count).collect::<String>();
        let upper = |count| "ABCDEFGH".chars().cycle().take(count).collect::<String>();
        vec![
            (
                "a private key",
                format!(
                    "-----BEGIN RSA {}\nMIIE{}\n-----END RSA PRIVATE KEY-----",
                    "PRIVATE KEY-----",
                    letters(64)
                ),
            ),
            (
                "an age identity",
                format!("AGE-SECRET-{}{}", "KEY-1", upper(58)),
            ),
            ("a GitHub token", format!("gh{}_{}", 'p', letters(36))),
            ("a GitLab token", format!("gl{}-{}", "pat", letters(20))),
            ("an AWS access key", format!("AK{}{}", "IA", upper(16))),
            ("a Slack token", format!("xo{}-{}", "xb", letters(24))),
            ("a Vault token", format!("h{}.{}", "vs", letters(24))),
            (
                "a token of a package registry",
                format!("np{}_{}", 'm', letters(36)),
            ),
            (
                "a signed web token",
                format!(
                    "ey{}.eyJ{}.{}",
                    format_args!("J{}", letters(12)),
                    letters(12),
                    letters(30)
                ),
            ),
            (
                "a user name with a password",
                "https://ann:hunter2@registry.example.com/team".to_owned(),
            ),
            (
                "a user name with a password",
                "artifrepo: ann:hunter2@registry.example.com".to_owned(),
            ),
        ]
    }

    #[test]
    fn every_kind_is_recognised_wherever_it_stands() {
        for (kind, text) in samples() {
            assert_eq!(kinds(&text), [kind], "{text}");
            assert_eq!(
                kinds(&format!("{{\n  a: \"{text}\" # {text}\n}}")).len(),
                2,
                "{text}"
            );
        }
    }

    #[test]
    fn what_only_resembles_one_is_none() {
        for text in [
            "",
            "tag: 3.0.6-20220602T124916Z_887ca13",
            "digest: sha256:5dd4ce5f9e9c5c1b9516fc7abf1a5b96bdbe06338e11c6303caea45703b5d946",
            "artifrepo: registry.example.com:5000/team",
            "jump: admin@bastion.example.com:22",
            "url: https://registry.example.com:5000/a@b",
            "url: https://ann@registry.example.com",
            "url: https://${USER}:${PASSWORD}@registry.example.com",
            "url: https://ann:<password>@registry.example.com",
            "url: https://ann:****@registry.example.com",
            "host_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJqnXS1c7vN3",
            "-----BEGIN PUBLIC KEY-----",
            "-----BEGIN CERTIFICATE-----",
            "owner: ghp_team",
            "AKIA",
        ] {
            assert_eq!(kinds(text), [""; 0], "{text}");
        }
    }
}

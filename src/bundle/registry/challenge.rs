//! How a registry wants to be told who asks: the header `WWW-Authenticate`.

use http_auth::ChallengeRef;
use reqwest::header::{HeaderMap, WWW_AUTHENTICATE};

/// What a registry wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    /// The user's name and password.
    Basic,
    /// A token that is issued at an address.
    Bearer {
        /// The address.
        realm: String,
        /// What the issuer is to be told about the registry.
        service: Option<String>,
    },
}

/// The challenge of an answer; a token is preferred.
pub(super) fn of(headers: &HeaderMap) -> Option<Challenge> {
    let texts = headers.get_all(WWW_AUTHENTICATE).iter();
    let parsed = texts
        .filter_map(|text| text.to_str().ok())
        .filter_map(|text| http_auth::parse_challenges(text).ok());
    let known: Vec<_> = parsed.flatten().filter_map(|one| read(&one)).collect();
    let bearer = known.iter().find(|one| **one != Challenge::Basic);
    bearer.or(known.first()).cloned()
}

fn read(challenge: &ChallengeRef<'_>) -> Option<Challenge> {
    let parameter = |name: &str| {
        let mut all = challenge.params.iter();
        all.find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.to_unescaped())
    };
    if challenge.scheme.eq_ignore_ascii_case("basic") {
        return Some(Challenge::Basic);
    }
    if !challenge.scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    Some(Challenge::Bearer {
        realm: parameter("realm")?,
        service: parameter("service"),
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;

    fn challenge(texts: &[&str]) -> Option<Challenge> {
        let mut headers = HeaderMap::new();
        for text in texts {
            headers.append(WWW_AUTHENTICATE, text.parse().unwrap());
        }
        of(&headers)
    }

    #[test]
    fn prefers_a_token() {
        let bearer = r#"Bearer realm="https://auth.example.com/token",service="s",scope="a:b""#;
        let wanted = Some(Challenge::Bearer {
            realm: "https://auth.example.com/token".to_owned(),
            service: Some("s".to_owned()),
        });
        assert_eq!(challenge(&[r#"Basic realm="x""#, bearer]), wanted);
        assert_eq!(challenge(&[r#"Basic realm="x""#]), Some(Challenge::Basic));
    }

    #[test]
    fn knows_no_other_scheme() {
        for text in [&["Negotiate"][..], &["Bearer service=\"s\""], &[",,="], &[]] {
            assert_eq!(challenge(text), None);
        }
    }
}

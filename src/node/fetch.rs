//! Payloads that nodes read from a registry themselves, so that they do not pass through this machine.
//!
//! What a node reads is the canonical archive of a payload's tree, which is the layer of a bundle that ddt has packed. Its
//! digest is the payload's name, so a node verifies it by what it was going to install, whoever sends it.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use zeroize::Zeroizing;

use super::quote::quote;
use super::session::{Patience, Session};
use super::words::encode_bytes;
use super::{NodeError, Payload};
use crate::digest::Digest;
use crate::secret::SecretValue;

/// Knows where nodes can read payloads.
#[async_trait]
pub trait PayloadOrigin: Send + Sync {
    /// Where a payload's canonical archive is now, or why nodes cannot read it. Asked for each node, right before it reads.
    async fn locate(&self, payload: &Digest) -> Result<RemoteArchive, String>;
}

/// A payload's canonical archive, and what it takes to read it.
#[derive(Clone, Debug)]
pub struct RemoteArchive {
    /// Its address, which may hold a signature: as secret as a password that is good for a while.
    pub url: SecretValue,
    /// The only protocol that is spoken there.
    pub scheme: &'static str,
    /// The header `Authorization`, where one is wanted.
    pub authorization: Option<SecretValue>,
    /// The only certificate authorities that count, in PEM; those of the node without them.
    pub authorities: Option<Arc<[u8]>>,
    /// How long it may take.
    pub timeout: Duration,
}

/// A payload that a node did not read by itself, and has to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotFetched {
    /// Which.
    pub payload: Digest,
    /// Why, in one line that is safe to show.
    pub why: String,
}

/// Lets a node read a payload. The inner error is why it could not; its session goes on.
pub(super) async fn fetch(
    session: &mut Session,
    payload: &Payload,
    archive: &RemoteArchive,
) -> Result<Result<(), String>, NodeError> {
    let request = request(payload, archive);
    let response = session.ask(&request, Patience::Endless).await?;
    if response.part("fetched").is_some() {
        return Ok(Ok(()));
    }
    let said = &response.expect_part("unfetched")?.body;
    Ok(Err(quote(&String::from_utf8_lossy(said))))
}

/// `fetch DIGEST SIZE =SETTINGS =AUTHORITIES`. The canonical archive is never larger than the one that would be sent.
fn request(payload: &Payload, archive: &RemoteArchive) -> Zeroizing<String> {
    let settings = Zeroizing::new(encode_bytes(&settings(archive)));
    let authorities = archive.authorities.as_deref().unwrap_or_default();
    Zeroizing::new(format!(
        "fetch {} {} ={} ={}",
        payload.digest.hex(),
        payload.size,
        &*settings,
        encode_bytes(authorities)
    ))
}

/// What curl reads as its configuration, and nobody else gets to see. Redirects are not followed.
fn settings(archive: &RemoteArchive) -> Zeroizing<Vec<u8>> {
    let mut settings = Zeroizing::new(Vec::new());
    let mut set = |key: &str, before: &str, value: &[u8]| {
        settings.extend_from_slice(format!("{key} = \"{before}").as_bytes());
        for byte in value {
            if matches!(byte, b'"' | b'\\') {
                settings.push(b'\\');
            }
            settings.push(*byte);
        }
        settings.extend_from_slice(b"\"\n");
    };
    set("url", "", archive.url.expose());
    if let Some(authorization) = &archive.authorization {
        set("header", "Authorization: ", authorization.expose());
    }
    set("proto", "=", archive.scheme.as_bytes());
    set(
        "max-time",
        "",
        archive.timeout.as_secs().to_string().as_bytes(),
    );
    // What stalls is sent from here, before an operator wonders.
    let fixed = "connect-timeout = 30\nspeed-limit = 1024\nspeed-time = 30\nsilent\nshow-error\nfail\ngloboff\n";
    settings.extend_from_slice(fixed.as_bytes());
    settings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curl_takes_nothing_of_a_value_for_a_setting() {
        let archive = RemoteArchive {
            url: SecretValue::new(b"https://registry.example.com/v2/a".to_vec()),
            scheme: "https",
            authorization: Some(SecretValue::new(br#"Bearer a"b\c"#.to_vec())),
            authorities: None,
            timeout: Duration::from_secs(60),
        };
        let settings = settings(&archive);
        insta::assert_snapshot!(String::from_utf8_lossy(&settings), @r#"
        url = "https://registry.example.com/v2/a"
        header = "Authorization: Bearer a\"b\\c"
        proto = "=https"
        max-time = "60"
        connect-timeout = 30
        speed-limit = 1024
        speed-time = 30
        silent
        show-error
        fail
        globoff
        "#);
        assert!(!format!("{archive:?}").contains("Bearer"));
    }
}

//! What an answer means.

use reqwest::{Response, StatusCode};
use serde::Deserialize;

use super::error::RegistryErrorKind;
use super::retry::asked_pause;
use crate::clock;

/// How much of a registry's own message is read, in bytes.
const MESSAGE_BYTES: usize = 4096;

/// How much of it is shown, in characters.
const MESSAGE_SHOWN: usize = 200;

/// The form of messages in the OCI distribution specification.
#[derive(Deserialize)]
struct Envelope {
    errors: Vec<Problem>,
}

#[derive(Deserialize)]
struct Problem {
    code: String,
    #[serde(default)]
    message: String,
}

/// Whether the same question may be answered another time.
pub(super) fn is_passing(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504)
}

/// Passes a success on; anything else becomes its error.
pub(super) async fn expect_success(response: Response) -> Result<Response, RegistryErrorKind> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let asked = asked_pause(response.headers(), clock::now());
    Err(match status {
        StatusCode::NOT_FOUND => RegistryErrorKind::NotFound,
        StatusCode::FORBIDDEN => RegistryErrorKind::Forbidden,
        StatusCode::TOO_MANY_REQUESTS => RegistryErrorKind::TooManyRequests(asked),
        status if is_passing(status) => RegistryErrorKind::Fails {
            status: status.as_u16(),
        },
        status => RegistryErrorKind::Status {
            status: status.as_u16(),
            message: message(response).await,
        },
    })
}

/// What the registry says, as far as it can be shown.
async fn message(mut response: Response) -> String {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        let left = MESSAGE_BYTES - bytes.len();
        bytes.extend_from_slice(&chunk[..chunk.len().min(left)]);
        if bytes.len() == MESSAGE_BYTES {
            break;
        }
    }
    shown(&bytes)
}

fn shown(bytes: &[u8]) -> String {
    let Ok(Envelope { errors }) = serde_json::from_slice(bytes) else {
        return String::new();
    };
    let said = errors
        .iter()
        .map(|one| format!("{} {}", one.code, one.message));
    let said = said.collect::<Vec<_>>().join("; ");
    let shown: String = said.trim().chars().take(MESSAGE_SHOWN).collect();
    shown.escape_debug().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_the_registrys_message_escaped_and_cut() {
        let said = br#"{"errors":[{"code":"MANIFEST_INVALID","message":"a\u001b[31mb"}]}"#;
        insta::assert_snapshot!(shown(said), @r#"MANIFEST_INVALID a\u{1b}[31mb"#);
        assert_eq!(shown(b"<html>"), "");
        let long = format!(r#"{{"errors":[{{"code":"{}"}}]}}"#, "x".repeat(4000));
        assert_eq!(shown(long.as_bytes()).len(), MESSAGE_SHOWN);
    }
}

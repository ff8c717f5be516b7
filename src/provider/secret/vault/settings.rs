//! How Vault is reached, by the variables that its own tools read.

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Url};
use zeroize::Zeroizing;

use crate::provider::secret::Environment;
use crate::provider::secret::error::SecretError;

/// How long one answer may take.
const TIME: Duration = Duration::from_secs(30);

/// The address: encrypted, or this machine itself.
pub(super) fn address(environment: Environment) -> Result<Url, SecretError> {
    let wrong = |what: &str| SecretError::VaultSettings(format!("VAULT_ADDR {what}"));
    let text = environment("VAULT_ADDR").filter(|text| !text.is_empty());
    let text = text.ok_or_else(|| wrong("is not set"))?;
    let url = Url::parse(&text)
        .map_err(|_| wrong("is not an address, such as https://vault.example.com:8200"))?;
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err(wrong(
            "is not encrypted; only this machine itself is asked without TLS",
        )),
        _ => Err(wrong("is neither https nor http")),
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// The token that is set, else the one that `vault login` has left.
pub(super) fn token(environment: Environment) -> Result<Zeroizing<String>, SecretError> {
    let left = || std::fs::read_to_string(format!("{}/.vault-token", environment("HOME")?)).ok();
    let set = environment("VAULT_TOKEN").filter(|token| !token.is_empty());
    let token = set.or_else(left).map(Zeroizing::new);
    let token = token.ok_or_else(|| {
        SecretError::VaultSettings("VAULT_TOKEN is not set, and ~/.vault-token is not there".into())
    })?;
    let token = Zeroizing::new(token.trim().to_owned());
    let is_word = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
    is_word.then_some(token).ok_or_else(|| {
        SecretError::VaultSettings("the Vault token is not one: it is a single word".into())
    })
}

/// A client that trusts the authorities that are set, else the system's. It follows nobody elsewhere.
pub(super) fn http(environment: Environment, address: &Url) -> Result<Client, SecretError> {
    // Fails where it was done before, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder()
        .user_agent(concat!("ddt/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .referer(false)
        .timeout(TIME);
    let builder = match environment("VAULT_CACERT").filter(|path| !path.is_empty()) {
        Some(path) => builder.tls_certs_only(authorities(&path)?),
        None => builder,
    };
    // Without TLS the token would be read by a proxy.
    let builder = match address.scheme() {
        "http" => builder.no_proxy(),
        _ => builder,
    };
    let client = builder.build();
    client.map_err(|error| SecretError::VaultSettings(format!("cannot speak TLS: {error}")))
}

fn authorities(path: &str) -> Result<Vec<Certificate>, SecretError> {
    let wrong = |what: String| SecretError::VaultSettings(format!("VAULT_CACERT {path}: {what}"));
    let text = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
    let found = Certificate::from_pem_bundle(&text).map_err(|error| wrong(error.to_string()))?;
    match found.is_empty() {
        true => Err(wrong("it holds no certificate".into())),
        false => Ok(found),
    }
}

//! Proving who asks: a password, or a token for it.

use reqwest::Url;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use serde::Deserialize;

use super::answer::expect_success;
use super::challenge::Challenge;
use super::client::{Client, origin};
use super::credentials::{Credentials, Secret};
use super::document::read_capped;
use super::error::RegistryErrorKind;

/// The most bytes of an answer with a token.
const MAX_TOKEN: u64 = 1 << 20;

/// What an issuer answers; docker's documentation allows both names.
#[derive(Deserialize)]
struct Issued {
    token: Option<String>,
    access_token: Option<String>,
}

impl Client {
    /// Makes the header that a challenge asks for.
    pub(super) async fn log_in(
        &self,
        challenge: &Challenge,
        scope: &str,
    ) -> Result<HeaderValue, RegistryErrorKind> {
        match challenge {
            Challenge::Basic => match self.credentials().await? {
                Some(Credentials {
                    user,
                    secret: Secret::Password(password),
                    ..
                }) => self.basic(user, password),
                _ => Err(self.refused_credentials().await),
            },
            Challenge::Bearer { realm, service } => {
                let url = self.issuer(realm)?;
                let mut query = vec![("scope", scope)];
                query.extend(service.as_deref().map(|service| ("service", service)));
                let token = self.token(url, &query).await?;
                secret_header(format!("Bearer {token}"))
            }
        }
    }

    /// The header as the HTTP library encodes it.
    fn basic(&self, user: &str, password: &str) -> Result<HeaderValue, RegistryErrorKind> {
        let request = self
            .http
            .get(self.url(""))
            .basic_auth(user, Some(password))
            .build()?;
        let header = request
            .headers()
            .get(reqwest::header::AUTHORIZATION)
            .cloned();
        header
            .ok_or_else(|| RegistryErrorKind::Internal("no credentials can be encoded".to_owned()))
    }

    /// Whom to ask for a token: the registry itself or its token host, nobody else.
    fn issuer(&self, realm: &str) -> Result<Url, RegistryErrorKind> {
        let base = self.url("");
        let url = self.place(&base, realm)?;
        let port = url
            .port()
            .map(|port| format!(":{port}"))
            .unwrap_or_default();
        let host = format!("{}{port}", url.host_str().unwrap_or_default());
        let named = self.settings.token_host.as_ref();
        let is_known = self.is_own(&url) || named.is_some_and(|named| named.as_str() == host);
        is_known
            .then(|| url.clone())
            .ok_or_else(|| RegistryErrorKind::TokenHost(origin(&url)))
    }

    async fn token(
        &self,
        mut url: Url,
        query: &[(&str, &str)],
    ) -> Result<String, RegistryErrorKind> {
        let credentials = self.credentials().await?;
        let request = match credentials.map(|known| (&known.user, &known.secret)) {
            Some((_, Secret::IdentityToken(token))) => {
                let mut form = url.clone();
                let fixed = [
                    ("grant_type", "refresh_token"),
                    ("client_id", "ddt"),
                    ("refresh_token", token),
                ];
                form.query_pairs_mut()
                    .clear()
                    .extend_pairs(query)
                    .extend_pairs(fixed);
                let form = form.query().unwrap_or_default().to_owned();
                let kind = "application/x-www-form-urlencoded";
                self.http.post(url).header(CONTENT_TYPE, kind).body(form)
            }
            known => {
                url.query_pairs_mut().extend_pairs(query);
                match known {
                    Some((user, Secret::Password(password))) => {
                        self.http.get(url).basic_auth(user, Some(password))
                    }
                    _ => self.http.get(url),
                }
            }
        };
        let response = request.send().await?;
        if matches!(response.status().as_u16(), 401 | 403) {
            return Err(self.refused_credentials().await);
        }
        let bytes = read_capped(expect_success(response).await?, MAX_TOKEN).await?;
        let issued = serde_json::from_slice(&bytes).ok();
        issued
            .and_then(|issued: Issued| issued.token.or(issued.access_token))
            .ok_or_else(|| RegistryErrorKind::Malformed {
                what: "a token",
                cause: "it holds no `token`".to_owned(),
            })
    }
}

fn secret_header(text: String) -> Result<HeaderValue, RegistryErrorKind> {
    let header = HeaderValue::try_from(text).map_err(|_| RegistryErrorKind::Malformed {
        what: "a token",
        cause: "it holds characters that no header may hold".to_owned(),
    });
    header.map(|mut header| {
        header.set_sensitive(true);
        header
    })
}

//! Asking one registry: with a deadline, again where that may help, and with credentials for nobody else.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use reqwest::header::{AUTHORIZATION, HeaderValue, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Method, Response, StatusCode, Url};
use tokio::sync::{Mutex, OnceCell};

use super::answer::{expect_success, is_passing};
use super::challenge::{self, Challenge};
use super::credentials::{self, Credentials, EnvironmentCredentials};
use super::error::RegistryErrorKind;
use super::request::Request;
use super::retry::{Attempts, asked_pause};
use super::settings::RegistrySettings;
use crate::clock;
use crate::reference::RegistryHost;

/// How long a connection may say nothing, or take to be made.
const SILENCE: Duration = Duration::from_secs(30);

/// How many redirects are followed.
const MAX_REDIRECTS: usize = 5;

/// One registry, until a deadline.
pub(super) struct Client {
    pub(super) host: RegistryHost,
    pub(super) settings: RegistrySettings,
    pub(super) http: reqwest::Client,
    pub(super) deadline: Instant,
    base: Url,
    environment: Option<EnvironmentCredentials>,
    credentials: OnceCell<Option<Credentials>>,
    /// What proves who asks, by scope. Filled when the registry wants it.
    authorizations: Mutex<HashMap<String, HeaderValue>>,
}

impl Client {
    /// Prepares to speak to a registry. The time begins to run.
    pub(super) fn new(
        host: &RegistryHost,
        settings: &RegistrySettings,
        environment: Option<EnvironmentCredentials>,
    ) -> Result<Self, RegistryErrorKind> {
        let base = format!("{}://{host}/v2/", settings.scheme(host));
        let base =
            Url::parse(&base).map_err(|error| RegistryErrorKind::Internal(error.to_string()))?;
        Ok(Self {
            host: host.clone(),
            settings: settings.clone(),
            http: http(settings)?,
            deadline: clock::moment() + settings.timeout,
            base,
            environment,
            credentials: OnceCell::new(),
            authorizations: Mutex::default(),
        })
    }

    /// An address below `/v2/`. The path holds validated names only.
    pub(super) fn url(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("/v2/{path}"));
        url
    }

    /// The time limit of everything that is asked.
    pub(super) async fn within_deadline<T>(
        &self,
        asked: impl Future<Output = Result<T, RegistryErrorKind>>,
    ) -> Result<T, RegistryErrorKind> {
        let deadline = tokio::time::Instant::from_std(self.deadline);
        let ended = tokio::time::timeout_at(deadline, asked).await;
        ended.unwrap_or(Err(RegistryErrorKind::Deadline(self.settings.timeout)))
    }

    /// Asks until there is a success, or a failure that asking again does not change.
    pub(super) async fn send(&self, request: &Request) -> Result<Response, RegistryErrorKind> {
        let mut attempts = Attempts::until(self.deadline);
        loop {
            let (failure, asked) = match self.attempt(request).await {
                Ok(response) if is_passing(response.status()) => {
                    let asked = asked_pause(response.headers(), clock::now());
                    (expect_success(response).await, asked)
                }
                Ok(response) => return expect_success(response).await,
                Err(error @ RegistryErrorKind::Unreachable(_)) => (Err(error), None),
                Err(error) => return Err(error),
            };
            if !self.pause(&mut attempts, asked).await {
                return failure;
            }
        }
    }

    /// Pauses before the next attempt, unless there is to be none.
    pub(super) async fn pause(&self, attempts: &mut Attempts, asked: Option<Duration>) -> bool {
        let pause = attempts.next(asked, clock::moment());
        if let Some(pause) = pause {
            tokio::time::sleep(pause).await;
        }
        pause.is_some()
    }

    /// Asks once, logs in if the registry wants it, and follows redirects.
    async fn attempt(&self, request: &Request) -> Result<Response, RegistryErrorKind> {
        let response = self.follow(request).await?;
        if response.status() != StatusCode::UNAUTHORIZED || !self.is_own(response.url()) {
            return Ok(response);
        }
        let challenge = challenge::of(response.headers()).ok_or(RegistryErrorKind::Malformed {
            what: "an answer",
            cause: "it does not say which credentials it wants (401)".to_owned(),
        })?;
        self.authorize(&challenge, &request.scope).await?;
        let response = self.follow(request).await?;
        match response.status() {
            StatusCode::UNAUTHORIZED => Err(self.refused_credentials().await),
            _ => Ok(response),
        }
    }

    /// Asks, and goes where the registry sends what is only read.
    async fn follow(&self, request: &Request) -> Result<Response, RegistryErrorKind> {
        let mut url = request.url.clone();
        for _ in 0..=MAX_REDIRECTS {
            let mut builder = request.build(&self.http, url.clone()).await?;
            // Others are never told who asks.
            if self.is_own(&url)
                && let Some(authorization) = self.authorization(&request.scope).await
            {
                builder = builder.header(AUTHORIZATION, authorization);
            }
            let response = builder.send().await?;
            let reads = matches!(request.method, Method::GET | Method::HEAD);
            if !response.status().is_redirection() || !reads {
                return Ok(response);
            }
            url = self.redirected(&response)?;
        }
        Err(RegistryErrorKind::Redirect(
            "too many other places".to_owned(),
        ))
    }

    fn redirected(&self, response: &Response) -> Result<Url, RegistryErrorKind> {
        let location = response.headers().get(LOCATION);
        let location = location.and_then(|location| location.to_str().ok());
        let location = location.ok_or_else(|| RegistryErrorKind::Redirect("nowhere".to_owned()))?;
        self.place(response.url(), location)
    }

    /// The address that a registry names. It must be as safe as the one where the name was read.
    pub(super) fn place(&self, from: &Url, location: &str) -> Result<Url, RegistryErrorKind> {
        let refused = |place: &str| RegistryErrorKind::Redirect(place.escape_debug().to_string());
        let url = from
            .join(location)
            .map_err(|_| refused("an address that is none"))?;
        let is_safe =
            url.scheme() == "https" || (url.scheme() == "http" && from.scheme() == "http");
        is_safe
            .then(|| url.clone())
            .ok_or_else(|| refused(&origin(&url)))
    }

    /// Whether an address is the registry's own: the same scheme, host and port.
    pub(super) fn is_own(&self, url: &Url) -> bool {
        url.origin() == self.base.origin()
    }

    async fn authorize(&self, challenge: &Challenge, scope: &str) -> Result<(), RegistryErrorKind> {
        let authorization = self.log_in(challenge, scope).await?;
        let mut known = self.authorizations.lock().await;
        known.insert(scope.to_owned(), authorization);
        Ok(())
    }

    /// What has proved who asks, where the registry wanted it.
    pub(super) async fn authorization(&self, scope: &str) -> Option<HeaderValue> {
        self.authorizations.lock().await.get(scope).cloned()
    }

    /// The credentials for the registry; looked for once.
    pub(super) async fn credentials(&self) -> Result<Option<&Credentials>, RegistryErrorKind> {
        let find = || async {
            let (host, environment) = (self.host.clone(), self.environment.clone());
            let found =
                tokio::task::spawn_blocking(move || credentials::find(&host, environment.as_ref()));
            let found = found.await;
            found
                .map_err(|error| RegistryErrorKind::Internal(error.to_string()))?
                .map_err(RegistryErrorKind::Credentials)
        };
        Ok(self.credentials.get_or_try_init(find).await?.as_ref())
    }

    /// What 401 means.
    pub(super) async fn refused_credentials(&self) -> RegistryErrorKind {
        match self.credentials().await {
            Ok(Some(credentials)) => RegistryErrorKind::Unauthorized {
                user: credentials.user.clone(),
                origin: credentials.origin,
            },
            Ok(None) => RegistryErrorKind::NoCredentials,
            Err(error) => error,
        }
    }
}

/// `https://HOST:PORT`, for messages: the rest of an address may be a secret.
pub(super) fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

fn http(settings: &RegistrySettings) -> Result<reqwest::Client, RegistryErrorKind> {
    // Fails where it was done before, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder()
        .user_agent(concat!("ddt/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .referer(false)
        .connect_timeout(SILENCE)
        .read_timeout(SILENCE);
    let builder = match &settings.ca {
        Some(path) => builder.tls_certs_only(authorities(path)?),
        None => builder,
    };
    builder
        .build()
        .map_err(|error| RegistryErrorKind::Internal(error.to_string()))
}

fn authorities(path: &camino::Utf8Path) -> Result<Vec<reqwest::Certificate>, RegistryErrorKind> {
    let text = read_authorities(path)?;
    let found = reqwest::Certificate::from_pem_bundle(&text);
    let found = found.map_err(|error| unusable_ca(path, error.to_string()))?;
    match found.is_empty() {
        true => Err(unusable_ca(path, "it holds no certificate".to_owned())),
        false => Ok(found),
    }
}

/// The text of `registries.HOST.ca`.
pub(super) fn read_authorities(path: &camino::Utf8Path) -> Result<Vec<u8>, RegistryErrorKind> {
    std::fs::read(path).map_err(|error| unusable_ca(path, error.to_string()))
}

fn unusable_ca(path: &camino::Utf8Path, cause: String) -> RegistryErrorKind {
    RegistryErrorKind::Ca {
        path: path.to_owned(),
        cause,
    }
}

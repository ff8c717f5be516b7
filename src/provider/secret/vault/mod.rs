//! Secrets in Vault, or in what speaks as Vault does: over its HTTP interface, with a token that is looked at first.

mod settings;

use reqwest::{Client, Response, StatusCode, Url};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::Environment;
use super::error::SecretError;

/// The most bytes of an answer.
const ANSWER: usize = 1 << 20;

/// A token that lives no longer than this is as good as expired, in seconds.
const SHORTEST_LIFE: u64 = 60;

/// Vault, asked with one token.
pub(super) struct Vault {
    environment: Environment,
    session: Option<Result<Session, SecretError>>,
}

/// A token that Vault has taken.
#[derive(Clone)]
struct Session {
    http: Client,
    address: Url,
    token: Zeroizing<String>,
    namespace: Option<String>,
}

impl Vault {
    /// Nothing is asked yet.
    pub(super) fn new(environment: Environment) -> Self {
        Self {
            environment,
            session: None,
        }
    }

    /// The value of a key of a secret. The token is looked at before the first one is read.
    pub(super) async fn read(&mut self, path: &str, key: &str) -> Result<Vec<u8>, SecretError> {
        let session = match &self.session {
            Some(session) => session.clone(),
            None => {
                let session = Session::begin(self.environment).await;
                self.session.insert(session).clone()
            }
        }?;
        let Some(answer) = session.get(path).await? else {
            return Err(SecretError::NotInVault(format!(
                "Vault has nothing at {path}"
            )));
        };
        let data = data(&answer);
        let value = data.and_then(|data| data.get(key)).and_then(bytes);
        value
            .ok_or_else(|| SecretError::NotInVault(format!("Vault has {path}, but no {key} in it")))
    }
}

/// What a secret holds: in `data`, or in a version 2 engine in `data` of that, beside its `metadata`.
fn data(answer: &Value) -> Option<&Map<String, Value>> {
    let outer = answer.get("data")?.as_object()?;
    match (outer.get("data"), outer.get("metadata")) {
        (Some(inner), Some(Value::Object(_))) => inner.as_object(),
        _ => Some(outer),
    }
}

/// A text as it is, anything else as JSON.
fn bytes(value: &Value) -> Option<Vec<u8>> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone().into_bytes()),
        other => Some(other.to_string().into_bytes()),
    }
}

impl Session {
    async fn begin(environment: Environment) -> Result<Self, SecretError> {
        let address = settings::address(environment)?;
        let session = Self {
            http: settings::http(environment, &address)?,
            address,
            token: settings::token(environment)?,
            namespace: environment("VAULT_NAMESPACE").filter(|namespace| !namespace.is_empty()),
        };
        session.look_at_token().await?;
        Ok(session)
    }

    /// A token without an end has the life 0 and no time of expiry.
    async fn look_at_token(&self) -> Result<(), SecretError> {
        let answer = self.get("auth/token/lookup-self").await?;
        let answer = answer.ok_or_else(|| self.failed("does not know tokens"))?;
        let data = answer.get("data");
        let field = |name: &str| data.and_then(|data| data.get(name));
        let life = field("ttl").and_then(Value::as_u64);
        let expires = field("expire_time").is_some_and(|time| !time.is_null());
        match life {
            None => Err(self.failed("does not say how long the token lives")),
            Some(0) if !expires => Ok(()),
            Some(life) if life < SHORTEST_LIFE => {
                Err(SecretError::Token(format!("expires in {life} seconds")))
            }
            Some(_) => Ok(()),
        }
    }

    /// Reads a path; `None` where there is nothing.
    async fn get(&self, path: &str) -> Result<Option<Value>, SecretError> {
        let mut url = self.address.clone();
        match url.path_segments_mut() {
            Ok(mut segments) => segments.pop_if_empty().push("v1").extend(path.split('/')),
            Err(()) => return Err(self.failed("has no address that can be asked")),
        };
        let mut request = self
            .http
            .get(url)
            .header("X-Vault-Token", self.token.as_str());
        request = request.header("X-Vault-Request", "true");
        if let Some(namespace) = &self.namespace {
            request = request.header("X-Vault-Namespace", namespace);
        }
        let response = request.send().await;
        let response = response.map_err(|error| self.unanswered(&cause(&error)))?;
        self.answer(path, response).await
    }

    async fn answer(&self, path: &str, response: Response) -> Result<Option<Value>, SecretError> {
        match response.status() {
            StatusCode::OK => self.json(response).await.map(Some),
            StatusCode::NOT_FOUND => Ok(None),
            StatusCode::FORBIDDEN if path == "auth/token/lookup-self" => {
                Err(SecretError::Token("is not valid, or has expired".into()))
            }
            StatusCode::FORBIDDEN => Err(SecretError::NotInVault(format!(
                "the Vault token may not read {path}"
            ))),
            StatusCode::SERVICE_UNAVAILABLE => {
                Err(self.failed("is sealed, or down for maintenance"))
            }
            // The token is for nobody else.
            status if status.is_redirection() => {
                Err(self.failed("sends ddt to another address, and no token is sent there"))
            }
            status => Err(self.failed(&format!("answers {status}"))),
        }
    }

    async fn json(&self, mut response: Response) -> Result<Value, SecretError> {
        let mut body = Zeroizing::new(Vec::new());
        let broken = |_| self.failed("breaks off its answer");
        while let Some(chunk) = response.chunk().await.map_err(broken)? {
            body.extend_from_slice(&chunk);
            if body.len() > ANSWER {
                return Err(self.failed("answers with more than a secret has"));
            }
        }
        serde_json::from_slice(&body)
            .map_err(|_| self.failed("answers with something else than JSON"))
    }

    /// Why nothing was said: who does not prove who it is gets no token.
    fn unanswered(&self, cause: &str) -> SecretError {
        match cause.contains("certificate") {
            true => SecretError::VaultCertificate {
                address: self.origin(),
                cause: cause.to_owned(),
            },
            false => self.failed(&format!("cannot be reached: {cause}")),
        }
    }

    fn failed(&self, cause: &str) -> SecretError {
        SecretError::Vault {
            address: self.origin(),
            cause: cause.to_owned(),
        }
    }

    fn origin(&self) -> String {
        self.address.origin().ascii_serialization()
    }
}

/// The innermost reason; the outer ones repeat the address.
fn cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

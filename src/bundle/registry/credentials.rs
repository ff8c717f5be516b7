//! Who ddt is to a registry: `DDT_REGISTRY_*`, else what docker knows.

use std::fmt;

use docker_credential::{CredentialRetrievalError, DockerCredential};

use crate::reference::RegistryHost;

/// What docker's configuration is called in messages.
const DOCKER: &str = "docker's config.json";

/// The variables are a set; what is called in messages by this name.
const VARIABLES: &str = "DDT_REGISTRY_*";

/// A user's name and secret. The secret is in no message.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The user, for messages; docker calls the owner of a token `<token>`.
    pub user: String,
    /// Where they are from.
    pub origin: &'static str,
    pub(super) secret: Secret,
}

/// What proves who one is.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Secret {
    Password(String),
    /// A token that gets other tokens.
    IdentityToken(String),
}

/// Credentials for one registry, from the environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvironmentCredentials {
    host: RegistryHost,
    credentials: Credentials,
}

/// Why there are no credentials.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CredentialsError {
    /// Some of the variables are set, and some are not.
    #[error(
        "{0} is not set, though others of DDT_REGISTRY_HOST, DDT_REGISTRY_USER and DDT_REGISTRY_PASSWORD are"
    )]
    Incomplete(&'static str),
    /// `DDT_REGISTRY_HOST` is no host.
    #[error("DDT_REGISTRY_HOST: {0}")]
    Host(String),
    /// Docker's configuration cannot be used.
    #[error("docker's config.json cannot be used: {0}")]
    Docker(&'static str),
    /// A credential helper fails. What it printed may hold a secret, and is not shown.
    #[error("the program {0} fails; run it by hand to see why")]
    Helper(String),
}

impl fmt::Debug for Credentials {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Credentials({} from {})", self.user, self.origin)
    }
}

impl EnvironmentCredentials {
    /// Reads `DDT_REGISTRY_HOST`, `DDT_REGISTRY_USER` and `DDT_REGISTRY_PASSWORD`. They are for that one host, so that
    /// no other registry a manifest names is sent the password.
    pub fn read(
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, CredentialsError> {
        const NAMES: [&str; 3] = [
            "DDT_REGISTRY_HOST",
            "DDT_REGISTRY_USER",
            "DDT_REGISTRY_PASSWORD",
        ];
        match NAMES.map(variable) {
            [None, None, None] => Ok(None),
            [Some(host), Some(user), Some(password)] => {
                let host = host
                    .parse()
                    .map_err(|error| CredentialsError::Host(format!("{error}")))?;
                let credentials = Credentials {
                    user,
                    origin: VARIABLES,
                    secret: Secret::Password(password),
                };
                Ok(Some(Self { host, credentials }))
            }
            values => {
                let missing = NAMES
                    .into_iter()
                    .zip(values)
                    .find(|(_, value)| value.is_none());
                let missing = missing.map_or(NAMES[0], |(name, _)| name);
                Err(CredentialsError::Incomplete(missing))
            }
        }
    }
}

/// The credentials for a registry, if any are known. May start a credential helper, and wait for it.
pub(super) fn find(
    host: &RegistryHost,
    environment: Option<&EnvironmentCredentials>,
) -> Result<Option<Credentials>, CredentialsError> {
    match environment {
        Some(set) if set.host == *host => Ok(Some(set.credentials.clone())),
        _ => from_docker(docker_credential::get_credential(host.as_str())),
    }
}

fn from_docker(
    found: Result<DockerCredential, CredentialRetrievalError>,
) -> Result<Option<Credentials>, CredentialsError> {
    use CredentialRetrievalError as Problem;
    let (user, secret) = match found {
        Ok(DockerCredential::UsernamePassword(user, password)) => {
            (user, Secret::Password(password))
        }
        Ok(DockerCredential::IdentityToken(token)) => {
            ("<token>".to_owned(), Secret::IdentityToken(token))
        }
        // The file that is not there and the one that cannot be opened are one case there.
        Err(
            Problem::NoCredentialConfigured | Problem::ConfigNotFound | Problem::ConfigReadError,
        ) => {
            return Ok(None);
        }
        Err(Problem::HelperFailure { stdout, .. }) if is_not_found(&stdout) => return Ok(None),
        Err(Problem::HelperFailure { helper, .. }) => return Err(CredentialsError::Helper(helper)),
        Err(Problem::HelperCommunicationError) => {
            return Err(CredentialsError::Docker(
                "its credential helper does not run",
            ));
        }
        Err(Problem::MalformedHelperResponse) => {
            return Err(CredentialsError::Docker(
                "its credential helper answers in another form",
            ));
        }
        Err(Problem::CredentialDecodingError | Problem::CredentialMismatchError) => {
            return Err(CredentialsError::Docker("an entry of `auths` is malformed"));
        }
    };
    Ok(Some(Credentials {
        user,
        origin: DOCKER,
        secret,
    }))
}

/// What the helpers of docker say when they know no credentials.
fn is_not_found(said: &str) -> bool {
    said.contains("credentials not found")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(set: &[(&str, &str)]) -> Result<Option<EnvironmentCredentials>, CredentialsError> {
        EnvironmentCredentials::read(|name| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_variables_are_for_their_host_and_a_whole_set() {
        assert_eq!(read(&[]), Ok(None));
        let set = [
            ("DDT_REGISTRY_HOST", "localhost:5000"),
            ("DDT_REGISTRY_USER", "ada"),
            ("DDT_REGISTRY_PASSWORD", "secret"),
        ];
        let said = format!("{:?}", read(&set));
        assert!(said.contains("ada") && !said.contains("secret"), "{said}");
        let said = [&set[1..], &set[..2], &[("DDT_REGISTRY_HOST", "A")]].map(|set| {
            let error = read(set).expect_err("an incomplete set");
            error.to_string()
        });
        insta::assert_snapshot!(said.join("\n"), @r#"
DDT_REGISTRY_HOST is not set, though others of DDT_REGISTRY_HOST, DDT_REGISTRY_USER and DDT_REGISTRY_PASSWORD are
DDT_REGISTRY_PASSWORD is not set, though others of DDT_REGISTRY_HOST, DDT_REGISTRY_USER and DDT_REGISTRY_PASSWORD are
DDT_REGISTRY_USER is not set, though others of DDT_REGISTRY_HOST, DDT_REGISTRY_USER and DDT_REGISTRY_PASSWORD are
"#);
    }

    #[test]
    fn what_a_helper_printed_is_not_shown() {
        let fails = |stdout: &str| {
            from_docker(Err(CredentialRetrievalError::HelperFailure {
                helper: "docker-credential-pass".to_owned(),
                stdout: stdout.to_owned(),
                stderr: String::new(),
            }))
        };
        assert_eq!(fails("credentials not found in native keychain"), Ok(None));
        let said = fails("password").expect_err("a failure").to_string();
        insta::assert_snapshot!(said, @"the program docker-credential-pass fails; run it by hand to see why");
    }
}

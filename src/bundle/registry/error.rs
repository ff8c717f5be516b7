//! Why a registry does not give or take something.

use std::io;
use std::time::Duration;

use camino::Utf8PathBuf;
use oci_spec::OciSpecError;

use super::credentials::CredentialsError;
use crate::digest::Digest;

/// What went wrong with a registry. Reads as a fragment.
#[derive(Debug, thiserror::Error)]
#[error("the registry {host} {kind}")]
pub struct RegistryError {
    /// The registry.
    pub host: String,
    /// What went wrong.
    pub kind: RegistryErrorKind,
}

/// What went wrong; follows the name of the registry.
#[derive(Debug, thiserror::Error)]
pub enum RegistryErrorKind {
    /// 404.
    #[error("does not have it (404)")]
    NotFound,
    /// 401, and no credentials are known.
    #[error(
        "wants credentials (401), and none are known; log in with `docker login`, or set DDT_REGISTRY_HOST, \
         DDT_REGISTRY_USER and DDT_REGISTRY_PASSWORD"
    )]
    NoCredentials,
    /// 401, with credentials.
    #[error("does not take the credentials of `{user}` (401); they are from {origin}")]
    Unauthorized {
        /// The user's name.
        user: String,
        /// Where the credentials are from.
        origin: &'static str,
    },
    /// 403.
    #[error("does not allow it (403); ask its owner for the right to do this")]
    Forbidden,
    /// 429, again and again, or for longer than there is time.
    #[error("is asked too often (429){}; try again later", wait(.0))]
    TooManyRequests(Option<Duration>),
    /// 500 and the like, again and again.
    #[error("fails ({status}), also when it is asked again; its own log says why")]
    Fails {
        /// The status.
        status: u16,
    },
    /// A status that says nothing to ddt.
    #[error("answers {status}, which is not expected here{}", said(.message))]
    Status {
        /// The status.
        status: u16,
        /// What the registry says about it.
        message: String,
    },
    /// No connection, or a broken one, again and again.
    #[error("cannot be reached: {0}")]
    Unreachable(String),
    /// It does not prove who it is.
    #[error(
        "does not prove that it is the one meant: {0}; \
         if its certificate authority is your own, name its file in `registries.HOST.ca` in ddt.hjson"
    )]
    Certificate(String),
    /// A document that breaks off, again and again.
    #[error("breaks the connection off: {0}")]
    Broken(String),
    /// The total deadline.
    #[error(
        "did not give or take everything within {} s; `registries.HOST.timeout` in ddt.hjson says how long it may take",
        .0.as_secs()
    )]
    Deadline(Duration),
    /// A blob ends early, again and again.
    #[error("breaks off after {received} of {size} bytes, also when it is asked again")]
    Cut {
        /// What came.
        received: u64,
        /// What was promised.
        size: u64,
    },
    /// A blob that does not end where it should.
    #[error("sends more than the {0} bytes that its manifest says; nothing of it is taken")]
    TooLong(u64),
    /// A blob of another size.
    #[error(
        "wants to send {found} bytes, and its manifest says {expected}; nothing of it is taken"
    )]
    Size {
        /// The size in the manifest.
        expected: u64,
        /// The size in the answer.
        found: u64,
    },
    /// A document that does not end.
    #[error("sends a document of more than {0} bytes; nothing of it is taken")]
    DocumentTooLarge(u64),
    /// Other bytes than those asked for.
    #[error("sends something else than {expected}: its digest is {found}; nothing of it is taken")]
    Digest {
        /// What was asked for.
        expected: Digest,
        /// What came.
        found: Digest,
    },
    /// Another digest than the pinned one.
    #[error("has {found} there, and not {pinned}; find out who changed it")]
    Pin {
        /// What was asked for.
        pinned: Digest,
        /// What is there.
        found: Digest,
    },
    /// More is attached to a release than makes sense.
    #[error("lists more than {0} documents about it; delete those that nobody needs")]
    TooManyReferrers(usize),
    /// A digest of another algorithm.
    #[error("uses `{0}`, which is not a SHA-256 digest")]
    DigestAlgorithm(String),
    /// Something is not as the specification says.
    #[error("sends {what} that is not as the OCI specifications say: {cause}")]
    Malformed {
        /// The kind of document.
        what: &'static str,
        /// What is wrong.
        cause: String,
    },
    /// Nodes would have to send credentials that others can read on the way.
    #[error("wants credentials and does not speak TLS, so nodes are not given them")]
    Unencrypted,
    /// A redirect that is not followed.
    #[error("redirects to {0}, which is not followed")]
    Redirect(String),
    /// Tokens come from a host that is not known to issue them.
    #[error(
        "has its tokens issued by {0}, which may not see the credentials; \
         if that is right, set `registries.HOST.token_host` in ddt.hjson"
    )]
    TokenHost(String),
    /// An index without an image for the platform.
    #[error("has it for {available}, and not for {wanted}")]
    Platform {
        /// What is asked for.
        wanted: String,
        /// What there is.
        available: String,
    },
    /// Neither an image manifest nor an index.
    #[error("has a `{0}` there, which is neither an OCI manifest nor an index")]
    NotAManifest(String),
    /// Another digest stands at the tag.
    #[error("already has another bundle under this tag, {0}; `--overwrite` replaces it")]
    Occupied(Digest),
    /// The credentials cannot be read.
    #[error("gets no credentials: {0}")]
    Credentials(#[from] CredentialsError),
    /// The certificate authorities cannot be read.
    #[error("cannot be trusted, because {path} cannot be read: {cause}")]
    Ca {
        /// The file.
        path: Utf8PathBuf,
        /// Why.
        cause: String,
    },
    /// The cache cannot be read or written.
    #[error("gives what cannot be kept in the cache: {0}")]
    Store(io::Error),
    /// A blob that is to be pushed cannot be read.
    #[error("cannot be given {path}: {cause}")]
    Read {
        /// The file.
        path: Utf8PathBuf,
        /// The system's reason.
        cause: io::Error,
    },
    /// ddt's own part failed.
    #[error("cannot be spoken to: {0}")]
    Internal(String),
}

impl RegistryErrorKind {
    /// Whether the registry or this machine is at fault, rather than the reference or the bundle.
    pub fn is_environment(&self) -> bool {
        !matches!(
            self,
            Self::NotFound
                | Self::TooLong(_)
                | Self::Size { .. }
                | Self::DocumentTooLarge(_)
                | Self::Digest { .. }
                | Self::Pin { .. }
                | Self::TooManyReferrers(_)
                | Self::DigestAlgorithm(_)
                | Self::Malformed { .. }
                | Self::Platform { .. }
                | Self::NotAManifest(_)
                | Self::Occupied(_)
        )
    }

    /// Whether an answer came, and broke off: asking again may help.
    pub(super) fn is_broken_off(&self) -> bool {
        matches!(self, Self::Broken(_) | Self::Cut { .. })
    }

    /// What a body that cannot be read to its end becomes.
    pub(super) fn broken(error: reqwest::Error) -> Self {
        match Self::from(error) {
            Self::Unreachable(cause) => Self::Broken(cause),
            other => other,
        }
    }
}

impl From<io::Error> for RegistryErrorKind {
    fn from(error: io::Error) -> Self {
        Self::Store(error)
    }
}

impl From<OciSpecError> for RegistryErrorKind {
    fn from(error: OciSpecError) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<reqwest::Error> for RegistryErrorKind {
    /// Without the address: it may hold a signature that is a secret.
    fn from(error: reqwest::Error) -> Self {
        let error = error.without_url();
        let chain = std::iter::successors(Some(&error as &dyn std::error::Error), |error| {
            error.source()
        });
        let said: Vec<String> = chain.map(ToString::to_string).collect();
        let innermost = said.last().cloned().unwrap_or_default();
        match said.iter().any(|one| one.contains("certificate")) {
            true => Self::Certificate(innermost),
            false => Self::Unreachable(innermost),
        }
    }
}

fn wait(wait: &Option<Duration>) -> String {
    wait.map(|wait| format!(", and says to wait for {} s", wait.as_secs()))
        .unwrap_or_default()
}

fn said(message: &str) -> String {
    match message {
        "" => String::new(),
        message => format!(": {message}"),
    }
}

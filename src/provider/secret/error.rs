//! Why a secret cannot be had. No text holds a value, or a part of one.

use std::fmt;

use camino::Utf8PathBuf;

use crate::name::Name;
use crate::secret::{SecretSource, SecretValue};

/// A secret of a package that cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretProblem {
    /// The package whose steps read it.
    pub package: Name,
    /// Its name.
    pub secret: Name,
    /// Where it should come from.
    pub source: SecretSource,
    /// Why it does not.
    pub error: SecretError,
}

impl fmt::Display for SecretProblem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            package,
            secret,
            source,
            error,
        } = self;
        write!(
            out,
            "the secret {secret} of {package}, from {source}: {error}"
        )
    }
}

/// Why a source gives no secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// The variable is not in ddt's environment.
    #[error("the variable {0} is not set, or is not UTF-8")]
    NoVariable(String),
    /// A file cannot be read.
    #[error("cannot read {path}: {cause}")]
    File {
        /// Which.
        path: Utf8PathBuf,
        /// The system's reason.
        cause: String,
    },
    /// What has the name of a file is none.
    #[error("{0} is not a file")]
    NotAFile(Utf8PathBuf),
    /// There is a source, and nothing in it.
    #[error("it is empty")]
    Empty,
    /// It is longer than any secret.
    #[error("it has more than {} bytes", SecretValue::MAX_BYTES)]
    TooLong,
    /// The program gave nothing.
    #[error("{0}")]
    Program(String),
    /// Nothing says what age files are encrypted to.
    #[error("no age identity is known")]
    NoIdentity,
    /// The identity file is not usable.
    #[error("the age identity {path}: {cause}")]
    Identity {
        /// Which.
        path: Utf8PathBuf,
        /// What is wrong.
        cause: String,
    },
    /// The file is not one that age wrote, was damaged, or is for somebody else.
    #[error("cannot decrypt {path}: {cause}")]
    Decrypt {
        /// Which.
        path: Utf8PathBuf,
        /// What is wrong.
        cause: String,
    },
    /// ddt was not told how to reach Vault.
    #[error("{0}")]
    VaultSettings(String),
    /// Vault does not answer as it should.
    #[error("Vault at {address} {cause}")]
    Vault {
        /// Its address, without a path.
        address: String,
        /// Reads on from the address.
        cause: String,
    },
    /// What is at Vault's address has no certificate that counts.
    #[error("Vault at {address} does not prove that it is the one meant: {cause}")]
    VaultCertificate {
        /// Its address, without a path.
        address: String,
        /// What is wrong with the certificate.
        cause: String,
    },
    /// Vault does not take the token any more, or will soon not.
    #[error("the Vault token {0}")]
    Token(String),
    /// Vault has no such secret, or not this key in it.
    #[error("{0}")]
    NotInVault(String),
}

impl SecretError {
    /// What to type next.
    pub fn help(&self) -> String {
        match self {
            Self::NoVariable(name) => format!("set it in the environment of ddt: `export {name}`"),
            Self::File { .. } | Self::NotAFile(_) => {
                "put the file there, or name another source in `secrets`".into()
            }
            Self::Empty | Self::TooLong => "look at what the source holds".into(),
            Self::Program(_) => "run the command by hand until it prints the secret".into(),
            Self::NoIdentity | Self::Identity { .. } => {
                "name the file with the identity in `age_identity` of ddt.hjson, or in DDT_AGE_IDENTITY".into()
            }
            Self::Decrypt { .. } => "encrypt it to the recipient of the identity: `age-keygen -y IDENTITY`".into(),
            Self::VaultSettings(_) => {
                "ddt reads VAULT_ADDR, VAULT_TOKEN, VAULT_NAMESPACE and VAULT_CACERT".into()
            }
            Self::Vault { .. } => "check VAULT_ADDR, and the way there: `vault status`".into(),
            Self::VaultCertificate { .. } => {
                "if its certificate authority is your own, name its file in VAULT_CACERT".into()
            }
            Self::Token(_) => "log in again: `vault login`, then set VAULT_TOKEN".into(),
            Self::NotInVault(_) => {
                "look with `vault read PATH`; in a version 2 engine PATH has `data` after the mount, such as vault:secret/data/db#password".into()
            }
        }
    }
}

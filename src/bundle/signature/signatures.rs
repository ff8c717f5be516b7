//! The document with all signatures of one release.

use serde::{Deserialize, Serialize};

use super::key::{KeyError, PublicKey, SecretKey, signer};
use super::statement::{Statement, StatementError};

/// The version of the format.
const SCHEMA: u32 = 1;

/// The most bytes that the document may have.
pub(super) const MAX_BYTES: u64 = 256 << 10;

/// The most signatures that a release may have: each costs time to verify.
const MAX_SIGNATURES: usize = 64;

/// All signatures of one release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signatures {
    schema: u32,
    signatures: Vec<SignedStatement>,
}

/// A statement and the signature of one key over it. Nothing of it is verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedStatement {
    statement: String,
    signature: String,
}

/// Why a document does not count.
#[derive(Debug, thiserror::Error)]
pub enum SignaturesError {
    /// It is damaged, or of another program.
    #[error("the signatures are damaged: they are not in the form that `ddt bundle sign` writes")]
    Malformed,
    /// It is of another ddt.
    #[error("the signatures have version {0} of the format, this ddt knows {SCHEMA}")]
    Version(u32),
    /// It is larger than it has to be.
    #[error("the signatures have more than {} KiB or {MAX_SIGNATURES} entries", MAX_BYTES >> 10)]
    TooLarge,
}

impl Default for Signatures {
    fn default() -> Self {
        Self {
            schema: SCHEMA,
            signatures: Vec::new(),
        }
    }
}

impl Signatures {
    /// Reads a document in the one form that ddt writes.
    pub fn read(bytes: &[u8]) -> Result<Self, SignaturesError> {
        if bytes.len() as u64 > MAX_BYTES {
            return Err(SignaturesError::TooLarge);
        }
        let read: Self = serde_json::from_slice(bytes).map_err(|_| SignaturesError::Malformed)?;
        if read.schema != SCHEMA {
            return Err(SignaturesError::Version(read.schema));
        }
        read.check_count()?;
        let is_canonical = read.text().as_bytes() == bytes;
        is_canonical
            .then_some(read)
            .ok_or(SignaturesError::Malformed)
    }

    /// Refuses more signatures than a release may have.
    pub(super) fn check_count(&self) -> Result<(), SignaturesError> {
        match self.count() > MAX_SIGNATURES {
            true => Err(SignaturesError::TooLarge),
            false => Ok(()),
        }
    }

    /// The document's text.
    pub fn text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Adds a signature, in place of an earlier one by the same key.
    pub fn add(&mut self, signed: SignedStatement) {
        let signer = signed.signer();
        self.signatures.retain(|other| other.signer() != signer);
        self.signatures.push(signed);
        self.signatures.sort_by_key(SignedStatement::signer);
    }

    /// Takes over the signatures of another document. Nobody knows yet which of them are genuine, so one by the same key
    /// takes no other's place.
    pub fn merge(&mut self, other: &Self) {
        for signed in &other.signatures {
            if !self.signatures.contains(signed) {
                self.signatures.push(signed.clone());
            }
        }
        self.signatures.sort_by_key(SignedStatement::signer);
    }

    /// Whether all signatures of another document are in this one.
    pub fn includes(&self, other: &Self) -> bool {
        other
            .signatures
            .iter()
            .all(|signed| self.signatures.contains(signed))
    }

    /// The number of signatures.
    pub fn count(&self) -> usize {
        self.signatures.len()
    }

    /// Every signature.
    pub fn iter(&self) -> impl Iterator<Item = &SignedStatement> {
        self.signatures.iter()
    }
}

impl SignedStatement {
    /// Signs a statement.
    pub fn new(statement: &Statement, key: &SecretKey) -> Result<Self, KeyError> {
        let statement = statement.to_string();
        let signature = key.sign(&statement)?;
        Ok(Self {
            statement,
            signature,
        })
    }

    /// The id of the key that is said to have signed; `None` for what is no signature.
    pub fn signer(&self) -> Option<String> {
        signer(&self.signature)
    }

    /// Whether a key has signed it.
    pub(super) fn is_by(&self, key: &PublicKey) -> bool {
        key.has_signed(&self.statement, &self.signature)
    }

    /// What it says, whoever says it.
    pub(super) fn statement(&self) -> Result<Statement, StatementError> {
        self.statement.parse()
    }
}

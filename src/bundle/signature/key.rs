//! Keys of minisign: Ed25519 with an id of eight bytes, the secret one under a passphrase.

use std::borrow::Cow;
use std::fmt;
use std::io::Cursor;
use std::str::FromStr;

use minisign::{KeyPair, PError, SecretKeyBox, SignatureBox};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// What precedes the id in the first line of a signature. minisign does not sign that line,
/// so that it has to be this.
const UNTRUSTED: &str = "signature by the key ";

/// What is signed along with a statement.
const TRUSTED: &str = "ddt release statement";

/// The characters of the four lines of a signature: those that differ in length do not have a
/// fixed one.
const SIGNATURE_LINE: usize = 100;
const GLOBAL_LINE: usize = 88;

/// The algorithm in the first bytes of a public key.
const ED25519: &[u8] = b"Ed";

/// A public key, as minisign writes it: 56 characters of Base64.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicKey {
    base64: String,
}

/// A secret key, ready to sign. It has no `Debug`: it is never shown.
pub struct SecretKey {
    key: minisign::SecretKey,
    public: minisign::PublicKey,
}

/// Why a key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A text that is no public key.
    #[error("it is no public key of minisign: 56 characters that begin with `RW` are expected")]
    NotPublic,
    /// A file that is no secret key.
    #[error("it is no secret key of minisign")]
    NotSecret,
    /// Another passphrase, or a damaged file.
    #[error("the passphrase is wrong, or the file is damaged")]
    Passphrase,
    /// The library failed.
    #[error("cannot sign: {0}")]
    Library(String),
}

impl PublicKey {
    /// The id, as minisign prints it: 16 hexadecimal digits.
    pub fn id(&self) -> String {
        self.parsed()
            .map(|key| id(key.keynum()))
            .unwrap_or_default()
    }

    /// Whether a signature in the one form that ddt writes is that of this key over a text.
    pub(super) fn has_signed(&self, text: &str, signature: &str) -> bool {
        let Ok(key) = self.parsed() else { return false };
        let Some(signature) = canonical(signature) else {
            return false;
        };
        minisign::verify(&key, &signature, Cursor::new(text), true, false, false).is_ok()
    }

    /// The file that `minisign` writes for such a key.
    pub fn file(&self) -> String {
        format!(
            "untrusted comment: minisign public key {}\n{}\n",
            self.id(),
            self.base64
        )
    }

    fn parsed(&self) -> Result<minisign::PublicKey, PError> {
        minisign::PublicKey::from_base64(&self.base64)
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    /// Takes the key itself, or the file that minisign writes.
    fn from_str(text: &str) -> Result<Self, KeyError> {
        let base64 = match text.lines().collect::<Vec<_>>()[..] {
            [comment, base64] if comment.starts_with("untrusted comment: ") => base64,
            _ => text,
        };
        let key = minisign::PublicKey::from_base64(base64).map_err(|_| KeyError::NotPublic)?;
        let is_canonical = key.to_base64() == base64 && key.to_bytes().starts_with(ED25519);
        is_canonical
            .then(|| Self {
                base64: base64.to_owned(),
            })
            .ok_or(KeyError::NotPublic)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.base64)
    }
}

impl TryFrom<String> for PublicKey {
    type Error = KeyError;

    fn try_from(text: String) -> Result<Self, KeyError> {
        text.parse()
    }
}

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> Self {
        key.base64
    }
}

impl JsonSchema for PublicKey {
    fn schema_name() -> Cow<'static, str> {
        "PublicKey".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^RW[A-Za-z0-9+/]{54}$",
            "description": "A public key, as `ddt bundle keygen` and minisign print it.",
        })
    }
}

impl SecretKey {
    /// Makes a key.
    pub fn generate() -> Result<Self, KeyError> {
        let pair = KeyPair::generate_unencrypted_keypair().map_err(library)?;
        Ok(Self {
            key: pair.sk,
            public: pair.pk,
        })
    }

    /// Makes a key and the text of its file, which is encrypted with a passphrase. That takes
    /// a second of computation and 32 MiB, on purpose.
    pub fn generate_file(passphrase: Option<String>) -> Result<(PublicKey, String), KeyError> {
        let pair = match passphrase {
            Some(passphrase) => KeyPair::generate_encrypted_keypair(Some(passphrase)),
            None => KeyPair::generate_unencrypted_keypair(),
        };
        let pair = pair.map_err(library)?;
        let comment = format!("ddt secret key {}", id(pair.pk.keynum()));
        let file = pair.sk.to_box(Some(&comment)).map_err(library)?;
        let public = PublicKey {
            base64: pair.pk.to_base64(),
        };
        Ok((public, file.into_string()))
    }

    /// Whether the file of a key can be read without a passphrase.
    pub fn is_plain(file: &str) -> bool {
        SecretKeyBox::from_string(file).is_ok_and(|key| key.into_unencrypted_secret_key().is_ok())
    }

    /// Reads the file of a key.
    pub fn read(file: &str, passphrase: Option<String>) -> Result<Self, KeyError> {
        let is_plain = Self::is_plain(file);
        let file = SecretKeyBox::from_string(file).map_err(|_| KeyError::NotSecret)?;
        let key = match passphrase {
            _ if is_plain => file.into_unencrypted_secret_key(),
            Some(passphrase) => file.into_secret_key(Some(passphrase)),
            None => return Err(KeyError::Passphrase),
        };
        let key = key.map_err(|error| match error.kind() {
            minisign::ErrorKind::Verify => KeyError::Passphrase,
            _ => KeyError::NotSecret,
        })?;
        let public = minisign::PublicKey::from_secret_key(&key).map_err(library)?;
        Ok(Self { key, public })
    }

    /// The key that others know.
    pub fn public(&self) -> PublicKey {
        PublicKey {
            base64: self.public.to_base64(),
        }
    }

    /// Signs a text.
    pub(super) fn sign(&self, text: &str) -> Result<String, KeyError> {
        let untrusted = format!("{UNTRUSTED}{}", id(self.key.keynum()));
        let (key, public) = (&self.key, Some(&self.public));
        let signed = minisign::sign(
            public,
            key,
            text.as_bytes(),
            Some(TRUSTED),
            Some(&untrusted),
        );
        Ok(signed.map_err(library)?.into_string())
    }
}

/// The id of the key that a signature names.
pub(super) fn signer(signature: &str) -> Option<String> {
    canonical(signature).map(|signature| id(signature.keynum()))
}

/// A signature in the one form that ddt writes. Anything else is refused before the library
/// looks closer: it takes lines that are too short for granted.
fn canonical(text: &str) -> Option<SignatureBox> {
    let lines: Vec<&str> = text.lines().collect();
    let [_, signature, _, global] = lines[..] else {
        return None;
    };
    if signature.len() != SIGNATURE_LINE || global.len() != GLOBAL_LINE {
        return None;
    }
    let found = SignatureBox::from_string(text).ok()?;
    let untrusted = format!("{UNTRUSTED}{}", id(found.keynum()));
    let is_canonical = found
        .untrusted_comment()
        .is_ok_and(|comment| comment == untrusted)
        && found
            .trusted_comment()
            .is_ok_and(|comment| comment == TRUSTED)
        && found.to_string() == text;
    is_canonical.then_some(found)
}

fn id(number: &[u8]) -> String {
    let digits = number.iter().rev();
    digits.map(|byte| format!("{byte:02X}")).collect()
}

fn library(error: PError) -> KeyError {
    KeyError::Library(error.to_string())
}

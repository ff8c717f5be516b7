//! Secrets that age has encrypted to an identity of the controller's.

use std::io::Read;

use age::armor::ArmoredReader;
use age::{DecryptError, Decryptor, Identity, IdentityFile};
use camino::Utf8Path;

use super::error::SecretError;
use super::file;
use crate::secret::SecretValue;

/// What an encrypted file may have beside the secret: recipients, the armor.
const OVERHEAD: usize = 256 << 10;

/// The most bytes of a file with identities.
const IDENTITIES: usize = 64 << 10;

/// The content of an encrypted file, armored or not.
pub(super) fn decrypt(path: &Utf8Path, identity: &Utf8Path) -> Result<Vec<u8>, SecretError> {
    let encrypted = file::read(path, SecretValue::MAX_BYTES * 2 + OVERHEAD)?;
    let identities = identities(identity)?;
    let undecipherable = |cause: String| SecretError::Decrypt {
        path: path.to_owned(),
        cause,
    };
    let decryptor = Decryptor::new_buffered(ArmoredReader::new(encrypted.as_slice()));
    let decryptor = decryptor.map_err(|error| undecipherable(explain(&error)))?;
    if decryptor.is_scrypt() {
        let cause = "it is encrypted with a passphrase, and ddt asks for none";
        return Err(undecipherable(cause.into()));
    }
    let all = identities
        .iter()
        .map(|identity| &**identity as &dyn Identity);
    let stream = decryptor.decrypt(all);
    let stream = stream.map_err(|error| undecipherable(explain(&error)))?;
    let mut content = Vec::new();
    let most = SecretValue::MAX_BYTES as u64 + 1;
    stream
        .take(most)
        .read_to_end(&mut content)
        .map_err(|_| undecipherable("it was damaged".into()))?;
    Ok(content)
}

fn identities(path: &Utf8Path) -> Result<Vec<Box<dyn Identity + Send + Sync>>, SecretError> {
    let unusable = |cause: &str| SecretError::Identity {
        path: path.to_owned(),
        cause: cause.to_owned(),
    };
    let text = zeroize::Zeroizing::new(file::read(path, IDENTITIES)?);
    // What the library says may quote a line of the file.
    let file = IdentityFile::from_buffer(text.as_slice());
    let file = file.map_err(|_| unusable("it holds no identity as `age-keygen` writes them"))?;
    file.into_identities()
        .map_err(|_| unusable("it needs a plugin, which ddt does not run"))
}

/// The library's texts are for a program of its own.
fn explain(error: &DecryptError) -> String {
    match error {
        DecryptError::NoMatchingKeys => "it is encrypted to somebody else".into(),
        DecryptError::InvalidHeader | DecryptError::Io(_) => "it is not an age file".into(),
        DecryptError::UnknownFormat => "a newer age wrote it".into(),
        _ => "it was damaged".into(),
    }
}

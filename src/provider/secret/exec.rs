//! Secrets that programs print, such as those of a password manager.

use camino::{Utf8Path, Utf8PathBuf};

use super::error::SecretError;
use crate::provider::program::{Limits, ProgramRequest, output};
use crate::secret::SecretValue;

/// What a program prints, without the end of its last line. It runs beside the document that names it.
pub(super) async fn run(words: &[String], directory: &Utf8Path) -> Result<Vec<u8>, SecretError> {
    let Some((name, arguments)) = words.split_first() else {
        return Err(SecretError::Program("there is no program".into()));
    };
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let program: Utf8PathBuf = match name.contains('/') {
        true => directory.join(name),
        false => name.into(),
    };
    let printed = output(ProgramRequest {
        program: &program,
        arguments: &arguments,
        directory: Some(directory),
        variables: &[],
        limits: Limits {
            bytes: SecretValue::MAX_BYTES as u64,
            ..Limits::default()
        },
    });
    let mut printed = printed
        .await
        .map_err(|error| SecretError::Program(error.to_string()))?;
    if printed.ends_with(b"\n") {
        printed.pop();
    }
    Ok(printed)
}

//! `ddt bundle sign REF --key FILE`.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;
use jiff::{SignedDuration, Timestamp};

use super::passphrase::PassphraseArgs;
use super::{cannot_keep_signatures, cannot_print, named};
use crate::bundle::registry::Platform;
use crate::bundle::signature::{SecretKey, Signatures, SignedStatement, Statement};
use crate::cli::context::Context;
use crate::cli::resolver::resolver;
use crate::cli::{file, trust};
use crate::clock;
use crate::failure::Failure;

/// Vouch that a name and a tag mean the content that they have now.
#[derive(Clone, Debug, Args)]
pub(super) struct SignArgs {
    /// REPO/NAME:TAG, such as dir:PATH/NAME:TAG.
    #[arg(value_name = "REF")]
    reference: String,
    /// The secret key, as `ddt bundle keygen` wrote it.
    #[arg(short, long, value_name = "FILE")]
    key: Utf8PathBuf,
    #[command(flatten)]
    passphrase: PassphraseArgs,
    /// For how many days the signature counts.
    #[arg(long, value_name = "DAYS", default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=3650))]
    days: u32,
    /// Drop the signatures that the release has; otherwise those of other keys stay.
    #[arg(long)]
    replace: bool,
}

impl SignArgs {
    pub(super) fn run(self, context: &Context, out: &mut dyn io::Write) -> Result<(), Failure> {
        let key = self.secret_key(context)?;
        let resolver = resolver(context, Platform::of_this_machine())?;
        let reference = named::reference(&self.reference)?;
        let bundle = resolver.resolve(&reference, None)?;
        let statement = self.statement(trust::release(&bundle));
        let signed = SignedStatement::new(&statement, &key)
            .map_err(|error| Failure::environment("cannot sign").because(&error))?;
        let sign = |signatures: &mut Signatures| signatures.add(signed.clone());
        let kept = match self.replace {
            true => {
                let mut only = Signatures::default();
                sign(&mut only);
                resolver.replace_signatures(&bundle.subject(), &only)
            }
            false => resolver.edit_signatures(&bundle.subject(), sign),
        };
        kept.map_err(cannot_keep_signatures)?;
        writeln!(
            out,
            "{}: signed with the key {}, until {}",
            statement.release,
            key.public().id(),
            statement.expires
        )
        .map_err(cannot_print)
    }

    fn statement(&self, release: crate::bundle::signature::Release) -> Statement {
        let now = clock::now();
        let signed = Timestamp::from_second(now.as_second()).unwrap_or(now);
        let days = SignedDuration::from_hours(24 * i64::from(self.days));
        Statement {
            release,
            signed,
            expires: signed.checked_add(days).unwrap_or(Timestamp::MAX),
        }
    }

    fn secret_key(&self, context: &Context) -> Result<SecretKey, Failure> {
        let path = context.working_directory.join(&self.key);
        let bytes = file::read_named(&path, &self.key)?;
        refuse_open(&path, &self.key)?;
        let text = String::from_utf8_lossy(&bytes);
        let passphrase = match SecretKey::is_plain(&text) {
            true => None,
            false => Some(self.passphrase.read(context)?),
        };
        SecretKey::read(&text, passphrase).map_err(|error| {
            Failure::refused(format!("cannot use the key {}", self.key)).because(&error)
        })
    }
}

/// A secret that others can read is none.
fn refuse_open(path: &Utf8Path, shown: &Utf8Path) -> Result<(), Failure> {
    let mode = fs::metadata(path).map(|file| file.permissions().mode() & 0o777);
    match mode {
        Ok(mode) if mode & 0o077 == 0 => Ok(()),
        Ok(mode) => Err(Failure::refused(format!(
            "others may use the key {shown}: its permissions are {mode:04o}"
        ))
        .help(format!(
            "run `chmod 600 {shown}`, and revoke the key if somebody may have read it"
        ))),
        Err(error) => Err(Failure::refused(format!("cannot use the key {shown}")).because(&error)),
    }
}

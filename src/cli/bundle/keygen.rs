//! `ddt bundle keygen -o FILE`.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;

use super::cannot_print;
use super::passphrase::PassphraseArgs;
use crate::bundle::signature::{PublicKey, SecretKey};
use crate::cli::context::Context;
use crate::failure::Failure;

/// Make a key to sign releases with.
#[derive(Clone, Debug, Args)]
pub(super) struct KeygenArgs {
    /// The file for the secret key; the public one goes to FILE.pub.
    #[arg(short, long, value_name = "FILE")]
    output: Utf8PathBuf,
    #[command(flatten)]
    passphrase: PassphraseArgs,
    /// Leave the secret key unprotected: who can read the file can sign.
    #[arg(long, conflicts_with = "passphrase_file")]
    no_passphrase: bool,
}

impl KeygenArgs {
    pub(super) fn run(self, context: &Context, out: &mut dyn io::Write) -> Result<(), Failure> {
        let secret = context.working_directory.join(&self.output);
        let public = Utf8PathBuf::from(format!("{secret}.pub"));
        // Both names are taken before anybody types a passphrase.
        let secret = start(&secret, context)?;
        let public = start(&public, context)?;
        let passphrase = match self.no_passphrase {
            true => None,
            false => Some(self.passphrase.choose(context)?),
        };
        let (key, file) = SecretKey::generate_file(passphrase)
            .map_err(|error| Failure::environment("cannot make a key").because(&error))?;
        secret.finish(&file)?;
        public.finish(&key.file())?;
        self.say(&key, out).map_err(cannot_print)
    }

    fn say(&self, key: &PublicKey, out: &mut dyn io::Write) -> io::Result<()> {
        let name = self.output.file_stem().unwrap_or("release");
        writeln!(
            out,
            "wrote the secret key to {0}, the public one to {0}.pub",
            self.output
        )?;
        writeln!(out, "to trust it, add to `trusted_keys` in ddt.hjson:")?;
        writeln!(out, "  {name}: {{ key: \"{key}\" }}")
    }
}

/// A file that did not exist, and is gone again unless it is finished.
struct NewFile<'a> {
    path: Utf8PathBuf,
    shown: &'a Utf8Path,
    file: Option<File>,
}

fn start<'a>(path: &'a Utf8Path, context: &Context) -> Result<NewFile<'a>, Failure> {
    let shown = context.shown(path);
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(|error| {
            let failure = Failure::refused(format!("cannot make the file {shown}")).because(&error);
            match error.kind() {
                io::ErrorKind::AlreadyExists => {
                    failure.help("a key is never replaced; choose another name")
                }
                _ => failure,
            }
        })?;
    Ok(NewFile {
        path: path.to_owned(),
        shown,
        file: Some(file),
    })
}

impl NewFile<'_> {
    fn finish(mut self, text: &str) -> Result<(), Failure> {
        let Some(mut file) = self.file.take() else {
            return Ok(());
        };
        let written = file
            .write_all(text.as_bytes())
            .and_then(|()| file.sync_all());
        written.map_err(|error| {
            Failure::environment(format!("cannot write {}", self.shown)).because(&error)
        })
    }
}

impl Drop for NewFile<'_> {
    fn drop(&mut self) {
        if self.file.is_some() {
            // It is empty; if it stays, the next call says so.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

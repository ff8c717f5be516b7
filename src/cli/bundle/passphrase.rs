//! The passphrase of a secret key: from a file, from the environment, or typed without an echo.
//! It is never printed.

use camino::Utf8PathBuf;
use clap::Args;

use crate::cli::context::Context;
use crate::cli::file;
use crate::failure::Failure;

/// The variable that may hold it.
const VARIABLE: &str = "DDT_PASSPHRASE";

/// Where the passphrase comes from
#[derive(Clone, Debug, Args)]
pub(super) struct PassphraseArgs {
    /// A file whose first line is the passphrase [default: DDT_PASSPHRASE, else the terminal]
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<Utf8PathBuf>,
}

impl PassphraseArgs {
    /// The passphrase of a key that exists.
    pub(super) fn read(&self, context: &Context) -> Result<String, Failure> {
        match self.given(context)? {
            Some(given) => Ok(given),
            None => typed("passphrase: "),
        }
    }

    /// A new passphrase: one that is typed is typed twice.
    pub(super) fn choose(&self, context: &Context) -> Result<String, Failure> {
        let chosen = match self.given(context)? {
            Some(given) => given,
            None => {
                let first = typed("new passphrase: ")?;
                match typed("the same again: ")? == first {
                    true => first,
                    false => return Err(Failure::refused("the two passphrases are not the same")),
                }
            }
        };
        match chosen.is_empty() {
            true => Err(Failure::refused("the passphrase is empty")
                .help("`--no-passphrase` makes a key that everybody who can read it can use")),
            false => Ok(chosen),
        }
    }

    fn given(&self, context: &Context) -> Result<Option<String>, Failure> {
        let Some(shown) = &self.passphrase_file else {
            return Ok((context.environment)(VARIABLE));
        };
        let bytes = file::read_named(&context.working_directory.join(shown), shown)?;
        let text = String::from_utf8(bytes)
            .map_err(|_| Failure::refused(format!("the passphrase in {shown} is not UTF-8")))?;
        Ok(Some(text.lines().next().unwrap_or_default().to_owned()))
    }
}

fn typed(prompt: &str) -> Result<String, Failure> {
    let terminal = console::Term::stderr();
    if !terminal.is_term() {
        return Err(Failure::refused("the key needs a passphrase").help(format!(
            "set {VARIABLE}, or name a file with --passphrase-file"
        )));
    }
    let read = || {
        terminal.write_str(prompt)?;
        terminal.read_secure_line()
    };
    read().map_err(|error| Failure::environment("cannot read the passphrase").because(&error))
}

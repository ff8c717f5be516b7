#![expect(clippy::unwrap_used, reason = "a test ends where a value is missing")]
//! A state directory of its own for a test, and what a verb says about it.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;
use tempfile::TempDir;

use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::store::Store;

/// A project's directories; they are gone when this is dropped.
pub(super) struct Testbed {
    root: TempDir,
}

impl Testbed {
    pub(super) fn new() -> Self {
        Self {
            root: TempDir::new().unwrap(),
        }
    }

    pub(super) fn state_dir(&self) -> Utf8PathBuf {
        self.root().join(".ddt")
    }

    pub(super) fn logs_dir(&self) -> Utf8PathBuf {
        self.root().join("deploy_logs")
    }

    fn root(&self) -> &Utf8Path {
        Utf8Path::from_path(self.root.path()).unwrap()
    }

    /// What the verb prints, how it ends, and what an operator is told where it fails.
    pub(super) fn said(
        &self,
        verb: impl FnOnce(&mut dyn io::Write) -> Result<ExitCode, Failure>,
    ) -> String {
        let mut out = Vec::new();
        let ended = verb(&mut out);
        let printed = String::from_utf8(out).unwrap();
        let text = match ended {
            Ok(code) => format!("{printed}exit code {}", code.number()),
            Err(failure) => {
                let code = failure.kind.exit_code().number();
                let help = failure
                    .help
                    .map(|help| format!("help: {help}\n"))
                    .unwrap_or_default();
                format!(
                    "{printed}error: {}\n{help}exit code {code}",
                    failure.message
                )
            }
        };
        self.without_chance(text)
    }

    /// Directories and the random ends of the runs' names differ from test to test.
    fn without_chance(&self, text: String) -> String {
        let records = Store::open_to_read(&self.state_dir()).and_then(|store| store.records(None));
        let mut text = text.replace(self.root().as_str(), "PROJECT");
        for (number, record) in records.unwrap_or_default().iter().rev().enumerate() {
            let run = record.run.as_str();
            text = text.replace(run, &format!("{}00000{number}", &run[..17]));
        }
        text
    }
}

/// The arguments of a verb, as they are typed.
pub(super) fn typed<Arguments: Args>(words: &[&str]) -> Arguments {
    let command = Arguments::augment_args(clap::Command::new("verb"));
    let words = ["verb"].iter().chain(words);
    let matches = command.try_get_matches_from(words).unwrap();
    Arguments::from_arg_matches(&matches).unwrap()
}

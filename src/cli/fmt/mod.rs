//! `ddt fmt`: prints documents in one style, with the same comments and the same meaning.

mod convert;
mod input;
mod tally;

use std::io::Write;

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;
use similar::TextDiff;

use super::rewrite::Rewrite;
use super::{print, words};
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::hjson::{self, Quotes};
use convert::Form;
use input::{Input, Place};
use tally::Tally;

/// Print documents in one style, with the same comments and the same meaning
#[derive(Clone, Debug, Args)]
pub(super) struct FmtArgs {
    /// Files, directories with `.hjson` files, patterns such as `zones/**/*.hjson`, or `-` to format standard input to
    /// standard output
    #[arg(default_value = ".")]
    paths: Vec<Utf8PathBuf>,
    /// What standard input is called in messages
    #[arg(long, value_name = "PATH", default_value = "stdin.hjson")]
    stdin_filename: Utf8PathBuf,
    /// Change nothing; name what would change, and exit with 1 if something would
    #[arg(long)]
    check: bool,
    /// Change nothing; print what would change, and exit with 1 if something would
    #[arg(long)]
    diff: bool,
    /// Print one document as JSON or as HJSON, with the values that HJSON gives it, and change nothing
    #[arg(long, value_name = "FORM", conflicts_with_all = ["check", "diff"])]
    to: Option<Form>,
}

/// What is done with a document that is not formatted yet.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Write,
    Check,
    Diff,
}

impl FmtArgs {
    /// Formats, and prints to `out` what came of it.
    pub(super) fn run(
        self,
        working_directory: &Utf8Path,
        out: &mut dyn Write,
    ) -> Result<ExitCode, Failure> {
        let inputs = input::find(&self.paths, &self.stdin_filename, working_directory)?;
        if let Some(form) = self.to {
            return convert::run(form, &inputs, out);
        }
        if let Some(json) = inputs.iter().find(|input| input.is_json()) {
            return Err(is_json(&json.shown));
        }
        let mode = self.mode();
        let mut tally = Tally::default();
        for input in &inputs {
            format(input, mode, &mut tally, out)?;
        }
        let is_text_alone = matches!(inputs.as_slice(), [input] if input.place == Place::Standard);
        if mode != Mode::Diff && !is_text_alone {
            print(out, &tally.summary(mode))?;
        }
        tally.ended(mode)
    }

    fn mode(&self) -> Mode {
        match (self.diff, self.check) {
            (true, _) => Mode::Diff,
            (false, true) => Mode::Check,
            (false, false) => Mode::Write,
        }
    }
}

fn format(
    input: &Input,
    mode: Mode,
    tally: &mut Tally,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let document = input.read()?;
    let source = document.tree.source();
    let Some(formatted) = hjson::format(&document, Quotes::Kept) else {
        tally.unreadable(input.syntax_errors(&document));
        return Ok(());
    };
    let is_changed = formatted != source;
    tally.readable(is_changed);
    match (mode, &input.place) {
        (Mode::Write, Place::Standard) => print(out, &formatted),
        _ if !is_changed => Ok(()),
        (Mode::Write, Place::File(path)) => {
            let rewrite = Rewrite {
                path,
                shown: &input.shown,
                before: source,
                after: &formatted,
            };
            rewrite.write()?;
            print(out, &format!("formatted {}\n", input.shown))
        }
        (Mode::Check, _) => print(out, &format!("would format {}\n", input.shown)),
        (Mode::Diff, _) => print(out, &difference(input, source, &formatted)),
    }
}

fn is_json(shown: &Utf8Path) -> Failure {
    Failure::refused(format!("{shown} is JSON, and formatted it would be HJSON")).help(format!(
        "`ddt fmt --to hjson {}` prints it as HJSON",
        words::typed(shown.as_str())
    ))
}

/// A unified diff from a text to the formatted one.
fn difference(input: &Input, source: &str, formatted: &str) -> String {
    TextDiff::from_lines(source, formatted)
        .unified_diff()
        .header(input.shown.as_str(), input.shown.as_str())
        .to_string()
}

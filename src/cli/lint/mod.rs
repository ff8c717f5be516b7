//! `ddt lint`: says what is wrong with documents, without touching anything.

mod baseline;
mod inputs;
mod rules;
mod survey;
mod watch;

use std::io::Write;
use std::num::NonZeroUsize;

use camino::Utf8PathBuf;
use clap::{Args, ValueEnum};
use jiff::Timestamp;

use super::context::Context;
use super::{explain, parallel, print};
use crate::document::Diagnostic;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::lint::{RuleSelector, output};
use crate::report::{self, Stream};
use baseline::BaselineArgs;
use rules::{Level, RuleArgs};
use survey::survey;

/// Say what is wrong with documents, before anything is deployed
#[derive(Clone, Debug, Args)]
pub(super) struct LintArgs {
    /// Files, directories with `.hjson` files, patterns such as `zones/**/*.hjson`, or `-` for
    /// standard input
    #[arg(default_value = ".")]
    paths: Vec<Utf8PathBuf>,
    /// What standard input is called in messages
    #[arg(long, value_name = "PATH", default_value = "stdin.hjson")]
    stdin_filename: Utf8PathBuf,
    /// How findings are printed
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    output: Format,
    /// The inventories that zones are looked up in
    #[arg(long, value_name = "PATH")]
    inventory: Vec<Utf8PathBuf>,
    #[command(flatten)]
    rules: RuleArgs,
    #[command(flatten)]
    baseline: BaselineArgs,
    /// The least level of findings that makes the exit code 1
    #[arg(long, value_name = "LEVEL", default_value = "warning")]
    fail_on: Level,
    /// Take the nodes for new ones, on which everything has to be deployed
    #[arg(long)]
    fresh: bool,
    /// The time to judge build times by, in RFC 3339 [default: now]
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
    /// Count the findings of each rule instead of showing them
    #[arg(long)]
    statistics: bool,
    /// Lint again whenever a file changes
    #[arg(long, conflicts_with = "write_baseline")]
    watch: bool,
    /// How many files are looked at at once [default: one per core]
    #[arg(short, long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// Explain a rule and do nothing else
    #[arg(long, value_name = "RULE")]
    explain: Option<RuleSelector>,
}

/// How findings are printed.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// With the lines of the document that are meant
    Human,
    /// One line per finding
    Concise,
    /// One JSON document
    Json,
}

impl LintArgs {
    /// Lints, and prints the findings to `out`.
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<ExitCode, Failure> {
        match &self.explain {
            Some(explained) => print(out, &explain::rules(explained)).map(|()| ExitCode::Done),
            None if self.watch => watch::watch(&self, context, || self.once(context, out)),
            None => self.once(context, out),
        }
    }

    fn once(&self, context: &Context, out: &mut dyn Write) -> Result<ExitCode, Failure> {
        let selection = self.rules.selection(context)?;
        let mut survey = survey(self, &selection, context)?;
        if self.baseline.write_baseline {
            return self.baseline.write(&survey, &selection, context, out);
        }
        self.baseline.apply(&mut survey, &selection, context)?;
        let text = match self.statistics {
            true => output::statistics(&survey.found),
            false => self.rendered(&survey.found, survey.inputs.len(), context)?,
        };
        print(out, &text)?;
        let least = self.fail_on.severity();
        match survey.found.iter().any(|one| one.severity >= least) {
            true => Ok(ExitCode::Error),
            false => Ok(ExitCode::Done),
        }
    }

    fn jobs(&self) -> NonZeroUsize {
        self.jobs.unwrap_or_else(parallel::available)
    }

    fn rendered(
        &self,
        found: &[Diagnostic],
        files: usize,
        context: &Context,
    ) -> Result<String, Failure> {
        match self.output {
            Format::Concise => Ok(output::concise(found)),
            Format::Json => output::json(found, files).map_err(|error| {
                Failure::environment("cannot print the findings as JSON").because(&error)
            }),
            Format::Human if found.is_empty() => Ok(match files {
                1 => "1 file, no findings\n".to_owned(),
                _ => format!("{files} files, no findings\n"),
            }),
            Format::Human => {
                let look = context.look(Stream::stdout());
                Ok(report::diagnostics::render(found, look))
            }
        }
    }
}

#[cfg(test)]
mod tests;

//! `ddt lint`: says what is wrong with documents, without touching anything.

mod baseline;
mod compare;
mod fix;
mod inputs;
mod output;
mod rules;
mod survey;
mod watch;

use std::io::Write;
use std::num::NonZeroUsize;

use camino::Utf8PathBuf;
use clap::Args;
use jiff::Timestamp;

use super::context::Context;
use super::{explain, parallel, print, tell};
use crate::document::Diagnostic;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::lint::{self, RuleSelector};
use baseline::BaselineArgs;
use compare::CompareArgs;
use output::{OutputArgs, OutputRequest};
use rules::{Level, RuleArgs};
use survey::Survey;

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
    #[command(flatten)]
    output: OutputArgs,
    /// The inventories that zones are looked up in
    #[arg(long, value_name = "PATH")]
    inventory: Vec<Utf8PathBuf>,
    #[command(flatten)]
    compare: CompareArgs,
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
    #[command(flatten)]
    fix: fix::FixArgs,
    /// Explain a rule and do nothing else
    #[arg(long, value_name = "RULE")]
    explain: Option<RuleSelector>,
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
        self.output.check()?;
        let mut survey = Survey::read(self, &selection, context)?;
        if self.fix.only_shows() {
            return self.fix.show(&survey, out);
        }
        let fixed = self.fix.apply(&mut survey, context, out)?;
        let found = survey.lint(self);
        if self.baseline.write_baseline {
            return self.baseline.write(&found, &survey, context, out);
        }
        let found = self.baseline.apply(found, &survey, context)?;
        let said = self.fix.said(fixed, &found, &survey);
        self.report(&found, &said, &survey, context, out)?;
        let least = self.fail_on.severity();
        let counts = !self.output.is_exit_zero();
        match counts && found.iter().any(|one| one.severity >= least) {
            true => Ok(ExitCode::Error),
            false => Ok(ExitCode::Done),
        }
    }

    /// Prints the findings, and what is said of their fixes to people.
    fn report(
        &self,
        found: &[Diagnostic],
        said: &str,
        survey: &Survey<'_>,
        context: &Context,
        out: &mut dyn Write,
    ) -> Result<(), Failure> {
        let rendered = self.rendered(found, survey, context)?;
        // Standard output has the fixed text then.
        let is_taken = survey.standard_input.is_some() && self.fix.writes();
        match (is_taken, self.output.is_for_people()) {
            (true, _) => tell(&format!("{rendered}{said}")),
            (false, true) => print(out, &format!("{rendered}{said}"))?,
            (false, false) => {
                print(out, &rendered)?;
                tell(said);
            }
        }
        Ok(())
    }

    fn rendered(
        &self,
        found: &[Diagnostic],
        survey: &Survey<'_>,
        context: &Context,
    ) -> Result<String, Failure> {
        if self.statistics {
            return Ok(lint::output::statistics(found));
        }
        let request = OutputRequest {
            diagnostics: found,
            files: &survey.files(),
        };
        let mut rendered = Vec::new();
        self.output.write(&request, context, &mut rendered)?;
        Ok(String::from_utf8_lossy(&rendered).into_owned())
    }

    fn jobs(&self) -> NonZeroUsize {
        self.jobs.unwrap_or_else(parallel::available)
    }
}

#[cfg(test)]
mod tests;

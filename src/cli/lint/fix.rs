//! `--fix`, `--unsafe-fixes` and `--diff`: mends the documents instead of only naming what is wrong with them.

use std::io::Write;

use clap::Args;

use super::survey::Survey;
use crate::cli::context::Context;
use crate::cli::rewrite::Rewrite;
use crate::cli::{print, tell};
use crate::document::{Diagnostic, Safety};
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::lint::{Fixed, Subject};
use crate::report::{changes, count};

/// What is done about findings that can be fixed.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct FixArgs {
    /// Apply the safe fixes, which keep what is deployed, and say what is left
    #[arg(long)]
    fix: bool,
    /// With --fix or --diff: also the fixes that guess what was meant; look at what they did
    #[arg(long)]
    unsafe_fixes: bool,
    /// Show what --fix would change, and write nothing; the exit code is 1 if there is something
    #[arg(long)]
    diff: bool,
}

/// How much was fixed.
#[derive(Clone, Copy, Default)]
pub(super) struct Tally {
    findings: usize,
    files: usize,
}

impl FixArgs {
    /// Whether changes are only shown.
    pub(super) fn only_shows(self) -> bool {
        self.diff
    }

    /// Whether documents are changed.
    pub(super) fn writes(self) -> bool {
        self.fix && !self.diff
    }

    fn allowed(self) -> Safety {
        match self.unsafe_fixes {
            true => Safety::Unsafe,
            false => Safety::Safe,
        }
    }

    /// Prints what would change; the exit code says whether anything would.
    pub(super) fn show(
        self,
        survey: &Survey<'_>,
        out: &mut dyn Write,
    ) -> Result<ExitCode, Failure> {
        let mut tally = Tally::default();
        let subjects = survey.subjects.iter();
        for subject in subjects.filter(|subject| survey.is_named(subject.source.path())) {
            let fixed = survey.linter().fix(subject, self.allowed());
            let (before, after) = (subject.source.text(), fixed.subject.source.text());
            print(out, &changes::unified(subject.source.path(), before, after))?;
            tally.add(&fixed);
        }
        tell(&tally.said("would fix"));
        Ok(match tally.findings {
            0 => ExitCode::Done,
            _ => ExitCode::Error,
        })
    }

    /// Fixes what was asked for. The fixed text of standard input goes to `out`, changed or not.
    pub(super) fn apply(
        self,
        survey: &mut Survey<'_>,
        context: &Context,
        out: &mut dyn Write,
    ) -> Result<Tally, Failure> {
        let mut tally = Tally::default();
        let positions = 0..survey.subjects.len();
        for position in positions.filter(|_| self.writes()) {
            let Some(fixed) = self.fixed(survey, position) else {
                continue;
            };
            let subject = &mut survey.subjects[position];
            let after = fixed.subject.source.text();
            match survey.standard_input.as_deref() == Some(subject.source.path()) {
                true => print(out, after)?,
                false => rewrite(subject, after, context)?,
            }
            tally.add(&fixed);
            *subject = fixed.subject;
        }
        Ok(tally)
    }

    /// A document that may be changed, after its fixes.
    fn fixed(self, survey: &Survey<'_>, position: usize) -> Option<Fixed> {
        let subject = &survey.subjects[position];
        let is_named = survey.is_named(subject.source.path());
        is_named.then(|| survey.linter().fix(subject, self.allowed()))
    }

    /// What people are told about fixes: those that were made, and those that could be. Empty if there is nothing to say.
    pub(super) fn said(self, fixed: Tally, found: &[Diagnostic], survey: &Survey<'_>) -> String {
        let (safe, guesses) = left(found, survey);
        let more = match (self.writes(), self.unsafe_fixes) {
            (true, true) => String::new(),
            (true, false) => fixable(0, guesses),
            (false, true) if safe + guesses > 0 => {
                format!("{} fixable with --fix --unsafe-fixes\n", safe + guesses)
            }
            (false, _) => fixable(safe, guesses),
        };
        fixed.said("fixed") + &more
    }
}

/// How many findings could still be fixed, without a look and with one.
fn left(found: &[Diagnostic], survey: &Survey<'_>) -> (usize, usize) {
    let is_named = |one: &&Diagnostic| {
        one.primary()
            .is_some_and(|label| survey.is_named(label.source.path()))
    };
    let fixes = found
        .iter()
        .filter(is_named)
        .filter_map(|one| one.fix.as_ref());
    let (safe, guesses): (Vec<_>, Vec<_>) = fixes.partition(|fix| fix.safety == Safety::Safe);
    (safe.len(), guesses.len())
}

/// Replaces a file by its fixed text.
fn rewrite(subject: &Subject, after: &str, context: &Context) -> Result<(), Failure> {
    let (shown, before) = (subject.source.path(), subject.source.text());
    if before == after {
        return Ok(());
    }
    Rewrite {
        path: &context.working_directory.join(shown),
        shown,
        before,
        after,
    }
    .write()
}

fn fixable(safe: usize, guesses: usize) -> String {
    match (safe, guesses) {
        (0, 0) => String::new(),
        (safe, 0) => format!("{safe} fixable with --fix\n"),
        (0, guesses) => format!("{guesses} fixable with --fix --unsafe-fixes\n"),
        (safe, guesses) => {
            format!("{safe} fixable with --fix, {guesses} more with --unsafe-fixes\n")
        }
    }
}

impl Tally {
    fn add(&mut self, fixed: &Fixed) {
        self.findings += fixed.count;
        self.files += usize::from(fixed.count > 0);
    }

    /// `fixed 3 findings in 2 files`, or nothing.
    fn said(self, verb: &str) -> String {
        let (findings, files) = (count(self.findings, "finding"), count(self.files, "file"));
        match self.findings {
            0 => String::new(),
            _ => format!("{verb} {findings} in {files}\n"),
        }
    }
}

//! `--fix`, `--unsafe-fixes` and `--diff`: mends the documents instead of only naming what is wrong with them.

use std::collections::BTreeSet;
use std::io::Write;

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;

use crate::cli::context::Context;
use crate::cli::rewrite::Rewrite;
use crate::cli::{print, tell};
use crate::document::{Diagnostic, Safety};
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::lint::{Fixed, Linter, Subject};
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

/// The documents that may be changed.
pub(super) struct Documents<'a> {
    /// All that are linted.
    pub(super) subjects: &'a [Subject],
    /// Those that the user named; no other is changed.
    pub(super) named: &'a BTreeSet<Utf8PathBuf>,
    /// What standard input is called, if it is one of them.
    pub(super) standard_input: Option<&'a Utf8Path>,
    /// Where they are.
    pub(super) context: &'a Context,
}

/// What is found, and what was done about it.
pub(super) struct Mended {
    /// What is left.
    pub(super) findings: Vec<Diagnostic>,
    fixed: Tally,
    /// What could still be fixed, by [`Safety`].
    safe: usize,
    guesses: usize,
}

/// How much was fixed.
#[derive(Clone, Copy, Default)]
struct Tally {
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
        linter: &Linter<'_>,
        documents: &Documents<'_>,
        out: &mut dyn Write,
    ) -> Result<ExitCode, Failure> {
        let mut tally = Tally::default();
        for subject in documents.named() {
            let fixed = linter.fix(subject, self.allowed());
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

    /// Lints, and fixes what was asked for. The fixed text of standard input goes to `out`, changed or not.
    pub(super) fn lint(
        self,
        linter: &Linter<'_>,
        documents: &Documents<'_>,
        out: &mut dyn Write,
    ) -> Result<Mended, Failure> {
        let mut mended = Mended {
            findings: Vec::new(),
            fixed: Tally::default(),
            safe: 0,
            guesses: 0,
        };
        for subject in documents.subjects {
            let is_named = documents.named.contains(subject.source.path());
            let findings = match is_named && self.writes() {
                true => {
                    let fixed = linter.fix(subject, self.allowed());
                    documents.write(subject, &fixed, out)?;
                    mended.fixed.add(&fixed);
                    fixed.findings
                }
                false => linter.lint(subject),
            };
            mended.count(findings.iter().filter(|_| is_named));
            mended.findings.extend(findings);
        }
        Ok(mended)
    }

    /// What people are told about fixes; empty if there is nothing to say.
    pub(super) fn said(self, mended: &Mended) -> String {
        let Mended { safe, guesses, .. } = *mended;
        let more = match (self.writes(), self.unsafe_fixes) {
            (true, true) => String::new(),
            (true, false) => fixable(0, guesses),
            (false, true) if safe + guesses > 0 => {
                format!("{} fixable with --fix --unsafe-fixes\n", safe + guesses)
            }
            (false, _) => fixable(safe, guesses),
        };
        mended.fixed.said("fixed") + &more
    }
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

impl Mended {
    fn count<'d>(&mut self, findings: impl Iterator<Item = &'d Diagnostic>) {
        for fix in findings.filter_map(|one| one.fix.as_ref()) {
            match fix.safety {
                Safety::Safe => self.safe += 1,
                Safety::Unsafe => self.guesses += 1,
            }
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

impl Documents<'_> {
    fn named(&self) -> impl Iterator<Item = &Subject> {
        let subjects = self.subjects.iter();
        subjects.filter(|subject| self.named.contains(subject.source.path()))
    }

    fn write(&self, subject: &Subject, fixed: &Fixed, out: &mut dyn Write) -> Result<(), Failure> {
        let shown = subject.source.path();
        let (before, after) = (subject.source.text(), fixed.subject.source.text());
        if self.standard_input == Some(shown) {
            return print(out, after);
        }
        if before == after {
            return Ok(());
        }
        let path = self.context.working_directory.join(shown);
        Rewrite {
            path: &path,
            shown,
            before,
            after,
        }
        .write()
    }
}

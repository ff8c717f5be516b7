//! `--baseline` and `--write-baseline`: findings that are known and accepted.

use std::collections::BTreeSet;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;

use super::survey::Survey;
use crate::cli::context::Context;
use crate::cli::{documents, file, print};
use crate::document::{Diagnostic, Source};
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::lint::{Baseline, Selection};

/// Findings that are known and accepted.
#[derive(Clone, Debug, Args)]
pub(super) struct BaselineArgs {
    /// Report only what this file does not list [default: `lint.baseline` of ddt.hjson]
    #[arg(long, value_name = "FILE")]
    baseline: Option<Utf8PathBuf>,
    /// Write everything that is found to the baseline, and report nothing
    #[arg(long)]
    pub(super) write_baseline: bool,
}

/// A baseline's file.
struct Place {
    absolute: Utf8PathBuf,
    shown: Utf8PathBuf,
}

impl BaselineArgs {
    /// Takes away what the baseline lists, and adds what it lists in vain.
    pub(super) fn apply(
        &self,
        found: Vec<Diagnostic>,
        survey: &Survey<'_>,
        context: &Context,
    ) -> Result<Vec<Diagnostic>, Failure> {
        let Some(place) = self.place(context) else {
            return Ok(found);
        };
        let baseline = read(&place)?;
        let settled = Settled::new(survey);
        let mut left = baseline.apply(found, survey.selection, |file| settled.holds(file));
        sort(&mut left);
        Ok(left)
    }

    /// Writes what was found.
    pub(super) fn write(
        &self,
        found: &[Diagnostic],
        survey: &Survey<'_>,
        context: &Context,
        out: &mut dyn Write,
    ) -> Result<ExitCode, Failure> {
        let place = self.place(context).ok_or_else(|| {
            Failure::refused("there is no baseline to write")
                .help("name it with --baseline FILE, or as `lint.baseline` in ddt.hjson")
        })?;
        let before = match place.absolute.exists() {
            true => Some(read(&place)?),
            false => None,
        };
        let settled = Settled::new(survey);
        let text = Baseline::write(before.as_ref(), found, survey.selection, |file| {
            settled.holds(file)
        })
        .map_err(|error| Failure::environment("cannot print the baseline").because(&error))?;
        replace(&place, &text)?;
        print(out, &format!("{} is written\n", place.shown))?;
        Ok(ExitCode::Done)
    }

    fn place(&self, context: &Context) -> Option<Place> {
        let given = self.baseline.as_ref().map(|path| Place {
            absolute: context.working_directory.join(path),
            shown: path.clone(),
        });
        given.or_else(|| {
            let path = context.project.lint.baseline.as_ref()?;
            let absolute = context.project_directory.join(path);
            let shown = absolute.strip_prefix(&context.working_directory);
            Some(Place {
                shown: shown.unwrap_or(&absolute).to_owned(),
                absolute,
            })
        })
    }
}

/// Puts findings in the order of every output.
pub(super) fn sort(found: &mut [Diagnostic]) {
    found.sort_by(|left, right| key(left).cmp(&key(right)));
}

fn key(diagnostic: &Diagnostic) -> (Option<&Utf8Path>, usize, Option<&str>) {
    let place = diagnostic.primary();
    (
        place.map(|label| label.source.path()),
        place.map_or(0, |label| label.span.start),
        diagnostic.code,
    )
}

fn read(place: &Place) -> Result<Baseline, Failure> {
    let bytes = file::read_named(&place.absolute, &place.shown).map_err(|failure| {
        match place.absolute.exists() {
            true => failure,
            false => failure.help("correct the path, or make it with --write-baseline"),
        }
    })?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Baseline::read(Source::new(place.shown.clone(), text))
        .map_err(|errors| documents::refused(&place.shown, errors))
}

/// Writes the file as a whole or not at all. It is committed, so it has the permissions of
/// any other file.
fn replace(place: &Place, text: &str) -> Result<(), Failure> {
    let cannot = |error: &dyn std::error::Error| {
        Failure::environment(format!("cannot write {}", place.shown)).because(error)
    };
    let directory = place.absolute.parent().unwrap_or(&place.absolute);
    let mut file = tempfile::Builder::new()
        .permissions(std::fs::Permissions::from_mode(0o666))
        .tempfile_in(directory)
        .map_err(|error| cannot(&error))?;
    file.write_all(text.as_bytes())
        .map_err(|error| cannot(&error))?;
    file.persist(&place.absolute)
        .map_err(|error| cannot(&error))?;
    Ok(())
}

/// The files of which everything is known: those that were looked at, and those that are
/// gone.
struct Settled<'a> {
    looked_at: BTreeSet<Utf8PathBuf>,
    selection: &'a Selection,
}

impl<'a> Settled<'a> {
    fn new(survey: &Survey<'a>) -> Self {
        let selection = survey.selection;
        let files = survey.files().into_iter();
        Self {
            looked_at: files.map(|file| selection.paths.in_project(file)).collect(),
            selection,
        }
    }

    fn holds(&self, file: &Utf8Path) -> bool {
        self.looked_at.contains(file) || !self.selection.paths.absolute(file).exists()
    }
}

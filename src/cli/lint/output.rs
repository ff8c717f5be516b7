//! Where findings go: which formats are printed, and into which files.

mod ci;
mod file;
#[cfg(test)]
mod tests;

use std::io::Write;
use std::str::FromStr;

use camino::{Utf8Path, Utf8PathBuf};
use clap::{Args, ValueEnum};

use crate::cli::context::Context;
use crate::cli::{print, tell};
use crate::document::Diagnostic;
use crate::failure::Failure;
use crate::lint::output::{self, Findings, OutputError};
use crate::report::{self, Stream};
use ci::Ci;

/// How findings are printed.
#[derive(Clone, Debug, Args)]
pub(super) struct OutputArgs {
    /// How findings are printed, and into which file; may be repeated [default: human]
    #[arg(
        long,
        value_name = "FORMAT[=FILE]",
        long_help = "How findings are printed, and into which file; may be repeated.\n\n\
            FORMAT is human, concise, json, jsonl, sarif, github, gitlab, junit, rdjson, azure or checkstyle. Without \
            FILE it goes to standard output, which only one format can.\n\n\
            The default is human. In GitHub Actions and Azure Pipelines, annotations follow it; in GitLab CI a code \
            quality report is written beside it."
    )]
    output: Vec<Output>,
    /// Exit with 0 even where there are findings
    #[arg(long)]
    exit_zero: bool,
}

/// A format and where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Output {
    format: Format,
    /// Standard output, if there is none.
    file: Option<Utf8PathBuf>,
}

/// How findings are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// With the lines of the document that are meant
    Human,
    /// One line per finding
    Concise,
    /// One JSON document
    Json,
    /// One JSON document per line
    Jsonl,
    /// SARIF 2.1.0
    Sarif,
    /// Annotations of GitHub Actions
    Github,
    /// A code quality report of GitLab
    Gitlab,
    /// A JUnit report
    Junit,
    /// The diagnostic format of reviewdog
    Rdjson,
    /// Log commands of Azure Pipelines
    Azure,
    /// A Checkstyle report
    Checkstyle,
}

/// What is printed.
pub(super) struct OutputRequest<'a> {
    /// What was found, by file and place.
    pub(super) diagnostics: &'a [Diagnostic],
    /// Every file that was looked at, sorted.
    pub(super) files: &'a [&'a Utf8Path],
}

impl OutputArgs {
    /// Whether findings do not count for the exit code.
    pub(super) fn is_exit_zero(&self) -> bool {
        self.exit_zero
    }

    /// Whether what goes to standard output is for people, who are told more than findings.
    pub(super) fn is_for_people(&self) -> bool {
        let mut printed = self.output.iter().filter(|output| output.file.is_none());
        self.output.is_empty() || printed.any(|output| output.format == Format::Human)
    }

    /// Refuses outputs that would overwrite each other. To be asked before anything is done.
    pub(super) fn check(&self) -> Result<(), Failure> {
        for (index, output) in self.output.iter().enumerate() {
            let earlier = &self.output[..index];
            if let Some(other) = earlier.iter().find(|one| one.file == output.file) {
                return Err(both(other, output));
            }
        }
        Ok(())
    }

    /// Prints the findings in every format that was asked for; without any, for people and the CI that ddt runs in.
    pub(super) fn write(
        &self,
        request: &OutputRequest<'_>,
        context: &Context,
        out: &mut dyn Write,
    ) -> Result<(), Failure> {
        let ci = Ci::detect(context.environment);
        let base = ci::path_base(ci, context);
        let findings = Findings {
            files: request.files,
            diagnostics: request.diagnostics,
            base: &base,
        };
        for output in &self.output {
            output.write(&findings, context, out)?;
        }
        if self.output.is_empty() {
            Output::from(Format::Human).write(&findings, context, out)?;
            annotate(ci, &findings, context, out)?;
        }
        Ok(())
    }
}

impl Output {
    fn write(
        &self,
        findings: &Findings<'_>,
        context: &Context,
        out: &mut dyn Write,
    ) -> Result<(), Failure> {
        let text = match self.format {
            Format::Human => human(findings, context, self.file.as_deref()),
            format => format.render(findings).map_err(|error| cannot(&error))?,
        };
        match &self.file {
            None => print(out, &text),
            Some(file) => {
                file::write(&context.working_directory.join(file), &text).map_err(|error| {
                    Failure::environment(format!("cannot write {file}"))
                        .because(&error)
                        .help("name a file in a directory that exists and can be written to")
                })
            }
        }
    }
}

impl Format {
    /// The text of every format but the one for people, whose look depends on where it goes.
    fn render(self, findings: &Findings<'_>) -> Result<String, OutputError> {
        match self {
            Self::Human => Ok(output::detailed(findings.diagnostics)),
            Self::Concise => Ok(output::concise(findings.diagnostics)),
            Self::Json => Ok(output::json(findings.diagnostics, findings.files.len())?),
            Self::Jsonl => output::jsonl(findings),
            Self::Sarif => output::sarif(findings),
            Self::Github => Ok(output::github(findings)),
            Self::Gitlab => output::gitlab(findings),
            Self::Junit => output::junit(findings),
            Self::Rdjson => output::rdjson(findings),
            Self::Azure => Ok(output::azure(findings)),
            Self::Checkstyle => output::checkstyle(findings),
        }
    }

    fn name(self) -> String {
        let value = self.to_possible_value();
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

impl From<Format> for Output {
    fn from(format: Format) -> Self {
        Self { format, file: None }
    }
}

impl FromStr for Output {
    type Err = String;

    /// Reads `FORMAT` or `FORMAT=FILE`.
    fn from_str(text: &str) -> Result<Self, String> {
        let (format, file) = match text.split_once('=') {
            Some((_, "")) => return Err("expected the name of a file behind `=`".to_owned()),
            Some((format, file)) => (format, Some(file.into())),
            None => (text, None),
        };
        let known = Format::value_variants().iter();
        let names: Vec<String> = known.map(|format| format.name()).collect();
        let format = Format::from_str(format, true)
            .map_err(|_| format!("`{format}` is none of {}", names.join(", ")))?;
        Ok(Self { format, file })
    }
}

fn human(findings: &Findings<'_>, context: &Context, file: Option<&Utf8Path>) -> String {
    match (findings.diagnostics, findings.files.len()) {
        ([], 1) => "1 file, no findings\n".to_owned(),
        ([], files) => format!("{files} files, no findings\n"),
        (found, _) => {
            let stream = match file {
                Some(_) => Stream::Other,
                None => Stream::stdout(),
            };
            report::diagnostics::render(found, context.look(stream))
        }
    }
}

/// Tells the CI that ddt runs in. Nobody asked for the file of GitLab: where it cannot be written, that is only said.
fn annotate(
    ci: Option<Ci>,
    findings: &Findings<'_>,
    context: &Context,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    match ci {
        Some(Ci::Github) => Output::from(Format::Github).write(findings, context, out),
        Some(Ci::Azure) => Output::from(Format::Azure).write(findings, context, out),
        Some(Ci::Gitlab) => {
            let report = Output {
                format: Format::Gitlab,
                file: Some(findings.base.repository.join(ci::GITLAB_REPORT)),
            };
            match report.write(findings, context, out) {
                Ok(()) => tell(&format!("wrote {} for GitLab\n", ci::GITLAB_REPORT)),
                Err(failure) => tell(&format!("warning: {failure}\n")),
            }
            Ok(())
        }
        None => Ok(()),
    }
}

fn both(one: &Output, other: &Output) -> Failure {
    let (one_name, other_name) = (one.format.name(), other.format.name());
    let place = match &one.file {
        Some(file) => file.as_str(),
        None => "standard output",
    };
    Failure::refused(format!(
        "{one_name} and {other_name} would both go to {place}"
    ))
    .help(format!(
        "give each a place of its own: `--output {other_name}=FILE`"
    ))
}

fn cannot(error: &OutputError) -> Failure {
    let failure = Failure::environment(error.to_string());
    match std::error::Error::source(error) {
        Some(cause) => failure.because(cause),
        None => failure,
    }
}

//! `ddt lint`: says what is wrong with documents, without touching anything.

mod compare;
mod inputs;

use std::io::Write;

use camino::Utf8PathBuf;
use clap::{Args, ValueEnum};
use jiff::Timestamp;

use super::context::Context;
use super::{documents, print};
use crate::clock;
use crate::component::ComponentDefinition;
use crate::document::{Diagnostic, Severity};
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::inventory::Inventory;
use crate::lint::{Deployment, Linter, RuleSelector, Selection, Subject, Surroundings};
use crate::lint::{docs, output, rule};
use crate::report::{self, Stream};
use compare::CompareArgs;

/// Say what is wrong with documents, before anything is deployed
#[derive(Clone, Debug, Args)]
pub(super) struct LintArgs {
    /// Files, directories with `.hjson` files, or `-` for standard input
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
    /// Only these rules: codes, names, or the beginning of codes, such as DDT3
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    select: Vec<RuleSelector>,
    /// Not these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    ignore: Vec<RuleSelector>,
    /// How bad findings of a rule are: error, warning or info
    #[arg(long, value_name = "RULE=LEVEL", value_delimiter = ',', value_parser = severity)]
    severity: Vec<(RuleSelector, Severity)>,
    /// The least level of findings that makes the exit code 1
    #[arg(long, value_name = "LEVEL", default_value = "warning")]
    fail_on: Level,
    /// Take the nodes for new ones, on which everything has to be deployed
    #[arg(long)]
    fresh: bool,
    /// The time to judge build times by, in RFC 3339 [default: now]
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
    #[command(flatten)]
    compare: CompareArgs,
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

/// How bad a finding is.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Level {
    Error,
    Warning,
    Info,
}

impl LintArgs {
    /// Lints, and prints the findings to `out`.
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<ExitCode, Failure> {
        if let Some(explained) = &self.explain {
            return explain(explained, out);
        }
        let selection = self.selection()?;
        let mut subjects = inputs::read(&self, context)?;
        let definitions = inputs::definitions(context)?;
        let surroundings = self.surroundings(context, &definitions, &subjects)?;
        add_broken(&mut subjects, definitions);
        let linter = Linter {
            surroundings: &surroundings,
            selection: &selection,
        };
        let found = linter.lint_all(&subjects);
        print(out, &self.rendered(&found, subjects.len(), context)?)?;
        let least = self.fail_on.severity();
        match found.iter().any(|one| one.severity >= least) {
            true => Ok(ExitCode::Error),
            false => Ok(ExitCode::Done),
        }
    }

    fn selection(&self) -> Result<Selection, Failure> {
        let changed = self.severity.iter().map(|(selector, _)| selector);
        let fixed = changed
            .chain(&self.ignore)
            .find_map(|selector| match selector {
                RuleSelector::One(code) => rule(code).filter(|rule| !rule.is_ignorable()),
                RuleSelector::Prefix(_) => None,
            });
        match fixed {
            Some(rule) => Err(Failure::refused(format!(
                "{} can be neither ignored nor changed: nothing else can be said of a text that is not HJSON",
                rule.code
            ))),
            None => Ok(Selection {
                select: self.select.clone(),
                ignore: self.ignore.clone(),
                severities: self.severity.clone(),
            }),
        }
    }

    /// What is known besides the documents: definitions that are linted replace those of the
    /// project, and these the ones that are built in.
    fn surroundings(
        &self,
        context: &Context,
        definitions: &[Subject],
        subjects: &[Subject],
    ) -> Result<Surroundings, Failure> {
        let mut surroundings = Surroundings::built_in();
        let typed = definitions.iter().chain(subjects);
        for definition in typed.filter_map(Subject::typed::<ComponentDefinition>) {
            let name = definition.component.clone();
            surroundings.definitions.insert(name, definition);
        }
        for path in &self.inventory {
            let absolute = context.working_directory.join(path);
            let document = documents::read::<Inventory>(&absolute, path)?;
            surroundings.inventories.push(document.value);
        }
        surroundings.recorded = self.compare.recorded(context)?;
        surroundings.earlier = self.compare.earlier(subjects, context)?;
        surroundings.now = Some(self.now.unwrap_or_else(clock::now));
        if self.fresh {
            surroundings.deployment = Deployment::Fresh;
        }
        Ok(surroundings)
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

impl Level {
    fn severity(self) -> Severity {
        match self {
            Self::Error => Severity::Error,
            Self::Warning => Severity::Warning,
            Self::Info => Severity::Info,
        }
    }
}

/// A definition of the project that cannot be used is linted, too: without it a manifest
/// would seem to name an unknown component.
fn add_broken(subjects: &mut Vec<Subject>, definitions: Vec<Subject>) {
    for definition in definitions {
        let is_broken = definition.typed::<ComponentDefinition>().is_none();
        let is_linted = |subject: &Subject| subject.source.path() == definition.source.path();
        if is_broken && !subjects.iter().any(is_linted) {
            subjects.push(definition);
        }
    }
    subjects.sort_by(|left, right| left.source.path().cmp(right.source.path()));
}

/// Prints the pages of the rules that are meant.
fn explain(selector: &RuleSelector, out: &mut dyn Write) -> Result<ExitCode, Failure> {
    let rules = crate::lint::RULES.iter();
    let pages: Vec<String> = rules
        .filter(|rule| selector.selects(rule))
        .map(|rule| docs::page(rule))
        .collect();
    print(out, &pages.join("\n"))?;
    Ok(ExitCode::Done)
}

/// Reads `RULE=LEVEL`.
fn severity(text: &str) -> Result<(RuleSelector, Severity), String> {
    let (selector, level) = text
        .split_once('=')
        .ok_or_else(|| "expected RULE=LEVEL".to_owned())?;
    let selector = selector
        .parse()
        .map_err(|error: crate::lint::UnknownRule| error.to_string())?;
    let level = Level::from_str(level, true)
        .map_err(|_| format!("`{level}` is not error, warning or info"))?;
    Ok((selector, level.severity()))
}

#[cfg(test)]
mod tests;

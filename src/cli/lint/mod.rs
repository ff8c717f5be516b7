//! `ddt lint`: says what is wrong with documents, without touching anything.

mod fix;
mod inputs;
mod output;

use std::collections::BTreeSet;
use std::io::Write;

use camino::Utf8PathBuf;
use clap::{Args, ValueEnum};
use jiff::Timestamp;

use super::context::Context;
use super::{documents, print, tell};
use crate::clock;
use crate::component::ComponentDefinition;
use crate::document::Severity;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::inventory::Inventory;
use crate::lint::{Deployment, Linter, RuleSelector, Selection, Subject, Surroundings};
use crate::lint::{docs, rule};
use output::{OutputArgs, OutputRequest};

/// Say what is wrong with documents, before anything is deployed
#[derive(Clone, Debug, Args)]
pub(super) struct LintArgs {
    /// Files, directories with `.hjson` files, or `-` for standard input
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
    fix: fix::FixArgs,
    /// Explain a rule and do nothing else
    #[arg(long, value_name = "RULE")]
    explain: Option<RuleSelector>,
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
        self.output.check()?;
        let mut subjects = inputs::read(&self, context)?;
        let definitions = inputs::definitions(context)?;
        let surroundings = self.surroundings(context, &definitions, &subjects)?;
        let named = subjects
            .iter()
            .map(|subject| subject.source.path().to_owned());
        let named: BTreeSet<Utf8PathBuf> = named.collect();
        add_broken(&mut subjects, definitions);
        let documents = fix::Documents {
            subjects: &subjects,
            named: &named,
            standard_input: inputs::standard_input_name(&self),
            context,
        };
        let linter = Linter {
            surroundings: &surroundings,
            selection: &selection,
        };
        if self.fix.only_shows() {
            return self.fix.show(&linter, &documents, out);
        }
        let mended = self.fix.lint(&linter, &documents, out)?;
        let found = &mended.findings;
        let files: Vec<_> = subjects.iter().map(|one| one.source.path()).collect();
        let request = OutputRequest {
            diagnostics: found,
            files: &files,
        };
        // Standard output has the fixed text then.
        let is_taken = documents.standard_input.is_some() && self.fix.writes();
        let mut rendered = Vec::new();
        self.output.write(&request, context, &mut rendered)?;
        let rendered = String::from_utf8_lossy(&rendered);
        let said = self.fix.said(&mended);
        match (is_taken, self.output.is_for_people()) {
            (true, _) => tell(&format!("{rendered}{said}")),
            (false, true) => print(out, &format!("{rendered}{said}"))?,
            (false, false) => {
                print(out, &rendered)?;
                tell(&said);
            }
        }
        let least = self.fail_on.severity();
        let counts = !self.output.is_exit_zero();
        match counts && found.iter().any(|one| one.severity >= least) {
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
        surroundings.now = Some(self.now.unwrap_or_else(clock::now));
        if self.fresh {
            surroundings.deployment = Deployment::Fresh;
        }
        Ok(surroundings)
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

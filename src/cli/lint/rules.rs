//! Which rules count: what the call says about it.

use clap::{Args, ValueEnum};

use crate::cli::context::Context;
use crate::cli::documents;
use crate::document::Severity;
use crate::failure::Failure;
use crate::lint::{Layer, Rule, RuleSelector, Selection, UnknownRule};
use crate::project::Profile;

/// Which rules count, and how much.
#[derive(Clone, Debug, Args)]
pub(super) struct RuleArgs {
    /// How strict the rules are to begin with
    #[arg(long, value_name = "PROFILE")]
    profile: Option<Profile>,
    /// Only these rules: codes, names, or the beginning of codes, such as DDT3
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    select: Vec<RuleSelector>,
    /// Not these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    ignore: Vec<RuleSelector>,
    /// How bad findings of a rule are: error, warning or info
    #[arg(long, value_name = "RULE=LEVEL", value_delimiter = ',', value_parser = severity)]
    severity: Vec<(RuleSelector, Severity)>,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Level {
    Error,
    Warning,
    Info,
}

impl Level {
    pub(super) fn severity(self) -> Severity {
        match self {
            Self::Error => Severity::Error,
            Self::Warning => Severity::Warning,
            Self::Info => Severity::Info,
        }
    }
}

impl RuleArgs {
    /// What the call and the project want.
    pub(super) fn selection(&self, context: &Context) -> Result<Selection, Failure> {
        let mut selection = documents::selection(context);
        if let Some(rule) = self.fixed(&selection) {
            return Err(cannot_change(rule));
        }
        selection.profile = self.profile.unwrap_or(selection.profile);
        selection.call = Layer {
            select: self.select.clone(),
            ignore: self.ignore.clone(),
            severities: self.severity.clone(),
        };
        Ok(selection)
    }

    /// A rule that the call wants to change, and may not. The beginning of codes means the
    /// rules that may be changed.
    fn fixed(&self, selection: &Selection) -> Option<&'static Rule> {
        let changed = self.severity.iter().map(|(selector, _)| selector);
        let mut changed = changed.chain(&self.ignore);
        changed.find_map(|selector| match selector {
            RuleSelector::One(code) => {
                crate::lint::rule(code).filter(|rule| !selection.is_ignorable(rule))
            }
            RuleSelector::Prefix(_) => None,
        })
    }
}

fn cannot_change(rule: &Rule) -> Failure {
    let why = match rule.is_ignorable() {
        false => "nothing else can be said of a text that is not HJSON",
        true => "ddt.hjson says that it is unignorable",
    };
    Failure::refused(format!(
        "{} can be neither ignored nor changed: {why}",
        rule.code
    ))
}

/// Reads `RULE=LEVEL`.
fn severity(text: &str) -> Result<(RuleSelector, Severity), String> {
    let (selector, level) = text
        .split_once('=')
        .ok_or_else(|| "expected RULE=LEVEL".to_owned())?;
    let selector = selector
        .parse()
        .map_err(|error: UnknownRule| error.to_string())?;
    let level = Level::from_str(level, true)
        .map_err(|_| format!("`{level}` is not error, warning or info"))?;
    Ok((selector, level.severity()))
}

//! Which rules count, and how much: the command line goes before the project's settings for
//! a file, these before its settings for all, and these before the profile.

mod layer;
mod profile;
mod selector;
mod settings;

use camino::Utf8Path;

use super::registry::rule;
use super::rule::{Activation, Rule};
use crate::document::Diagnostic;
use crate::project::{PathPattern, Profile, ProjectPaths};

pub use layer::Layer;
pub use selector::{RuleSelector, UnknownRule};
pub(super) use settings::{NamedRule, unknown_rules};

/// What the user wants to hear about. By default every rule counts as it says itself.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// How strict the rules are to begin with.
    pub profile: Profile,
    /// What the project says.
    pub project: Layer,
    /// What the project says about some files; a later one goes before an earlier one.
    pub overrides: Vec<Override>,
    /// What was asked for in the call.
    pub call: Layer,
    /// Rules that nobody can ignore, besides syntax errors.
    pub unignorable: Vec<RuleSelector>,
    /// Where the project's files are.
    pub paths: ProjectPaths,
}

/// What a project says about some files.
#[derive(Clone, Debug)]
pub struct Override {
    /// The files that are meant.
    pub paths: Vec<PathPattern>,
    /// What is said about them.
    pub layer: Layer,
}

impl Selection {
    /// Whether findings of a rule may be ignored. Syntax errors may not, and neither what
    /// the project says so of.
    pub fn is_ignorable(&self, rule: &Rule) -> bool {
        let named = self.unignorable.iter().any(|one| one.selects(rule));
        rule.is_ignorable() && !named
    }

    /// Whether a finding counts; if so, it gets the severity that was asked for.
    pub(super) fn keep(&self, diagnostic: &mut Diagnostic) -> bool {
        let Some(rule) = diagnostic
            .code
            .and_then(rule)
            .filter(|rule| rule.is_ignorable())
        else {
            return true;
        };
        let layers = self.layers(rule, diagnostic);
        let stated = layers.iter().find_map(|layer| layer.severity(rule));
        if let Some(severity) = stated.or_else(|| profile::severity(self.profile, rule)) {
            diagnostic.severity = severity;
        }
        let active = layers.iter().find_map(|layer| layer.activation(rule));
        let active = active.unwrap_or_else(|| profile::activation(self.profile, rule));
        active == Activation::On || !self.is_ignorable(rule)
    }

    /// Who has a say about a finding, the first word first.
    fn layers(&self, rule: &Rule, diagnostic: &Diagnostic) -> Vec<&Layer> {
        if !self.is_ignorable(rule) {
            return vec![&self.project];
        }
        let mut layers = vec![&self.call];
        if !self.overrides.is_empty()
            && let Some(label) = diagnostic.primary()
        {
            layers.extend(self.overrides_of(label.source.path()));
        }
        layers.push(&self.project);
        layers
    }

    fn overrides_of(&self, shown: &Utf8Path) -> impl Iterator<Item = &Layer> {
        let path = self.paths.in_project(shown);
        let fitting = self.overrides.iter().rev();
        fitting
            .filter(move |one| one.paths.iter().any(|pattern| pattern.fits(&path)))
            .map(|one| &one.layer)
    }
}

#[cfg(test)]
mod tests;

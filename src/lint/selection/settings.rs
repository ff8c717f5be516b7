//! The section `lint` of `ddt.hjson` as a selection.

use std::collections::BTreeMap;

use super::layer::Layer;
use super::selector::{RuleSelector, UnknownRule};
use super::{Override, Selection};
use crate::document::Severity;
use crate::hjson::KeyPath;
use crate::project::{LintSettings, ProjectPaths};

impl Selection {
    /// What a project wants. A rule that does not exist is left out here: rule DDT902 has
    /// refused the project for it.
    pub fn of_project(settings: &LintSettings, paths: ProjectPaths) -> Self {
        let overrides = settings.overrides.iter().map(|one| Override {
            paths: one.paths.clone(),
            layer: Layer {
                select: Vec::new(),
                ignore: known(&one.ignore),
                severities: levels(&one.severity),
            },
        });
        Self {
            profile: settings.profile,
            project: Layer {
                select: known(&settings.select),
                ignore: known(&settings.ignore),
                severities: levels(&settings.severity),
            },
            overrides: overrides.collect(),
            unignorable: known(&settings.unignorable),
            paths,
            ..Self::default()
        }
    }
}

fn known(written: &[String]) -> Vec<RuleSelector> {
    written
        .iter()
        .filter_map(|text| text.parse().ok())
        .collect()
}

/// Shorter beginnings of codes come first: the last one that fits counts.
fn levels(written: &BTreeMap<String, Severity>) -> Vec<(RuleSelector, Severity)> {
    let parsed = written.iter();
    let mut levels: Vec<(RuleSelector, Severity)> = parsed
        .filter_map(|(text, severity)| Some((text.parse().ok()?, *severity)))
        .collect();
    levels.sort_by_key(|(selector, _)| selector.precision());
    levels
}

/// Every rule that a project names and that does not exist, with its place.
pub(in crate::lint) fn unknown_rules(settings: &LintSettings) -> Vec<(NamedRule, UnknownRule)> {
    let root = KeyPath::from(["lint"]);
    let lists = [
        ("select", &settings.select),
        ("ignore", &settings.ignore),
        ("unignorable", &settings.unignorable),
    ];
    let mut named = Vec::new();
    for (key, list) in lists {
        named.extend(items(&root.clone().key(key), list));
    }
    named.extend(keys(&root.clone().key("severity"), &settings.severity));
    for (index, one) in settings.overrides.iter().enumerate() {
        let path = root.clone().key("overrides").index(index);
        named.extend(items(&path.clone().key("ignore"), &one.ignore));
        named.extend(keys(&path.key("severity"), &one.severity));
    }
    let checked = named.into_iter();
    checked
        .filter_map(|(place, text)| Some((place, text.parse::<RuleSelector>().err()?)))
        .collect()
}

/// Where a project names a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::lint) enum NamedRule {
    /// As a key.
    Key(KeyPath),
    /// As an item of a list.
    Item(KeyPath),
}

fn items<'a>(
    path: &KeyPath,
    list: &'a [String],
) -> impl Iterator<Item = (NamedRule, &'a str)> + use<'a> {
    let path = path.clone();
    let items = list.iter().enumerate();
    items.map(move |(index, text)| (NamedRule::Item(path.clone().index(index)), text.as_str()))
}

fn keys<'a>(
    path: &KeyPath,
    map: &'a BTreeMap<String, Severity>,
) -> impl Iterator<Item = (NamedRule, &'a str)> + use<'a> {
    let path = path.clone();
    map.keys()
        .map(move |text| (NamedRule::Key(path.clone().key(text)), text.as_str()))
}

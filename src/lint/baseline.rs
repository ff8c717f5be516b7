//! A baseline: findings that are known and accepted, so that only new ones are reported. An
//! entry names file, key path and rule, no line: it holds when lines move.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::finding::{Finding, Place};
use super::registry::rule;
use super::rules::stale_baseline;
use super::selection::Selection;
use crate::document::{Diagnostic, Document, Source};
use crate::hjson::KeyPath;

/// The version of the file's shape.
const SCHEMA: u32 = 1;

/// A baseline as it was read.
#[derive(Clone, Debug)]
pub struct Baseline {
    document: Document<Content>,
}

/// What the file says: the codes of findings by file and key path. A code that is there
/// twice was found twice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Content {
    /// The version of this shape: 1.
    schema: u32,
    /// The codes, by file (relative to the project) and key path.
    files: BTreeMap<String, Codes>,
}

type Codes = BTreeMap<String, Vec<String>>;

impl Baseline {
    /// Reads a baseline; errors name their place.
    pub fn read(source: Source) -> Result<Self, Vec<Diagnostic>> {
        let document: Document<Content> = Document::read(source)?;
        let found = document.value.schema;
        if found == SCHEMA {
            return Ok(Self { document });
        }
        let message = format!("this baseline has schema {found}; this ddt knows {SCHEMA}");
        let span = document.span(&KeyPath::from(["schema"]));
        let error = Diagnostic::error(message)
            .code("DDT203")
            .at(&document.source, span, "")
            .help("write it again with --write-baseline");
        Err(vec![error])
    }

    /// Takes away the findings that are listed, and adds one per entry that fits none. What
    /// may not be ignored is not taken away. `is_settled` tells of a file (relative to the
    /// project) whether all its findings are here: entries of others are left alone.
    pub fn apply(
        &self,
        mut found: Vec<Diagnostic>,
        selection: &Selection,
        is_settled: impl Fn(&Utf8Path) -> bool,
    ) -> Vec<Diagnostic> {
        let mut left = self.entries();
        found.retain(|diagnostic| {
            let entry = Entry::of(diagnostic, selection);
            let places = entry.and_then(|entry| left.get_mut(&entry));
            places.and_then(Vec::pop).is_none()
        });
        let stale = left
            .into_iter()
            .filter(|(entry, _)| is_settled(&entry.file));
        let stale = stale.flat_map(|(entry, places)| {
            let places = places.into_iter();
            places.map(move |place| (entry.clone(), place))
        });
        let mut reported: Vec<Diagnostic> = stale
            .map(|(entry, place)| self.stale(&entry, place))
            .collect();
        reported.retain_mut(|diagnostic| selection.keep(diagnostic));
        found.extend(reported);
        found
    }

    /// The text of a baseline of these findings. Entries of the one before are kept where
    /// `is_settled` says that a file was not looked at. The same findings give the same text.
    pub fn write(
        before: Option<&Self>,
        found: &[Diagnostic],
        selection: &Selection,
        is_settled: impl Fn(&Utf8Path) -> bool,
    ) -> serde_json::Result<String> {
        let old = before.map(|baseline| baseline.document.value.files.clone());
        let mut files = old.unwrap_or_default();
        files.retain(|file, _| !is_settled(file.as_str().into()));
        for entry in found.iter().filter_map(|one| Entry::of(one, selection)) {
            let codes = files.entry(entry.file.into_string()).or_default();
            codes.entry(entry.path).or_default().push(entry.code);
        }
        for codes in files.values_mut().flat_map(BTreeMap::values_mut) {
            codes.sort_unstable();
        }
        let content = Content {
            schema: SCHEMA,
            files,
        };
        serde_json::to_string_pretty(&content).map(|text| text + "\n")
    }

    /// Every entry, with the places of its codes, the last one first.
    fn entries(&self) -> BTreeMap<Entry, Vec<KeyPath>> {
        let mut entries: BTreeMap<Entry, Vec<KeyPath>> = BTreeMap::new();
        for (file, paths) in &self.document.value.files {
            for (path, codes) in paths {
                let place = KeyPath::from(["files", file, path]);
                for (index, code) in codes.iter().enumerate().rev() {
                    let entry = Entry {
                        file: file.into(),
                        path: path.clone(),
                        code: code.clone(),
                    };
                    let places = entries.entry(entry).or_default();
                    places.push(place.clone().index(index));
                }
            }
        }
        entries
    }

    fn stale(&self, entry: &Entry, place: KeyPath) -> Diagnostic {
        let Entry { file, path, code } = entry;
        Finding::new(format!("`{code}` at `{path}` of {file} is found no more"))
            .at(Place::Value(place), "")
            .help("write the baseline again with --write-baseline")
            .locate(
                &stale_baseline::RULE,
                &self.document.source,
                &self.document.tree,
            )
    }
}

/// What an accepted finding is known by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    file: Utf8PathBuf,
    path: String,
    code: String,
}

impl Entry {
    /// `None` for a finding that may not be accepted.
    fn of(diagnostic: &Diagnostic, selection: &Selection) -> Option<Self> {
        let rule = diagnostic.code.and_then(rule)?;
        let label = diagnostic.primary()?;
        let path = label.path.clone().unwrap_or_default();
        selection.is_ignorable(rule).then(|| Self {
            file: selection.paths.in_project(label.source.path()),
            path: path.to_string(),
            code: rule.code.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests;

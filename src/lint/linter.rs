//! Runs the rules over one document.

use super::context::{ManifestContext, Surroundings, TextContext};
use super::finding::Finding;
use super::kind::DocumentKind;
use super::manifest_view::ManifestView;
use super::misread::Misread;
use super::registry::RULES;
use super::rule::{Check, Rule};
use super::selection::Selection;
use super::suppression::Suppressions;
use crate::component::ComponentDefinition;
use crate::document::{Diagnostic, Document, Source, keeps_structure, syntax_errors};
use crate::hjson::{self, Parsed};
use crate::inventory::Inventory;

/// A text that was parsed, and what kind of document it is taken for.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The text and its name.
    pub source: Source,
    /// What the parser made of it.
    pub parsed: Parsed,
    /// What it is taken for.
    pub kind: DocumentKind,
}

/// Runs the rules over documents.
#[derive(Clone, Copy, Debug)]
pub struct Linter<'a> {
    /// What is known besides the documents.
    pub surroundings: &'a Surroundings,
    /// Which rules count, and how much.
    pub selection: &'a Selection,
}

impl Subject {
    /// Parses the bytes of a file and recognises what it is.
    pub fn recognise(path: &str, bytes: &[u8]) -> Self {
        let parsed = hjson::parse_bytes(bytes);
        let kind = DocumentKind::recognise(path.into(), &parsed.tree);
        Self::new(path, parsed, kind)
    }

    /// Parses the bytes of a file that must be of a kind.
    pub fn of_kind(path: &str, bytes: &[u8], kind: DocumentKind) -> Self {
        Self::new(path, hjson::parse_bytes(bytes), kind)
    }

    fn new(path: &str, parsed: Parsed, kind: DocumentKind) -> Self {
        Self {
            source: Source::new(path, parsed.tree.source()),
            parsed,
            kind,
        }
    }

    fn text(&self) -> TextContext<'_> {
        TextContext {
            source: &self.source,
            tree: &self.parsed.tree,
        }
    }

    /// Whether the document can be looked at beyond its text.
    fn has_structure(&self) -> bool {
        self.parsed.errors.iter().all(keeps_structure)
    }

    fn locate(&self, rule: &Rule, findings: Vec<Finding>) -> impl Iterator<Item = Diagnostic> {
        let located = findings
            .into_iter()
            .map(|finding| finding.locate(rule, &self.source, &self.parsed.tree));
        located.collect::<Vec<_>>().into_iter()
    }
}

impl Linter<'_> {
    /// Everything the selected rules find, by place and code.
    pub fn lint(&self, subject: &Subject) -> Vec<Diagnostic> {
        let mut found = text_findings(subject);
        if subject.has_structure() {
            let misread = Misread::new(&subject.parsed, &found);
            let meant = self.meaning_findings(subject);
            found.extend(meant.into_iter().filter(|one| !misread.explains(one)));
        }
        let mut found = Suppressions::of(subject, self.surroundings.now).apply(found);
        found.retain_mut(|diagnostic| self.selection.keep(diagnostic));
        found.sort_by_key(place_and_code);
        found
    }

    /// What the shape and the meaning of a document are found to be.
    fn meaning_findings(&self, subject: &Subject) -> Vec<Diagnostic> {
        let (source, tree) = (&subject.source, &subject.parsed.tree);
        let schema = subject.kind.schema();
        let mut found = schema.map_or_else(Vec::new, |schema| schema.check(source, tree));
        match subject.kind {
            DocumentKind::Manifest => found.extend(self.manifest_findings(subject)),
            DocumentKind::Component if found.is_empty() => {
                found.extend(typed_findings(subject, component_findings));
            }
            DocumentKind::Inventory if found.is_empty() => {
                found.extend(typed_findings(subject, inventory_findings));
            }
            _ => {}
        }
        found
    }

    fn manifest_findings(&self, subject: &Subject) -> Vec<Diagnostic> {
        let surroundings = self.surroundings;
        let Some(manifest) = ManifestView::new(&subject.parsed.tree, surroundings) else {
            return Vec::new();
        };
        let context = ManifestContext {
            manifest: &manifest,
            surroundings,
        };
        run_checks(subject, |check| match check {
            Check::Manifest(look) => look(&context),
            _ => Vec::new(),
        })
    }
}

fn text_findings(subject: &Subject) -> Vec<Diagnostic> {
    let mut found = syntax_errors(&subject.source, &subject.parsed);
    found.extend(run_checks(subject, |check| match check {
        Check::Text(look) => look(&subject.text()),
        _ => Vec::new(),
    }));
    found
}

fn component_findings(definition: &ComponentDefinition, check: &Check) -> Vec<Finding> {
    match check {
        Check::Component(look) => look(definition),
        _ => Vec::new(),
    }
}

fn inventory_findings(inventory: &Inventory, check: &Check) -> Vec<Finding> {
    match check {
        Check::Inventory(look) => look(inventory),
        _ => Vec::new(),
    }
}

fn typed_findings<T>(
    subject: &Subject,
    look: impl Fn(&T, &Check) -> Vec<Finding>,
) -> Vec<Diagnostic>
where
    T: serde::de::DeserializeOwned + schemars::JsonSchema,
{
    match Document::<T>::from_tree(subject.source.clone(), subject.parsed.tree.clone()) {
        Ok(document) => run_checks(subject, |check| look(&document.value, check)),
        Err(error) => vec![*error],
    }
}

fn run_checks(subject: &Subject, look: impl Fn(&Check) -> Vec<Finding>) -> Vec<Diagnostic> {
    let found = RULES.iter().flat_map(|rule| {
        let findings = rule.checks.iter().flat_map(&look).collect();
        subject.locate(rule, findings)
    });
    found.collect()
}

fn place_and_code(diagnostic: &Diagnostic) -> (usize, Option<&'static str>) {
    let offset = diagnostic.primary().map_or(0, |label| label.span.start);
    (offset, diagnostic.code)
}

//! Runs the rules over one document.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::across;
use super::compared::compared;
use super::context::{ManifestContext, Surroundings};
use super::finding::Finding;
use super::kind::DocumentKind;
use super::manifest_view::ManifestView;
use super::misread::Misread;
use super::redaction::Redaction;
use super::registry::RULES;
use super::rule::Check;
use super::selection::Selection;
use super::subject::{Origin, Subject};
use super::suppression::Suppressions;
use crate::component::ComponentDefinition;
use crate::document::{Diagnostic, Document, syntax_errors};
use crate::hjson::Span;
use crate::inventory::Inventory;
use crate::project::Project;

/// Runs the rules over documents.
#[derive(Clone, Copy, Debug)]
pub struct Linter<'a> {
    /// What is known besides the documents.
    pub surroundings: &'a Surroundings,
    /// Which rules count, and how much.
    pub selection: &'a Selection,
}

impl Linter<'_> {
    /// What rules find when documents that belong together are held against each other: for each of them, to be handed
    /// to [`Self::lint_among`].
    pub fn across(&self, subjects: &[Subject]) -> Vec<Vec<Diagnostic>> {
        across::findings(subjects, self.surroundings)
    }

    /// Everything the selected rules find in documents that belong together: in each by itself, and in one against the
    /// others. By document, place and code.
    pub fn lint_all(&self, subjects: &[Subject]) -> Vec<Diagnostic> {
        let linted = subjects.iter().zip(self.across(subjects));
        linted
            .flat_map(|(subject, across)| self.lint_among(subject, across))
            .collect()
    }

    /// Everything the selected rules find in one document, by place and code.
    pub fn lint(&self, subject: &Subject) -> Vec<Diagnostic> {
        self.lint_among(subject, Vec::new())
    }

    /// The same for one of several documents, with what was found in it when it was held against the others.
    pub fn lint_among(&self, subject: &Subject, across: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let mut found = match subject.kind {
            // What people read about documents that they write would mislead them here.
            DocumentKind::Lock => lock_findings(subject),
            _ => self.written_findings(subject, across),
        };
        found.retain_mut(|diagnostic| self.selection.keep(diagnostic));
        found.sort_by_key(place_and_code);
        found
    }

    /// Everything found in a document that somebody wrote, but for what is suppressed there.
    fn written_findings(&self, subject: &Subject, across: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let mut found = text_findings(subject);
        if subject.has_structure() {
            let misread = Misread::new(&subject.parsed, &found);
            let meant = self.meaning_findings(subject);
            let meant = meant.into_iter().chain(across);
            found.extend(meant.filter(|one| !misread.explains(one)));
        } else {
            withdraw_fixes(&mut found);
        }
        let redaction = Redaction::of(subject, &found);
        let mut found = Suppressions::of(subject, *self).apply(found);
        redaction.apply(&mut found);
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
            DocumentKind::Project if found.is_empty() => {
                found.extend(typed_findings(subject, |project, check| {
                    self.project_findings(project, check)
                }));
            }
            DocumentKind::Unknown if subject.origin == Origin::Named => {
                found.push(unknown_kind(subject));
            }
            _ => {}
        }
        found
    }

    fn project_findings(&self, project: &Project, check: &Check) -> Vec<Finding> {
        match (check, self.surroundings.command_line) {
            (Check::Project(look), _) => look(project),
            (Check::CommandLine(look), Some(command_line)) => look(project, command_line),
            _ => Vec::new(),
        }
    }

    fn manifest_findings(&self, subject: &Subject) -> Vec<Diagnostic> {
        let surroundings = self.surroundings;
        let Some(manifest) = ManifestView::new(&subject.parsed.tree, surroundings) else {
            return Vec::new();
        };
        let earlier = surroundings.earlier_manifest(subject.source.path());
        let context = ManifestContext {
            manifest: &manifest,
            surroundings,
            comparisons: &compared(&manifest, earlier.as_ref(), surroundings),
            lock: surroundings.lock_beside(subject.source.path()),
        };
        run_checks(subject, |check| match check {
            Check::Manifest(look) => look(&context),
            _ => Vec::new(),
        })
    }
}

/// A document that the user named, and of which no key is known.
fn unknown_kind(subject: &Subject) -> Diagnostic {
    let root = subject.parsed.tree.root();
    let has_entries = root.is_some_and(|root| root.members().next().is_some());
    let (code, message) = match has_entries {
        true => ("DDT203", "this is no document that ddt knows"),
        false => ("DDT207", "the document is empty"),
    };
    Diagnostic::error(message)
        .code(code)
        .at(&subject.source, Span::new(0, 0), "")
        .help(
            "a manifest has `components`, an inventory `nodes`, a component definition `stages`, \
             a bundle descriptor `steps`",
        )
}

/// In a text that is not understood nobody knows what a change does. A byte order mark is in nobody's way.
fn withdraw_fixes(found: &mut [Diagnostic]) {
    let in_doubt = found.iter_mut().filter(|one| one.code != Some("DDT003"));
    in_doubt.for_each(|one| one.fix = None);
}

/// What is wrong with a lock file. Where its text is as it should be, its bytes may still be others.
fn lock_findings(subject: &Subject) -> Vec<Diagnostic> {
    let found = run_checks(subject, |check| match check {
        Check::Lock(look) => look(&subject.source),
        _ => Vec::new(),
    });
    match found.is_empty() {
        true => syntax_errors(&subject.source, &subject.parsed),
        false => found,
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
    T: DeserializeOwned + JsonSchema,
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

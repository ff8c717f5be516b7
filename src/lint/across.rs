//! Holds the manifests of one call against each other.
//!
//! Every check walks the manifests once and looks others up by key, so that ten thousand
//! of them take ten thousand times as long as one.

use super::context::Surroundings;
use super::finding::{Finding, Place};
use super::kind::DocumentKind;
use super::manifest_view::{ComponentView, ManifestView, PackageView};
use super::registry::RULES;
use super::rule::Check;
use super::subject::Subject;
use crate::document::{Diagnostic, Label};
use crate::tag::ReleaseTag;

/// One of the manifests.
#[derive(Clone, Debug)]
pub struct ManifestDocument<'a> {
    /// Its place in the order of the documents.
    index: usize,
    subject: &'a Subject,
    /// The manifest, as far as it can be understood.
    pub manifest: ManifestView<'a>,
}

/// What a rule found in one of the manifests.
#[derive(Clone, Debug)]
pub struct DocumentFinding {
    document: usize,
    finding: Finding,
}

/// A release that a manifest wants.
#[derive(Clone, Copy, Debug)]
pub(super) struct WantedRelease<'a> {
    pub(super) document: &'a ManifestDocument<'a>,
    pub(super) component: &'a ComponentView<'a>,
    pub(super) package: &'a PackageView<'a>,
    pub(super) tag: &'a ReleaseTag,
}

/// What every rule finds across the documents, for each of them.
pub(super) fn findings(subjects: &[Subject], surroundings: &Surroundings) -> Vec<Vec<Diagnostic>> {
    let mut found = vec![Vec::new(); subjects.len()];
    let documents = documents(subjects, surroundings);
    if documents.len() < 2 {
        return found;
    }
    for rule in RULES {
        let checks = rule.checks.iter().filter_map(|check| match check {
            Check::Across(look) => Some(look),
            _ => None,
        });
        for one in checks.flat_map(|look| look(&documents)) {
            let placed = subjects.get(one.document).zip(found.get_mut(one.document));
            if let Some((subject, found)) = placed {
                let (source, tree) = (&subject.source, &subject.parsed.tree);
                found.push(one.finding.locate(rule, source, tree));
            }
        }
    }
    found
}

fn documents<'a>(
    subjects: &'a [Subject],
    surroundings: &'a Surroundings,
) -> Vec<ManifestDocument<'a>> {
    let numbered = subjects.iter().enumerate();
    let manifests = numbered
        .filter(|(_, subject)| subject.kind == DocumentKind::Manifest && subject.has_structure());
    let documents = manifests.filter_map(|(index, subject)| {
        Some(ManifestDocument {
            index,
            subject,
            manifest: ManifestView::new(&subject.parsed.tree, surroundings)?,
        })
    });
    documents.collect()
}

/// Every release that the manifests want, in order.
pub(super) fn wanted<'a>(
    documents: &'a [ManifestDocument<'a>],
) -> impl Iterator<Item = WantedRelease<'a>> {
    let components = documents.iter().flat_map(|document| {
        let components = document.manifest.components.iter();
        components.map(move |component| (document, component))
    });
    components.flat_map(|(document, component)| {
        component.tagged().map(move |(package, tag)| WantedRelease {
            document,
            component,
            package,
            tag,
        })
    })
}

impl ManifestDocument<'_> {
    /// Whether both are the same document.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.index == other.index
    }

    /// Makes a finding of this document.
    pub(super) fn found(&self, finding: Finding) -> DocumentFinding {
        DocumentFinding {
            document: self.index,
            finding,
        }
    }

    /// A place of this document, for a finding of another one.
    pub(super) fn label(&self, place: Place, text: String) -> Label {
        let Subject { source, parsed, .. } = self.subject;
        place.label(source, &parsed.tree, text)
    }
}

impl WantedRelease<'_> {
    /// Where it is wanted.
    pub(super) fn place(&self) -> Place {
        Place::Value(self.package.key("tag"))
    }

    /// Where it is wanted, for a finding of another document.
    pub(super) fn label(&self, text: String) -> Label {
        self.document.label(self.place(), text)
    }
}

#[cfg(test)]
mod tests;

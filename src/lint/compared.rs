//! What a manifest wants against what was there before: on the recorded nodes of its zone,
//! or in the same file at an earlier revision.

use std::collections::HashMap;

use super::context::{EarlierManifest, Surroundings};
use super::finding::{Finding, Place};
use super::manifest_view::{ComponentView, ManifestView, PackageView};
use crate::name::Name;
use crate::plan::Comparison;
use crate::tag::ReleaseTag;

/// A package that wants a release, and a release that it had.
#[derive(Clone, Debug)]
pub struct Compared<'a> {
    /// The component of the package.
    pub component: &'a ComponentView<'a>,
    /// The package.
    pub package: &'a PackageView<'a>,
    /// The release that is wanted.
    pub wanted: &'a ReleaseTag,
    /// The release that was there.
    pub before: &'a ReleaseTag,
    /// Where it was.
    pub whence: Whence<'a>,
    /// How the one stands to the other.
    pub comparison: Comparison,
}

/// Where a release was.
#[derive(Clone, Debug)]
pub enum Whence<'a> {
    /// On these nodes; at least one.
    Nodes(Vec<&'a Name>),
    /// In the same file at a revision.
    Revision(&'a str),
}

/// Every package of a manifest against each release that it had. A release that several
/// nodes have is there once.
pub(super) fn compared<'a>(
    manifest: &'a ManifestView<'a>,
    earlier: Option<&'a EarlierManifest<'a>>,
    surroundings: &'a Surroundings,
) -> Vec<Compared<'a>> {
    let mut found = Vec::new();
    for component in &manifest.components {
        let before = earlier.map(|earlier| EarlierTags::new(earlier, component));
        let nodes = manifest.mzone.as_ref().map(|mzone| {
            let nodes = surroundings.recorded.nodes(mzone, &component.name);
            nodes.collect::<Vec<_>>()
        });
        for (package, wanted) in component.tagged() {
            let compare = |(before, whence)| Compared {
                component,
                package,
                wanted,
                before,
                whence,
                comparison: Comparison::of(wanted, before),
            };
            let on_nodes = releases_on(nodes.as_deref().unwrap_or_default(), package);
            found.extend(on_nodes.into_iter().map(compare));
            let at_revision = before.as_ref().and_then(|before| before.of(package));
            found.extend(at_revision.map(compare));
        }
    }
    found
}

/// The tags of a component at an earlier revision.
struct EarlierTags<'a> {
    revision: &'a str,
    tags: HashMap<&'a str, &'a ReleaseTag>,
}

impl<'a> EarlierTags<'a> {
    fn new(earlier: &'a EarlierManifest<'a>, component: &ComponentView<'_>) -> Self {
        let mut components = earlier.manifest.components.iter();
        let same = components.find(|one| one.name == component.name);
        let tagged = same.into_iter().flat_map(ComponentView::tagged);
        Self {
            revision: earlier.revision,
            tags: tagged
                .map(|(package, tag)| (package.name.as_str(), tag))
                .collect(),
        }
    }

    fn of(&self, package: &PackageView<'_>) -> Option<(&'a ReleaseTag, Whence<'a>)> {
        let tag = self.tags.get(package.name.as_str())?;
        Some((tag, Whence::Revision(self.revision)))
    }
}

/// The releases of a package on nodes, in the order of the nodes.
fn releases_on<'a>(
    nodes: &[(&'a Name, &'a super::recorded::NodeReleases)],
    package: &PackageView<'_>,
) -> Vec<(&'a ReleaseTag, Whence<'a>)> {
    let mut releases: Vec<(&ReleaseTag, Vec<&Name>)> = Vec::new();
    let mut index_of: HashMap<&ReleaseTag, usize> = HashMap::new();
    for (node, recorded) in nodes {
        let Some(tag) = recorded.packages.get(package.name.as_str()) else {
            continue;
        };
        let index = *index_of.entry(tag).or_insert(releases.len());
        match releases.get_mut(index) {
            Some((_, nodes)) => nodes.push(node),
            None => releases.push((tag, vec![node])),
        }
    }
    let releases = releases.into_iter();
    releases
        .map(|(tag, nodes)| (tag, Whence::Nodes(nodes)))
        .collect()
}

impl Compared<'_> {
    /// Starts a finding at the tag; the message goes on with what was there.
    pub(super) fn finding(&self, message: &str, label: &str) -> Finding {
        let (package, before) = (&self.package.name, self.had());
        Finding::new(format!("`{package}` {message}: {before}"))
            .at(Place::Value(self.package.key("tag")), label)
    }

    /// `node-1 and 2 more nodes have 3.1.10-…`, or `at main it was 3.1.10-…`.
    fn had(&self) -> String {
        let before = self.before;
        match &self.whence {
            Whence::Revision(revision) => format!("at `{revision}` it was {before}"),
            Whence::Nodes(nodes) => match nodes.as_slice() {
                [] => format!("a node has {before}"),
                [node] => format!("{node} has {before}"),
                [node, other] => format!("{node} and {other} have {before}"),
                [node, more @ ..] => format!("{node} and {} more nodes have {before}", more.len()),
            },
        }
    }
}

#[cfg(test)]
mod tests;

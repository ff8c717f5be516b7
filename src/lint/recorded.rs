//! What is recorded of zones: the releases on their nodes, as far as runs have seen them.

use std::collections::{BTreeMap, BTreeSet};

use semver::Version;
use serde::{Deserialize, Serialize};

use crate::name::Name;
use crate::tag::ReleaseTag;

/// The version of the shape of `ddt status --json` that is understood.
const SCHEMA: u32 = 1;

/// The releases of a zone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZoneReleases {
    /// What every node has, by component.
    pub nodes: BTreeMap<Name, BTreeMap<Name, NodeReleases>>,
    /// Every release that a run found or deployed, by component and package, in the order
    /// in which they were first seen.
    #[serde(default)]
    pub seen: BTreeMap<Name, BTreeMap<Name, Vec<ReleaseTag>>>,
}

/// What a node has of a component.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeReleases {
    /// The stage it is at; `None` for a new node.
    pub stage: Option<Name>,
    /// The release of every package that is deployed.
    pub packages: BTreeMap<Name, ReleaseTag>,
}

/// A zone and its releases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedZone {
    /// The zone.
    pub mzone: Name,
    /// Its releases.
    pub releases: ZoneReleases,
}

/// What is recorded of any number of zones.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    zones: BTreeMap<Name, ZoneReleases>,
    /// Every version that was ever seen in one of the zones, by component and package.
    versions: BTreeMap<Name, BTreeMap<Name, BTreeSet<Version>>>,
}

/// Why a text is not what `ddt status --json --releases` prints.
#[derive(Debug, thiserror::Error)]
pub enum RecordedError {
    /// It is not JSON, or has another shape.
    #[error("it is not what `ddt status --json` prints")]
    Shape(#[from] serde_json::Error),
    /// It is of another ddt.
    #[error("it has schema {0}, this ddt knows {SCHEMA}")]
    Schema(u32),
    /// It was printed without them.
    #[error("it holds no releases")]
    NoReleases,
}

/// What of `ddt status --json` is read; the rest is for people and other programs.
#[derive(Deserialize)]
struct StatusDocument {
    schema: u32,
    zones: Vec<StatusZone>,
}

#[derive(Deserialize)]
struct StatusZone {
    mzone: Name,
    releases: Option<ZoneReleases>,
}

impl RecordedZone {
    /// Reads what `ddt status --json --releases` printed.
    pub fn read(text: &str) -> Result<Vec<Self>, RecordedError> {
        let document: StatusDocument = serde_json::from_str(text)?;
        if document.schema != SCHEMA {
            return Err(RecordedError::Schema(document.schema));
        }
        let zones = document.zones.into_iter().map(|zone| {
            let releases = zone.releases.ok_or(RecordedError::NoReleases)?;
            Ok(Self {
                mzone: zone.mzone,
                releases,
            })
        });
        zones.collect()
    }
}

impl Recorded {
    /// Whether nothing is known of any zone.
    pub fn is_empty(&self) -> bool {
        self.zones.is_empty()
    }

    /// Brings zones together; of two records of one zone the later counts.
    pub fn new(zones: impl IntoIterator<Item = RecordedZone>) -> Self {
        let mut recorded = Self::default();
        for RecordedZone { mzone, releases } in zones {
            recorded.add_versions(&releases);
            recorded.zones.insert(mzone, releases);
        }
        recorded
    }

    fn add_versions(&mut self, releases: &ZoneReleases) {
        for (component, packages) in &releases.seen {
            let versions = self.versions.entry(component.clone()).or_default();
            for (package, tags) in packages {
                let versions = versions.entry(package.clone()).or_default();
                versions.extend(tags.iter().map(|tag| tag.version().clone()));
            }
        }
    }

    /// What the nodes of a zone have of a component; nothing where the zone is not recorded.
    pub(super) fn nodes<'a>(
        &'a self,
        mzone: &Name,
        component: &'a str,
    ) -> impl Iterator<Item = (&'a Name, &'a NodeReleases)> {
        let nodes = self.zones.get(mzone).map(|zone| &zone.nodes);
        let nodes = nodes.into_iter().flatten();
        nodes.filter_map(move |(node, components)| Some((node, components.get(component)?)))
    }

    /// The versions of a package that were seen, without the two they lie between.
    pub(super) fn versions_between<'a>(
        &'a self,
        component: &str,
        package: &str,
        (from, to): (&'a Version, &'a Version),
    ) -> impl Iterator<Item = &'a Version> {
        let packages = self.versions.get(component);
        let versions = packages.and_then(|packages| packages.get(package));
        let versions = versions.filter(|_| from < to).into_iter();
        versions.flat_map(move |versions| {
            let between = (
                std::ops::Bound::Excluded(from),
                std::ops::Bound::Excluded(to),
            );
            versions.range::<Version, _>(between)
        })
    }
}

#[cfg(test)]
mod tests;

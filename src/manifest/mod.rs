//! The manifest: what a zone should run.

mod rollout;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::digest::Digest;
use crate::document::YesNo;
use crate::name::Name;
use crate::reference::Repo;
use crate::secret::SecretSource;
use crate::tag::ReleaseTag;

pub use rollout::{Rollout, Strategy};

/// Says which release bundles, at which tags, a zone of machines should run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The zone to deploy to, such as `mzone7204`; an inventory says which machines that is.
    pub mzone: Name,
    /// The repository of every package that names none of its own, such as
    /// `registry.example.com/team` or `dir:bundles`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifrepo: Option<Repo>,
    /// How a run goes through the zone, such as `{ canaries: 1 }`. By default a package on
    /// every node, then the next, until the first failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollout: Option<Rollout>,
    /// The components to deploy, by name, such as `hostos`; each needs a component definition.
    pub components: BTreeMap<Name, ComponentEntry>,
}

/// One component of a manifest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ComponentEntry {
    /// Components of this manifest that are deployed before this one, such as
    /// `[ "network" ]`. None by default.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<Name>,
    /// The packages to deploy, by name. The written order has no meaning: ddt runs them
    /// in the order of the component definition.
    pub packages: BTreeMap<Name, PackageEntry>,
}

/// One package of a component: a release bundle at a tag.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PackageEntry {
    /// The release to run: `MAJOR.MINOR.PATCH-YYYYMMDDTHHMMSSZ_sha`, such as
    /// `3.0.6-20220602T124916Z_887ca13`.
    pub tag: ReleaseTag,
    /// Where the bundle comes from: `HOST[:PORT][/PREFIX]`, or `dir:PATH` relative to
    /// this file. By default the manifest's `artifrepo`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifrepo: Option<Repo>,
    /// Pins the bundle's content; a bundle with another digest is refused.
    /// `ddt bundle inspect` prints it: `sha256:…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// Whether nodes may reboot for this package: `yes` or `no` (the default). Only a
    /// package whose definition may reboot heeds it.
    #[serde(default)]
    pub forcereboot: YesNo,
    /// Arguments handed to every step of the bundle, such as `[ "--verbose" ]`. None by
    /// default.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<String>,
    /// Settings handed to the bundle's steps as JSON, in the file `DDT_CONFIG`; the
    /// bundle's own schema says what they may be. Empty by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<BTreeMap<String, Value>>,
    /// Where the secrets that the bundle names come from, such as `{ token: "env:TOKEN" }`: `env:NAME`, `file:PATH`,
    /// `exec:COMMAND`, `age:FILE` or `vault:PATH#KEY`; paths are relative to this file. By default what `ddt.hjson`
    /// says.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub secrets: BTreeMap<Name, SecretSource>,
}

impl Manifest {
    /// The repository of a package: its own, else the manifest's.
    pub fn repo<'manifest>(
        &'manifest self,
        package: &'manifest PackageEntry,
    ) -> Option<&'manifest Repo> {
        package.artifrepo.as_ref().or(self.artifrepo.as_ref())
    }
}

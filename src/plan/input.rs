//! What a plan is made from.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::component::ComponentDefinition;
use crate::digest::Digest;
use crate::inventory::Inventory;
use crate::manifest::Manifest;
use crate::name::Name;
use crate::node::NodeError;
use crate::node::facts::Facts;
use crate::secret::SecretPlace;

use super::rollout::RolloutRules;

/// Documents, bundles and facts. All are borrowed: planning changes nothing.
#[derive(Clone, Copy, Debug)]
pub struct PlanInput<'a> {
    /// What the zone should run. Every component and package in it is defined.
    pub manifest: &'a Manifest,
    /// The definitions of its components.
    pub definitions: &'a BTreeMap<Name, ComponentDefinition>,
    /// The zone's machines.
    pub inventory: &'a Inventory,
    /// The bundle of every package in the manifest, by component and package.
    pub bundles: &'a BTreeMap<(Name, Name), Bundle>,
    /// The nodes to plan for, and what was seen of each.
    pub observations: &'a BTreeMap<Name, Observation>,
    /// What the operator asked for beyond the manifest.
    pub options: &'a PlanOptions,
}

/// What a probe of a node brought: its facts, or why there are none.
pub type Observation = Result<Facts, NodeError>;

/// What the operator asked for beyond the manifest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanOptions {
    /// Run packages that are up to date, too.
    pub reinstall: bool,
    /// Packages that may be replaced by an older release.
    pub allow_downgrade: BTreeSet<Name>,
    /// What to take an attempt for that left no receipt.
    pub assume: Option<Assume>,
    /// How a run goes through the nodes.
    pub rollout: RolloutRules,
}

/// What an operator says of an attempt whose outcome is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Assume {
    /// It did not happen: run the package again.
    Failed,
    /// It did happen: record it on the node, and run nothing. Only of one task at a time.
    Succeeded,
}

/// A release bundle as far as the planner cares.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Bundle {
    /// The digest of the bundle.
    pub digest: Digest,
    /// The digest of its payload.
    pub payload: Digest,
    /// The size of its payload in bytes.
    pub payload_bytes: u64,
    /// The architectures it runs on; none means any.
    pub arch: Vec<String>,
    /// Its scripts.
    pub steps: BundleSteps,
    /// Whether running it twice does no harm.
    pub idempotent: bool,
    /// After this many seconds a step is ended.
    pub timeout_seconds: Option<u32>,
    /// A node goes back by itself from what is not confirmed for so many seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirm_within_seconds: Option<u32>,
    /// The secrets that its steps read, and where each comes from; never their values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub secrets: BTreeMap<Name, SecretPlace>,
}

/// The scripts of a bundle, relative to its root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BundleSteps {
    /// Says whether the release could be deployed.
    #[schemars(with = "Option<String>")]
    pub check: Option<Utf8PathBuf>,
    /// Installs the release.
    #[schemars(with = "String")]
    pub deploy: Utf8PathBuf,
    /// Says whether the release works.
    #[schemars(with = "Option<String>")]
    pub verify: Option<Utf8PathBuf>,
    /// Goes back to the release before.
    #[schemars(with = "Option<String>")]
    pub rollback: Option<Utf8PathBuf>,
}

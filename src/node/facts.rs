//! What a probe read off a node. Plain data: the planner reasons about nothing else.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::name::Name;
use crate::node::attempt::AttemptRecord;
use crate::tag::ReleaseTag;

/// The state of one node at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The kernel's boot id, or the sandbox's: changes with every boot.
    pub boot_id: BootId,
    /// The machine's architecture as `uname -m` prints it.
    pub arch: String,
    /// Whether ddt may write the node's files there (root, sudo, or its own sandbox).
    pub privileged: bool,
    /// Free space under the state directory, in KiB.
    pub free_kib: u64,
    /// The highest fencing epoch the node has seen.
    pub epoch: u64,
    /// What the node's files say of each component asked for.
    pub components: BTreeMap<Name, ComponentFacts>,
    /// Payloads of those asked for that are on the node, verified.
    pub payloads: BTreeSet<Digest>,
    /// The last attempt that was started on the node, by whatever run.
    pub last_attempt: Option<AttemptRecord>,
}

/// What a node's files say of one component.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComponentFacts {
    /// The stage file's line; `None` where there is no file.
    pub stage: Option<String>,
    /// The lines of the releases file, oldest first.
    pub releases: Vec<ReleaseLine>,
    /// The personalities the node knows itself by (`NODE_TYPES`), where it has the file.
    pub personalities: Option<BTreeSet<String>>,
    /// Files whose content ddt does not understand, and so will not write to.
    pub unknown: Vec<UnknownContent>,
}

/// One line of a node's releases file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseLine {
    /// When it was recorded, in RFC 3339, as written.
    pub time: String,
    /// The package.
    pub package: Name,
    /// The bundle that was run for it.
    pub bundle: Name,
    /// The release of that bundle.
    pub tag: ReleaseTag,
    /// The bundle's digest.
    pub digest: Digest,
    /// The run that wrote the line.
    pub run: Name,
    /// How it ended.
    pub outcome: ReleaseOutcome,
}

/// How a recorded deployment ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReleaseOutcome {
    /// The release is installed.
    Deployed,
    /// The release named is what the package was rolled back to.
    RolledBack,
}

impl ReleaseOutcome {
    /// The word of the releases file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Deployed => "deployed",
            Self::RolledBack => "rolled-back",
        }
    }
}

/// A file on a node that says something ddt does not know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownContent {
    /// The file on the node.
    pub path: String,
    /// Why it is not understood.
    pub reason: String,
    /// The start of what stands there, as it is; escape it before showing it.
    pub excerpt: String,
}

/// The identity of one boot of a machine.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct BootId(pub String);

impl std::fmt::Display for BootId {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.pad(&self.0)
    }
}

impl ComponentFacts {
    /// The last line of a package: what is installed.
    pub fn installed(&self, package: &Name) -> Option<&ReleaseLine> {
        self.releases.iter().rfind(|line| line.package == *package)
    }
}

//! Component definitions: the stage machine and the packages of a component.
//!
//! Nothing about a certain component stands in Rust; `hostos` is a document that is
//! built in, and users add their own.

mod order;
#[cfg(test)]
mod tests;

use camino::Utf8PathBuf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::document::YesNo;
use crate::name::Name;

pub use order::{Ring, deployment_order};

/// The text of the definitions that are built into ddt, by file name.
pub const BUILT_IN: [(&str, &str); 1] = [(
    "hostos.hjson",
    include_str!("../../schemas/components/hostos.hjson"),
)];

/// How the packages of a component are deployed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ComponentDefinition {
    /// The component's name in manifests, such as `hostos`.
    pub component: Name,
    /// The stages a node goes through, in order, such as `[ "installed", "configured" ]`.
    pub stages: Vec<Name>,
    /// The stage of a node that is fully deployed; from here on a deployment is an upgrade.
    pub ready: Name,
    /// The package that starts a boot cycle. A cycle resets the stage to what this
    /// package sets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boot_cycle: Option<Name>,
    /// Whether a tag may be a plain `MAJOR.MINOR.PATCH`: `yes` or `no` (the default).
    #[serde(default)]
    pub plain_tags: YesNo,
    /// Where the component keeps its records on a node.
    pub files: NodeFiles,
    /// The packages. Where `after` and the stages leave the order open, this order holds.
    pub packages: Vec<PackageDefinition>,
    /// Failures that are known, with what to do about them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub known_errors: Vec<KnownError>,
    /// Machines whose failures are somebody else's to handle.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub routing: Vec<Routing>,
}

/// Paths on a node, before its `root` prefix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NodeFiles {
    /// The file with the stage, one line: `/etc/genesis/deploy_stage`.
    #[schemars(with = "String")]
    pub stage: Utf8PathBuf,
    /// The file with one line per deployment, oldest first: `/etc/genesis/release-bundles`.
    #[schemars(with = "String")]
    pub releases: Utf8PathBuf,
    /// The file with one line per task: `/var/log/deployment_history.log`.
    #[schemars(with = "String")]
    pub history: Utf8PathBuf,
    /// A file that is only read, `/etc/genesis/network.conf`: its `NODE_TYPES` are the node's personalities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub network: Option<Utf8PathBuf>,
}

/// One package of a component.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PackageDefinition {
    /// The package's name in manifests, such as `hostos-boot-release`.
    pub package: Name,
    /// The bundle it uses; by default the one of its own name. Two packages of one
    /// bundle must have the same tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bundle: Option<Name>,
    /// The stage a fresh deployment must have reached before it; none by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs: Option<Name>,
    /// The stage a fresh deployment has reached after it; by default it stays the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sets: Option<Name>,
    /// Packages that come before it; none by default.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<Name>,
    /// Whether an upgrade leaves it out: `yes` or `no` (the default).
    #[serde(default)]
    pub fresh_only: YesNo,
    /// Whether a fresh deployment without it is refused: `yes` or `no` (the default).
    #[serde(default)]
    pub required: YesNo,
    /// Whether it reboots a node when the manifest says `forcereboot: yes`: `yes` or `no`
    /// (the default).
    #[serde(default)]
    pub may_reboot: YesNo,
}

/// A failure that is known from the field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KnownError {
    /// The text to look for in a task's log, as it stands there, in any case.
    pub pattern: String,
    /// The packages it belongs to; any by default.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<Name>,
    /// Why it happens.
    pub cause: String,
    /// What to do.
    pub fix: String,
    /// The least recovery level that suffices: 0, 1 or 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_level: Option<u8>,
    /// Who can help, such as `the storage team`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

/// Sends the failures of certain machines to somebody else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Routing {
    /// The architecture, as `uname -m` prints it, such as `s390x`.
    pub arch: String,
    /// What to tell the person who sees the failure.
    pub message: String,
}

impl ComponentDefinition {
    /// The definition of a package.
    pub fn package(&self, name: &Name) -> Option<&PackageDefinition> {
        self.packages
            .iter()
            .find(|package| package.package == *name)
    }

    /// Where a stage stands in the order of stages; `None` for one it does not know.
    pub fn stage_index(&self, stage: &str) -> Option<usize> {
        self.stages.iter().position(|known| known.as_str() == stage)
    }

    /// The known error that a task's log shows, if any.
    pub fn known_error(&self, package: &Name, log: &str) -> Option<&KnownError> {
        let log = log.to_lowercase();
        self.known_errors.iter().find(|known| {
            let concerned = known.packages.is_empty() || known.packages.contains(package);
            concerned && log.contains(&known.pattern.to_lowercase())
        })
    }
}

impl PackageDefinition {
    /// The bundle the package uses.
    pub fn bundle(&self) -> &Name {
        self.bundle.as_ref().unwrap_or(&self.package)
    }
}

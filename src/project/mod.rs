//! The project configuration, `ddt.hjson`: where a team keeps its inventories, its
//! component definitions and its mirrors.

mod defaults;
mod lint;
mod paths;
mod pattern;

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::bundle::Timeout;
use crate::bundle::signature::TrustedKey;
use crate::document::YesNo;
use crate::name::Name;
use crate::reference::{RegistryHost, Repo};
use crate::secret::SecretSource;

pub use defaults::typed_words;
pub use lint::{LintOverride, LintSettings, Profile};
pub use paths::ProjectPaths;
pub use pattern::{PathPattern, PathPatternError};

/// The name of the file, looked for from the working directory upwards.
pub const FILE_NAME: &str = "ddt.hjson";

/// What holds for every manifest of a project. Paths are relative to the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Project {
    /// Inventory files, such as `[ "zones/mzone7204.hjson" ]`; the one whose `mzone` is the manifest's is used.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub inventories: Vec<Utf8PathBuf>,
    /// Directories with component definitions, such as `[ "components" ]`; every `.hjson`
    /// file in them is one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub components: Vec<Utf8PathBuf>,
    /// Settings of registries, by host: `{ "registry.example.com": { mirror: dir:mirror } }`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(with = "BTreeMap<String, Registry>")]
    pub registries: BTreeMap<RegistryHost, Registry>,
    /// The keys whose signatures of releases count, by a name for each:
    /// `{ release-team: { key: "RW…" } }`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub trusted_keys: BTreeMap<Name, TrustedKey>,
    /// Whether every release must be signed, `yes` or `no` (the default); an inventory may ask
    /// for it in its zone alone.
    pub require_signatures: YesNo,
    /// How many trusted keys must have signed a release; 1 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 64))]
    pub signature_threshold: Option<u32>,
    /// Where secrets come from that a manifest says nothing of, by the name that bundles give them:
    /// `{ token: "vault:secret/data/app#token" }`. Paths are relative to this file.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub secrets: BTreeMap<Name, SecretSource>,
    /// The file with the identity that `age:` secrets are encrypted to; `DDT_AGE_IDENTITY` goes before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub age_identity: Option<Utf8PathBuf>,
    /// Where records are kept; `.ddt` beside this file by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub state_dir: Option<Utf8PathBuf>,
    /// Where logs are kept; `deploy_logs` beside this file by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub logs_dir: Option<Utf8PathBuf>,
    /// Defaults of flags, by verb: `{ deploy: { max-failures: "10%", reboot-timeout: 900 } }`. What is typed goes before
    /// them, and so do variables.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub defaults: BTreeMap<String, BTreeMap<String, Value>>,
    /// What the linter is to find, and how much it counts.
    #[serde(skip_serializing_if = "LintSettings::is_default")]
    pub lint: LintSettings,
}

/// Settings of one registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Registry {
    /// A directory that stands for the registry: `dir:PATH`, relative to the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mirror: Option<Repo>,
    /// A PEM file with the certificate authorities of the registry, relative to the file. No others count then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub ca: Option<Utf8PathBuf>,
    /// Whether it is spoken to without encryption.
    #[serde(default, skip_serializing_if = "is_default")]
    pub plain_http: YesNo,
    /// Another host that issues the registry's tokens, and may see its credentials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_host: Option<RegistryHost>,
    /// How long everything that is asked of the registry may take together, such as `10m`; one hour by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Timeout>,
}

fn is_default(value: &YesNo) -> bool {
    *value == YesNo::default()
}

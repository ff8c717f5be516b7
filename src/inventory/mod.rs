//! The inventory: which machines a zone is, and how to reach them.

pub mod ansible;
mod select;

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::address::{Address, MacAddress};
use crate::document::YesNo;
use crate::name::Name;
use crate::share::Share;

pub use select::{SelectError, select};

/// Describes the machines of a zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Inventory {
    /// The zone, as manifests name it, such as `mzone7204`.
    pub mzone: Name,
    /// Whether a deployment asks before it starts: `yes` or `no` (the default).
    #[serde(default)]
    pub protected: YesNo,
    /// Whether every release must be signed, `yes` or `no` (the default); `ddt.hjson` may ask for
    /// it in every zone.
    #[serde(default)]
    pub require_signatures: YesNo,
    /// How many trusted keys must have signed a release; by default as `ddt.hjson` says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 64))]
    pub signature_threshold: Option<u32>,
    /// Who reads bundles from their registry: the `controller` (the default), which sends them, or each `node`.
    #[serde(default)]
    pub fetch: Fetch,
    /// Settings of every node that does not say otherwise, such as `{ user: deploy }`.
    #[serde(default)]
    pub defaults: NodeSettings,
    /// The nodes, by name. `node-1: { }` is enough for one that is reached by its name.
    pub nodes: BTreeMap<Name, NodeSettings>,
    /// Groups of nodes, by name; `--limit @NAME` selects one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub groups: BTreeMap<Name, Group>,
}

/// How to reach one machine, and what it should be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NodeSettings {
    /// Host name or IP address; by default the node's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// The SSH port; 22 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// The user to log in as; `root` by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<Name>,
    /// The private key, such as `keys/deploy`, relative to this file; by default those of
    /// the agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub identity_file: Option<Utf8PathBuf>,
    /// The file of known host keys, such as `known_hosts`, relative to this file.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub known_hosts: Option<Utf8PathBuf>,
    /// The machine to connect through: `[USER@]HOST[:PORT]`, such as `ops@gate:2222`. None
    /// by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jump: Option<String>,
    /// `sudo` to become root after the login; by default the user is taken to be root.
    #[serde(rename = "become", skip_serializing_if = "Option::is_none")]
    pub become_root: Option<Become>,
    /// How to reach the node; `ssh` by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transport: Option<Transport>,
    /// Makes the node a sandbox: all its files are below this directory, relative to
    /// this file for a local node, on the node itself for one over SSH.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub root: Option<Utf8PathBuf>,
    /// What the node is for, such as `[ "compute" ]`; must equal `NODE_TYPES` on the node, where it has them.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub personalities: BTreeSet<Name>,
    /// The MAC address of its first interface: six pairs of hexadecimal digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mac: Option<MacAddress>,
    /// The architecture it must have, as `uname -m` prints it: `x86_64`. Any by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arch: Option<Name>,
    /// Its public host key, `TYPE BASE64` such as `ssh-ed25519 AAAA…`, instead of a line in `known_hosts`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_key: Option<String>,
    /// Free words for selectors: `{ rack: a1 }` is what `--limit rack=a1` finds.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<Name, String>,
    /// Its management controller, such as `{ address: bmc-1.example.com }`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bmc: Option<Bmc>,
}

/// Who reads bundles from their registry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Fetch {
    /// ddt, which sends them to the nodes.
    #[default]
    Controller,
    /// Each node, with curl; ddt sends what that cannot read.
    Node,
}

/// How to become root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Become {
    /// `sudo -n`: without a password.
    Sudo,
}

/// How to reach a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Transport {
    /// Over SSH.
    #[default]
    Ssh,
    /// A sandbox directory on this machine; `root` says which.
    Local,
}

/// The management controller of a machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bmc {
    /// Host name or IP address.
    pub address: Address,
}

/// A named part of a zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Which nodes, as `--limit` writes it: `node-1*, rack=a1, !node-13`.
    pub selector: String,
    /// How many of them may fail before nothing more begins: a number such as `3`, or a
    /// percentage such as `10%`. By default they count as all others do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_failures: Option<Share>,
    /// Whether nothing more begins after one failure among them: `yes` or `no` (the default).
    #[serde(default)]
    pub critical: YesNo,
}

impl Inventory {
    /// The settings of a node, completed by the zone's defaults.
    pub fn node(&self, name: &Name) -> Option<NodeSettings> {
        self.nodes
            .get(name)
            .map(|settings| settings.clone().or(&self.defaults))
    }
}

impl NodeSettings {
    /// Fills what is not set from `defaults`.
    fn or(self, defaults: &Self) -> Self {
        let defaults = defaults.clone();
        let mut labels = defaults.labels;
        labels.extend(self.labels);
        let personalities = match self.personalities.is_empty() {
            true => defaults.personalities,
            false => self.personalities,
        };
        Self {
            address: self.address.or(defaults.address),
            port: self.port.or(defaults.port),
            user: self.user.or(defaults.user),
            identity_file: self.identity_file.or(defaults.identity_file),
            known_hosts: self.known_hosts.or(defaults.known_hosts),
            jump: self.jump.or(defaults.jump),
            become_root: self.become_root.or(defaults.become_root),
            transport: self.transport.or(defaults.transport),
            root: self.root.or(defaults.root),
            personalities,
            mac: self.mac.or(defaults.mac),
            arch: self.arch.or(defaults.arch),
            host_key: self.host_key.or(defaults.host_key),
            labels,
            bmc: self.bmc.or(defaults.bmc),
        }
    }
}

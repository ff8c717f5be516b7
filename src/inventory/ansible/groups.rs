//! Ansible's groups: hosts, groups within groups, and variables for all of them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json, json};

use super::output::Output;
use super::{ALL, UNGROUPED};
use crate::component::deployment_order;
use crate::hjson::KeyPath;
use crate::name::Name;

/// What is no group at the root.
const META: &str = "_meta";

/// The most members that all groups may have together: groups within groups multiply.
const MOST_MEMBERS: usize = 1_000_000;

/// The groups, by name.
#[derive(Debug, Default)]
pub(super) struct Groups(BTreeMap<Name, Group>);

#[derive(Debug, Default)]
struct Group {
    hosts: Vec<String>,
    children: Vec<String>,
    variables: Map<String, Json>,
}

/// The hosts of every group, those of its children among them; a group comes before its children.
#[derive(Debug, Default)]
pub(super) struct Members(Vec<(Name, BTreeSet<String>)>);

impl Groups {
    /// Reads what stands at the root. What is wrong is left with the output.
    pub(super) fn read(output: &mut Output) -> Self {
        let mut groups = BTreeMap::new();
        let root = std::mem::take(&mut output.root);
        for (name, value) in root.iter().filter(|(name, _)| *name != META) {
            let path = KeyPath::root().key(name);
            let group = Group::read(output, value, &path);
            match name.parse::<Name>() {
                Ok(name) => {
                    groups.insert(name, group);
                }
                Err(error) => {
                    let message = format!("the group `{path}`: {error}");
                    output.wrong(
                        "DDT203",
                        &message,
                        &path,
                        "choose another name for the group",
                    );
                }
            }
        }
        output.root = root;
        Self(groups)
    }

    /// The variables of a group.
    pub(super) fn variables(&self, group: &str) -> Map<String, Json> {
        let found = self.0.get(group);
        found
            .map(|group| group.variables.clone())
            .unwrap_or_default()
    }

    /// Who belongs to which group; nobody where groups are in a circle.
    pub(super) fn members(&self, output: &mut Output) -> Members {
        let names: Vec<Name> = self.0.keys().cloned().collect();
        let order = match deployment_order(&names, &self.edges(&names)) {
            Ok(order) => order,
            Err(ring) => {
                let first = ring.0.first().map_or(ALL, Name::as_str).to_owned();
                let circle: Vec<&str> = ring.0.iter().map(Name::as_str).collect();
                let circle = circle.join(" → ");
                let message = format!("groups are children of each other in a circle: {circle}");
                let path = KeyPath::root().key(first).key("children");
                output.wrong("DDT408", &message, &path, "remove one step of the circle");
                return Members::default();
            }
        };
        let mut hosts: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        let mut total = 0;
        for name in order.iter().rev().filter_map(|index| names.get(*index)) {
            let own = self.0.get(name).map(|group| group.all_hosts(&hosts));
            let own = own.unwrap_or_default();
            total += own.len();
            if total > MOST_MEMBERS {
                let message = format!("the groups have more than {MOST_MEMBERS} members together");
                let help = "print the groups that the zone needs";
                output.wrong(
                    "DDT203",
                    &message,
                    &KeyPath::root().key(name.as_str()),
                    help,
                );
                return Members::default();
            }
            hosts.insert(name.as_str(), own);
        }
        let ordered = order.iter().filter_map(|index| names.get(*index));
        let ordered = ordered.filter_map(|name| Some((name.clone(), hosts.remove(name.as_str())?)));
        Members(ordered.collect())
    }

    /// From every group to its children. A child that is no group has no hosts.
    fn edges(&self, names: &[Name]) -> Vec<(usize, usize)> {
        let mut edges = Vec::new();
        for (parent, group) in self.0.values().enumerate() {
            for child in &group.children {
                let child = names.binary_search_by(|name| name.as_str().cmp(child));
                edges.extend(child.map(|child| (parent, child)));
            }
        }
        edges
    }
}

impl Group {
    /// An object, or only the hosts.
    fn read(output: &mut Output, value: &Json, path: &KeyPath) -> Self {
        if value.is_array() {
            let hosts = output.names(Some(value), path);
            return Self {
                hosts,
                ..Self::default()
            };
        }
        let group = output.object(Some(value.clone()), path);
        Self {
            hosts: output.names(group.get("hosts"), &path.clone().key("hosts")),
            children: output.names(group.get("children"), &path.clone().key("children")),
            variables: output.object(group.get("vars").cloned(), &path.clone().key("vars")),
        }
    }

    fn all_hosts(&self, known: &BTreeMap<&str, BTreeSet<String>>) -> BTreeSet<String> {
        let of_children = self
            .children
            .iter()
            .filter_map(|child| known.get(child.as_str()));
        let of_children = of_children.flatten();
        self.hosts.iter().chain(of_children).cloned().collect()
    }
}

impl Members {
    pub(super) fn parents_first(&self) -> impl Iterator<Item = (&str, &BTreeSet<String>)> {
        self.0.iter().map(|(name, hosts)| (name.as_str(), hosts))
    }

    /// The groups as an inventory writes them. What every node is in, or none, is no group.
    pub(super) fn as_selectors(&self) -> Json {
        let groups = self.parents_first();
        let groups = groups
            .filter(|(name, hosts)| ![ALL, UNGROUPED].contains(name) && !hosts.is_empty())
            .map(|(name, hosts)| {
                let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
                (name.to_owned(), json!({ "selector": hosts.join(",") }))
            });
        Json::Object(groups.collect())
    }
}

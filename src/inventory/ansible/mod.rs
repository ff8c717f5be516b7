//! Ansible's dynamic inventories: what a program prints for `--list`, in ddt's own keys.
//!
//! `ansible_host`, `ansible_port`, `ansible_user` and `ansible_ssh_private_key_file` are
//! `address`, `port`, `user` and `identity_file` of a node; a variable `ddt_KEY` is KEY of
//! a node, and wins. The variables of `all` are the zone's defaults; `ddt_mzone` and
//! `ddt_protected` among them say what the zone is. Every other variable is Ansible's own.

mod groups;
mod output;

use std::collections::BTreeMap;

use camino::Utf8Path;
use serde_json::{Map, Value as Json, json};

use crate::document::Diagnostic;
use groups::Groups;
use output::Output;

/// The group of every host.
const ALL: &str = "all";

/// The group of the hosts that no other group has.
const UNGROUPED: &str = "ungrouped";

/// What Ansible calls the keys of a node.
const ALIASES: [(&str, &str); 4] = [
    ("ansible_host", "address"),
    ("ansible_port", "port"),
    ("ansible_user", "user"),
    ("ansible_ssh_private_key_file", "identity_file"),
];

/// How a variable begins that is a key of ddt's.
const OWN: &str = "ddt_";

/// Translates what `PROGRAM --list` printed into the text of an inventory. What the values
/// are is not looked at: the inventory is read as any other.
///
/// The zone is the one that the variables of `all` name, else the program's file name
/// without extension.
pub fn translated(program: &Utf8Path, bytes: &[u8]) -> Result<String, Vec<Diagnostic>> {
    let mut output = Output::read(program, bytes)?;
    let groups = Groups::read(&mut output);
    let hosts = output.host_variables();
    let members = groups.members(&mut output);
    output.into_errors()?;
    let mut defaults = settings(&groups.variables(ALL));
    let mut inventory = Map::new();
    let named = Json::from(program.file_stem().unwrap_or_default());
    inventory.insert(
        "mzone".to_owned(),
        defaults.remove("mzone").unwrap_or(named),
    );
    if let Some(protected) = defaults.remove("protected") {
        inventory.insert("protected".to_owned(), protected);
    }
    inventory.insert("defaults".to_owned(), Json::Object(defaults));
    let mut nodes: BTreeMap<&str, Map<String, Json>> = BTreeMap::new();
    for (group, hosts) in members.parents_first() {
        for host in hosts {
            let node = nodes.entry(host).or_default();
            if group != ALL {
                node.extend(settings(&groups.variables(group)));
            }
        }
    }
    // As with Ansible, variables alone do not make a host.
    for (host, node) in &mut nodes {
        node.extend(hosts.get(*host).map(settings).unwrap_or_default());
    }
    inventory.insert("nodes".to_owned(), json!(nodes));
    inventory.insert("groups".to_owned(), members.as_selectors());
    Ok(format!("{:#}\n", Json::Object(inventory)))
}

/// The keys of a node that variables set.
fn settings(variables: &Map<String, Json>) -> Map<String, Json> {
    let aliases = ALIASES.into_iter();
    let aliased = aliases.filter_map(|(alias, key)| Some((key, variables.get(alias)?)));
    let own = variables.iter();
    let own = own.filter_map(|(name, value)| Some((name.strip_prefix(OWN)?, value)));
    let set = aliased.chain(own).filter(|(_, value)| !value.is_null());
    set.map(|(key, value)| (key.to_owned(), as_written(key, value)))
        .collect()
}

/// Programs print ports as text, too.
fn as_written(key: &str, value: &Json) -> Json {
    let number = value.as_str().and_then(|text| text.parse::<u16>().ok());
    match number {
        Some(number) if key == "port" => Json::from(number),
        _ => value.clone(),
    }
}

#[cfg(test)]
mod tests;

//! From an inventory to nodes that can be spoken to.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use crate::document::Document;
use crate::failure::Failure;
use crate::inventory::{self, Inventory, NodeSettings};
use crate::name::Name;
use crate::node::{
    self, Become, ConnectOptions, HostKeys, KeyExchange, Node, SshTarget, Target, Transport,
    connect,
};

/// Makes a node of every selected entry of an inventory. Nothing is connected yet.
pub(super) fn nodes(
    inventory: &Document<Inventory>,
    selected: &BTreeSet<Name>,
    base: &Utf8Path,
    options: &ConnectOptions,
) -> Result<Vec<Box<dyn Node>>, Failure> {
    let mut targets = targets(inventory, base);
    targets.retain(|target| selected.contains(&target.name));
    connected(targets, options)
}

/// Begins to ask this machine's OpenSSH what connecting depends on, where a node is reached by
/// it. Contacts no node.
pub(super) fn ask_ahead(inventory: &Inventory) {
    let is_remote = |name: &Name| !is_local(&inventory.node(name).unwrap_or_default());
    if inventory.nodes.keys().any(is_remote) {
        node::ask_ahead();
    }
}

/// What an inventory says of every machine; `base` is the working directory.
pub(super) fn targets(inventory: &Document<Inventory>, base: &Utf8Path) -> Vec<Target> {
    let path = base.join(inventory.source.path());
    let directory = path.parent().unwrap_or(base);
    let named = inventory.value.nodes.keys().map(|name| {
        let settings = inventory.value.node(name).unwrap_or_default();
        target(name.clone(), &settings, directory)
    });
    named.collect()
}

/// Makes nodes of targets.
pub(super) fn connected(
    targets: Vec<Target>,
    options: &ConnectOptions,
) -> Result<Vec<Box<dyn Node>>, Failure> {
    let made = targets.into_iter().map(|target| {
        let name = target.name.clone();
        connect(target, options).map_err(|error| {
            Failure::refused(format!("the inventory's node {name} is not usable")).because(&error)
        })
    });
    made.collect()
}

fn is_local(settings: &NodeSettings) -> bool {
    settings.transport == Some(inventory::Transport::Local)
}

fn target(name: Name, settings: &NodeSettings, directory: &Utf8Path) -> Target {
    let local = is_local(settings);
    let root = settings.root.as_ref().map(|root| {
        if local {
            absolute(directory, root)
        } else {
            root.clone()
        }
    });
    let transport = match local {
        true => Transport::Local,
        false => Transport::Ssh(Box::new(ssh_target(&name, settings, directory))),
    };
    Target {
        name,
        root,
        transport,
    }
}

fn ssh_target(name: &Name, settings: &NodeSettings, directory: &Utf8Path) -> SshTarget {
    let address = settings
        .address
        .as_ref()
        .map_or_else(|| name.to_string(), ToString::to_string);
    let user = settings.user.as_ref().map_or("root", Name::as_str);
    let host_keys = match (&settings.host_key, &settings.known_hosts) {
        (Some(key), _) => HostKeys::Pinned(key.clone()),
        (None, Some(file)) => HostKeys::File(absolute(directory, file)),
        (None, None) => HostKeys::User,
    };
    SshTarget {
        port: settings.port.unwrap_or(22),
        identity_file: settings
            .identity_file
            .as_ref()
            .map(|file| absolute(directory, file)),
        host_keys: host_keys.clone(),
        jump: settings
            .jump
            .as_deref()
            .map(|jump| Box::new(jump_target(jump, host_keys))),
        privilege: match settings.become_root {
            Some(inventory::Become::Sudo) => Become::Sudo,
            None => Become::Login,
        },
        key_exchange: KeyExchange::Cheap,
        ..SshTarget::new(address, user)
    }
}

/// `[USER@]HOST[:PORT]`; what is wrong with it is said when it is used.
fn jump_target(jump: &str, host_keys: HostKeys) -> SshTarget {
    let (user, place) = jump.split_once('@').unwrap_or(("root", jump));
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') => (host, port.parse().unwrap_or(0)),
        _ => (place, 22),
    };
    SshTarget {
        port,
        host_keys,
        ..SshTarget::new(host, user)
    }
}

/// A path of a document, seen from the document's directory; without `..` or links
/// resolved, but absolute.
fn absolute(directory: &Utf8Path, path: &Utf8Path) -> Utf8PathBuf {
    let joined = directory.join(path);
    let mut clean = Utf8PathBuf::new();
    for component in joined.components() {
        match component {
            camino::Utf8Component::CurDir => {}
            camino::Utf8Component::ParentDir if clean.file_name().is_some() => {
                clean.pop();
            }
            other => clean.push(other),
        }
    }
    clean
}

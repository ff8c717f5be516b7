//! `ddt inventory`: what a zone is, and whether its nodes can be reached.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use clap::{Args, Subcommand};
use serde_json::json;

use super::context::Context;
use super::{documents, inventories, probing, runtime, zone};
use crate::document::Document;
use crate::engine::facts_query;
use crate::engine::probe::probe;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::inventory::Inventory;
use crate::name::Name;
use crate::node::{ConnectOptions, Target, Transport, UnknownHostKeys};
use crate::plan::Observation;
use crate::report::escape;

/// Show a zone's inventory, or check that its nodes can be deployed to
#[derive(Clone, Debug, Args)]
pub(super) struct InventoryArgs {
    #[command(subcommand)]
    verb: InventoryVerb,
}

#[derive(Clone, Debug, Subcommand)]
enum InventoryVerb {
    /// Print every node with its settings completed by the zone's defaults
    Show(InventoryFile),
    /// Connect to every node and say what it is
    Check(CheckArgs),
}

/// What to check.
#[derive(Clone, Debug, Args)]
struct CheckArgs {
    #[command(flatten)]
    file: InventoryFile,
    /// Learn the host keys of nodes that have none yet, and print their fingerprints; a
    /// key that has changed is refused all the same
    #[arg(long)]
    accept_new_host_keys: bool,
}

/// Which inventory.
#[derive(Clone, Debug, Args)]
struct InventoryFile {
    /// The inventory
    #[arg(default_value = "inventory.hjson")]
    inventory: Utf8PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl InventoryArgs {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<ExitCode, Failure> {
        match self.verb {
            InventoryVerb::Show(file) => show(&file, context, out),
            InventoryVerb::Check(arguments) => check(&arguments, context, out),
        }
    }
}

fn load(path: &Utf8Path, context: &Context) -> Result<Document<Inventory>, Failure> {
    inventories::read(&context.working_directory.join(path), path)
}

fn show(file: &InventoryFile, context: &Context, out: &mut dyn Write) -> Result<ExitCode, Failure> {
    let mut inventory = load(&file.inventory, context)?.value;
    let completed = inventory
        .nodes
        .keys()
        .filter_map(|name| Some((name.clone(), inventory.node(name)?)));
    inventory.nodes = completed.collect();
    inventory.defaults = Default::default();
    let text = match file.json {
        true => serde_json::to_string_pretty(&inventory).unwrap_or_default() + "\n",
        false => table(&inventory),
    };
    super::print(out, &text).map(|()| ExitCode::Done)
}

fn table(inventory: &Inventory) -> String {
    let nodes = match inventory.nodes.len() {
        1 => "1 node".to_owned(),
        count => format!("{count} nodes"),
    };
    let mut text = format!("{}: {nodes}\n", inventory.mzone);
    for (name, settings) in &inventory.nodes {
        let address = settings
            .address
            .as_ref()
            .map_or_else(|| name.to_string(), ToString::to_string);
        let place = match (&settings.transport, &settings.root) {
            (Some(crate::inventory::Transport::Local), Some(root)) => format!("local {root}"),
            (_, Some(root)) => {
                format!("ssh {address}:{} below {root}", settings.port.unwrap_or(22))
            }
            (_, None) => format!("ssh {address}:{}", settings.port.unwrap_or(22)),
        };
        text.push_str(&format!("  {name:<24} {place}\n"));
    }
    text
}

fn check(
    arguments: &CheckArgs,
    context: &Context,
    out: &mut dyn Write,
) -> Result<ExitCode, Failure> {
    let inventory = load(&arguments.file.inventory, context)?;
    let targets = zone::targets(&inventory, &context.working_directory);
    let options = arguments.connect_options();
    let definitions = documents::definitions(context)?;
    let query = facts_query(definitions.values(), []);
    let nodes = zone::connected(targets.clone(), &options)?;
    let (observations, fingerprints) = runtime()?.block_on(async {
        let probing = Arc::new(probing(context));
        let mut probed = probe(nodes, query, probing.clone()).await;
        probing.clear();
        super::prepare::close(std::mem::take(&mut probed.nodes)).await;
        let shown = arguments.accept_new_host_keys.then_some(targets);
        (
            probed.observations,
            fingerprints(shown.unwrap_or_default()).await,
        )
    });
    super::print(out, &report(&arguments.file, &observations, &fingerprints))?;
    let all_answered = observations.values().all(|observation| observation.is_ok());
    Ok(if all_answered {
        ExitCode::Done
    } else {
        ExitCode::Failed
    })
}

impl CheckArgs {
    fn connect_options(&self) -> ConnectOptions {
        let mut options = ConnectOptions::default();
        if self.accept_new_host_keys {
            options.ssh.unknown_host_keys = UnknownHostKeys::Learn;
        }
        options
    }
}

/// The known host keys of every node over SSH.
async fn fingerprints(targets: Vec<Target>) -> BTreeMap<Name, Vec<String>> {
    let mut known = BTreeMap::new();
    for target in targets {
        if let Transport::Ssh(ssh) = &target.transport {
            known.insert(target.name, crate::node::fingerprints(ssh).await);
        }
    }
    known
}

fn report(
    file: &InventoryFile,
    observations: &BTreeMap<Name, Observation>,
    fingerprints: &BTreeMap<Name, Vec<String>>,
) -> String {
    if file.json {
        let nodes = observations.iter().map(|(name, observation)| {
            let fingerprints = fingerprints.get(name).cloned().unwrap_or_default();
            let fields = match observation {
                Ok(facts) => json!({ "facts": facts, "host_keys": fingerprints }),
                Err(error) => json!({ "error": error.to_string(), "class": error.class() }),
            };
            (name.to_string(), fields)
        });
        let nodes: serde_json::Map<_, _> = nodes.collect();
        return format!("{:#}\n", json!({ "schema": 1, "nodes": nodes }));
    }
    let mut text = String::new();
    for (name, observation) in observations {
        text.push_str(&format!("{name:<24} {}\n", line(observation)));
        for key in fingerprints.get(name).into_iter().flatten() {
            text.push_str(&format!(
                "{:<24} host key {}\n",
                "",
                escape::line(key.as_bytes())
            ));
        }
    }
    text
}

/// What a node says of itself, in one line.
fn line(observation: &Observation) -> String {
    match observation {
        Ok(facts) => {
            let stages = facts.components.iter().map(|(component, recorded)| {
                format!("{component} {}", recorded.stage.as_deref().unwrap_or("new"))
            });
            let stages = stages.collect::<Vec<_>>().join(", ");
            let rights = if facts.privileged {
                ""
            } else {
                ", may not write its files"
            };
            let text = format!(
                "ok: {}, {stages}, boot {}{rights}",
                facts.arch, facts.boot_id
            );
            escape::line(text.as_bytes())
        }
        Err(error) => escape::line(format!("{error}; {}", error.class().help()).as_bytes()),
    }
}

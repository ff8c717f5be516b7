//! `ddt inventory`: what a zone is, and whether its nodes can be reached.

use std::io::Write;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use clap::{Args, Subcommand};

use super::context::Context;
use super::{documents, probing, runtime, zone};
use crate::document::Document;
use crate::engine::facts_query;
use crate::engine::probe::probe;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::inventory::Inventory;
use crate::node::ConnectOptions;
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
    Check(InventoryFile),
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
            InventoryVerb::Check(file) => check(&file, context, out),
        }
    }
}

fn load(path: &Utf8Path, context: &Context) -> Result<Document<Inventory>, Failure> {
    documents::read(&context.working_directory.join(path), path)
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
    let mut text = format!("{}: {} nodes\n", inventory.mzone, inventory.nodes.len());
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
    file: &InventoryFile,
    context: &Context,
    out: &mut dyn Write,
) -> Result<ExitCode, Failure> {
    let inventory = load(&file.inventory, context)?;
    let names: Vec<_> = inventory.value.nodes.keys().cloned().collect();
    let options = ConnectOptions::default();
    let nodes = zone::nodes(&inventory, names, &context.working_directory, &options)?;
    let definitions = documents::definitions(context)?;
    let query = facts_query(definitions.values(), []);
    let probed = runtime()?.block_on(async {
        let probing = Arc::new(probing(context));
        let mut probed = probe(nodes, query, probing.clone()).await;
        probing.clear();
        super::prepare::close(std::mem::take(&mut probed.nodes)).await;
        probed
    });
    let mut text = String::new();
    for (name, observation) in &probed.observations {
        text.push_str(&format!("{name:<24} {}\n", line(observation)));
    }
    super::print(out, &text)?;
    match probed
        .observations
        .values()
        .any(|observation| observation.is_err())
    {
        true => Ok(ExitCode::Failed),
        false => Ok(ExitCode::Done),
    }
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

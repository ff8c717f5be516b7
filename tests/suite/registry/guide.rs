//! The commands of `docs/bundles.md`: they run in order, and print what the page says they print.

use std::fs;

use super::documents::{Block, blocks};
use crate::support::ddt::Workspace;
use crate::support::docker_registry::DockerRegistry;
use crate::support::fleet::{Fleet, Kind};
use crate::tour::{Stop, is_shown, run, stops, without_moments};

const PAGE: &str = include_str!("../../../docs/bundles.md");

/// The heading of the part that needs a registry with TLS, and a node.
const WAY: &str = "## From a source tree to a zone\n";

/// The page in two: the way to a zone, and everything else.
fn parts() -> (String, String) {
    let (before, way) = PAGE.split_once(WAY).expect("the page shows the way");
    let end = way.find("\n## ").expect("the page goes on");
    (way[..end].to_owned(), format!("{before}{}", &way[end..]))
}

/// Runs a command line; what is exported before it counts.
#[track_caller]
fn follow(stop: &Stop<'_>, exports: &str, workspace: &Workspace) {
    let printed = run(&format!("{exports}{}", stop.command), workspace);
    let comparable: Vec<String> = printed.lines().map(without_moments).collect();
    assert!(
        is_shown(&stop.shown, &comparable),
        "`{}` prints something else than the page says:\n{printed}",
        stop.command
    );
}

#[test]
fn the_commands_of_the_page_do_what_it_says() {
    let Some(registry) = DockerRegistry::open() else {
        return;
    };
    let workspace = Workspace::new();
    let page = parts().1.replace("localhost:5000", &registry.host());
    let stops = stops(&page);
    assert!(stops.len() > 5, "the page has commands");
    for stop in stops {
        follow(&stop, "", &workspace);
    }
}

/// Only what is another on every machine is replaced: the registry's address, the public key, and the inventory.
#[test]
fn the_way_to_a_zone_leads_there() {
    let Some(registry) = DockerRegistry::protected() else {
        return;
    };
    let Some(fleet) = Fleet::up(1, Kind::Plain) else {
        return;
    };
    let workspace = Workspace::new();
    fs::copy(registry.ca(), workspace.path().join("registry-ca.crt")).expect("copied");
    let way = parts().0.replace("registry.example.com", &registry.host());
    let mut exports = format!("export XDG_RUNTIME_DIR='{}'; ", fleet.directory().display());
    for block in blocks(&way) {
        match block {
            Block::File { name, .. } if name == "inventory.hjson" => {
                workspace.write(&name, fleet.inventory("zone-1"));
            }
            Block::File { name, text } => {
                workspace.write(&name, with_key(&text, &workspace));
            }
            Block::Commands(text) => {
                for stop in stops(&text) {
                    match stop.command.starts_with("export ") {
                        true => exports.push_str(&format!("{}; ", stop.command)),
                        false => follow(&stop, &exports, &workspace),
                    }
                }
            }
        }
    }
    let stage = fleet.read(0, "/etc/greeter/stage");
    assert_eq!(stage.as_deref(), Some("greeting\n"));
}

/// A document with the public key that was made, in place of the one that the page shows.
fn with_key(text: &str, workspace: &Workspace) -> String {
    let Some((before, after)) = text.split_once("key: \"") else {
        return text.to_owned();
    };
    let (_, after) = after.split_once('"').expect("a key");
    let file = fs::read_to_string(workspace.path().join("release-team.pub")).expect("a key");
    let key = file.lines().nth(1).expect("two lines");
    format!("{before}key: \"{key}\"{after}")
}

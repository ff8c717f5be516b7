//! Documents that cannot be used: whatever is wrong with one is said with its place, all at once; exit 2, and nothing is
//! started.

mod bundles;
mod bytes;
mod configs;
mod definitions;
mod every_kind;
mod inventories;
mod keys;
mod programs;
mod values;

use crate::support::zone::Zone;
use std::fs;

const MANIFEST: &str = "manifest.hjson";
const INVENTORY: &str = "inventory.hjson";
const DEFINITION: &str = "definitions/lamps.hjson";
const DESCRIPTOR: &str = "bundles/hostos-boot-release/3.0.6-20220602T124916Z_887ca13/bundle.hjson";
const PROJECT: &str = "ddt.hjson";

const LAMPS: &str = "{
  component: lamps
  stages: [
    lit
  ]
  ready: lit
  files: {
    stage: /etc/lamps/stage
    releases: /etc/lamps/releases
    history: /var/log/lamps.log
  }
  packages: [
    {
      package: lamp-light
      sets: lit
    }
  ]
}
";

/// A zone whose documents are all there, and sound.
fn sound() -> Zone {
    let zone = Zone::hostos(&["node-1"]);
    zone.write_documents();
    zone.write(PROJECT, "{\n  components: [\n    definitions\n  ]\n}\n");
    zone.write(DEFINITION, LAMPS);
    zone
}

/// What is said about documents that are refused.
#[track_caller]
fn refused(zone: &Zone) -> String {
    let ended = zone
        .run(&["deploy", MANIFEST])
        .exits(2)
        .does_not_say("panicked");
    assert_eq!(ended.stdout, "");
    assert!(!zone.path("nodes").exists(), "a node was touched");
    assert!(!zone.path("deploy_logs").exists(), "a run was begun");
    assert!(!zone.path(".ddt").exists(), "something was kept");
    ended.stderr
}

/// What is said after the change of a part of one document's text.
#[track_caller]
fn refused_with(document: &str, from: &str, to: &str) -> String {
    let zone = sound();
    let text = fs::read_to_string(zone.path(document)).expect("a document");
    assert!(text.contains(from), "there is no `{from}` to change");
    zone.write(document, text.replacen(from, to, 1));
    refused(&zone)
}

#[test]
fn are_taken_when_they_are_sound() {
    sound().run(&["deploy", MANIFEST, "--dry-run"]).exits(0);
}

//! The shipped sample: `manifests/hostos`, with records, logs and nodes in a workspace.

use crate::support::ddt::Workspace;
use crate::support::local_node::LocalNode;
use crate::support::process::{Ended, Running};
use crate::support::tree::Tree;
use crate::support::zone::HOSTOS;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/manifests/hostos");
const NODES: [&str; 3] = ["node-1", "node-2", "node-3"];

struct Sample {
    workspace: Workspace,
}

impl Sample {
    fn new() -> Self {
        let workspace = Workspace::new();
        let inventory = fs::read(format!("{SAMPLE}/inventory.hjson")).expect("the inventory");
        workspace.write("zones/hostos/inventory.hjson", inventory);
        workspace.write(
            "ddt.hjson",
            format!(
                "registries: {{\n  wcp-genctl-docker-local.artifactory.swg-devops.com: {{\n    \
                 mirror: \"dir:{SAMPLE}/bundles\"\n  }}\n}}\n"
            ),
        );
        Self { workspace }
    }

    fn deploy(&self) -> Ended {
        let manifest = format!("{SAMPLE}/mzone7204.hjson");
        let arguments = [
            "deploy",
            &manifest,
            "--inventory",
            "zones/hostos/inventory.hjson",
        ];
        Running::start(self.workspace.ddt(arguments), &self.workspace.path()).end()
    }

    fn node(&self, name: &str) -> LocalNode {
        LocalNode::at(self.nodes().join(name))
    }

    fn nodes(&self) -> PathBuf {
        self.workspace.path().join(".ddt/demo")
    }

    fn logs(&self) -> PathBuf {
        self.workspace.path().join("deploy_logs")
    }
}

#[test]
fn deploys_every_release_in_definition_order() {
    let sample = Sample::new();
    sample
        .deploy()
        .exits(0)
        .says("21 tasks on 3 nodes: 21 done");
    for name in NODES {
        let node = sample.node(name);
        assert_eq!(node.stage().as_deref(), Some("post-config"), "{name}");
        let expected = HOSTOS.map(|(package, tag)| format!("{package} {tag} deployed"));
        assert_eq!(node.releases(), expected, "{name}");
    }
}

#[test]
fn reboots_every_node_once() {
    let sample = Sample::new();
    let boot_id = "/proc/sys/kernel/random/boot_id";
    let before = "3c9cbeb8-53a5-4a5f-a1ae-96c6c4d1f2a1\n";
    NODES
        .iter()
        .for_each(|name| sample.node(name).write(boot_id, before));
    sample.deploy().exits(0);
    let events = events(&sample.logs().join("latest"));
    for name in NODES {
        let after = sample.node(name).boot_id().expect("a boot id");
        let seen: Vec<_> = events
            .iter()
            .filter(|event| is_reboot_of(event, name))
            .collect();
        assert_ne!(after, before, "{name}");
        let [reboot] = seen[..] else {
            panic!("{name} was rebooted {} times", seen.len());
        };
        assert_eq!(reboot["ending"]["boot_id"], after.trim_end(), "{name}");
    }
}

#[test]
fn keeps_a_log_of_every_task() {
    let sample = Sample::new();
    sample.deploy().exits(0);
    let latest = fs::read_link(sample.logs().join("latest")).expect("a link");
    let run = sample.logs().join(&latest);
    assert!(
        latest.is_relative() && run.is_dir(),
        "latest leads to {latest:?}"
    );
    for (package, _) in HOSTOS {
        let directory = run.join("hostos").join(package);
        for name in NODES {
            let log = fs::read_to_string(directory.join(format!("{name}.log"))).expect("a log");
            assert!(!log.is_empty(), "the log of {package} on {name} is empty");
        }
        let count = fs::read_dir(&directory).expect("a directory").count();
        assert_eq!(count, NODES.len(), "logs of {package}");
    }
    for file in ["plan.json", "events.jsonl", "summary.txt"] {
        assert!(run.join(file).is_file(), "{file}");
    }
}

#[test]
fn does_nothing_the_second_time_and_says_so() {
    let sample = Sample::new();
    sample.deploy().exits(0);
    let before = Tree::of(&sample.nodes());
    sample
        .deploy()
        .exits(0)
        .says("nothing to do: 3 nodes of mzone7204 are up to date");
    before.assert_same(&Tree::of(&sample.nodes()));
}

fn events(run: &Path) -> Vec<Value> {
    let text = fs::read_to_string(run.join("events.jsonl")).expect("events");
    let lines = text.lines().map(serde_json::from_str);
    lines.collect::<Result<_, _>>().expect("every line is JSON")
}

fn is_reboot_of(event: &Value, node: &str) -> bool {
    event["ending"]["ending"] == "rebooted" && event["task"]["node"] == node
}

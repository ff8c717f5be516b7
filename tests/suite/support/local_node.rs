//! A node on this machine, to look into and to change behind ddt's back.

use super::tree::Tree;
use std::fs;
use std::path::{Path, PathBuf};

/// A sandbox of this machine.
#[derive(Debug)]
pub(crate) struct LocalNode {
    root: PathBuf,
    /// What its steps note, where they are made up.
    witness: Option<PathBuf>,
}

impl LocalNode {
    /// A node whose bundles are not made up: its steps leave no witness.
    pub(crate) fn at(root: PathBuf) -> Self {
        Self {
            root,
            witness: None,
        }
    }

    pub(super) fn with_witness(mut self, witness: PathBuf) -> Self {
        self.witness = Some(witness);
        self
    }

    /// Where its files are.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A file, by its absolute path on the node; `None` when there is no such file.
    pub(crate) fn read(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.root.join(path.trim_start_matches('/'))).ok()
    }

    /// Replaces a file, by its absolute path on the node, and makes its directories.
    pub(crate) fn write(&self, path: &str, content: &str) {
        let path = self.root.join(path.trim_start_matches('/'));
        fs::create_dir_all(path.parent().expect("a path of a file")).expect("directories");
        fs::write(path, content).expect("a file");
    }

    /// Its files as they are now.
    pub(crate) fn tree(&self) -> Tree {
        Tree::of(&self.root)
    }

    /// The stage of HostOS.
    pub(crate) fn stage(&self) -> Option<String> {
        let stage = self.read("/etc/genesis/deploy_stage")?;
        Some(stage.trim_end().to_owned())
    }

    /// `PACKAGE TAG OUTCOME` of every line of the record of HostOS releases, oldest first.
    pub(crate) fn releases(&self) -> Vec<String> {
        let record = self
            .read("/etc/genesis/release-bundles")
            .unwrap_or_default();
        record.lines().map(package_tag_and_outcome).collect()
    }

    /// The id of the boot; `None` before the first reboot.
    pub(crate) fn boot_id(&self) -> Option<String> {
        self.read("/proc/sys/kernel/random/boot_id")
    }

    /// What ran on the node, as the steps saw it: `STEP PACKAGE TAG`, oldest first.
    pub(crate) fn steps(&self) -> Vec<String> {
        let witness = self.witness.as_ref().expect("a node of made-up bundles");
        let witness = fs::read_to_string(witness).unwrap_or_default();
        witness.lines().map(str::to_owned).collect()
    }

    /// The packages whose deploy step ran, oldest first.
    pub(crate) fn deployed(&self) -> Vec<String> {
        let steps = self.steps();
        let deployed = steps.iter().filter_map(|step| step.strip_prefix("deploy "));
        deployed
            .filter_map(|step| step.split(' ').next())
            .map(str::to_owned)
            .collect()
    }
}

pub(super) fn package_tag_and_outcome(line: &str) -> String {
    let words: Vec<&str> = line.split(' ').collect();
    let [_time, package, bundle, _digest, _run, outcome] = words[..] else {
        return format!("not a line of the record: {line}");
    };
    let (_, tag) = bundle.split_once(':').unwrap_or_default();
    format!("{package} {tag} {outcome}")
}

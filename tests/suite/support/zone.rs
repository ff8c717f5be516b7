//! A zone of local nodes, with everything a deployment to it needs, in a workspace of its own.

use super::ddt::Workspace;
use super::gate::Gate;
use super::local_node::LocalNode;
use super::process::{Ended, Running};
use super::release::Release;
use super::tree::Tree;
use super::wait::until_stopping;
use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

/// The packages of the built-in component `hostos` at the releases of the sample manifest, in definition order.
pub(crate) const HOSTOS: [(&str, &str); 7] = [
    ("hostos-boot-release", "3.0.6-20220602T124916Z_887ca13"),
    ("hostos-config-release", "3.5.79-20220716T084253Z_0ffa960"),
    (
        "hostos-base-os-sw-release",
        "3.4.83-20220708T144532Z_1b241f2",
    ),
    (
        "hostos-base-net-sw-release",
        "3.8.16-20220722T190519Z_018cee7",
    ),
    (
        "hostos-nextgen-os-sw-release",
        "3.1.96-20220721T153534Z_de4442c",
    ),
    (
        "hostos-post-config-release",
        "3.5.79-20220716T084253Z_0ffa960",
    ),
    (
        "hostos-kernel-patch-release",
        "3.1.10-20220622T070711Z_1412be2",
    ),
];

/// What a manifest wants on a number of nodes, and the nodes.
#[derive(Debug)]
pub(crate) struct Zone {
    pub(super) workspace: Workspace,
    component: String,
    releases: Vec<Release>,
    /// What stands in the manifest's `rollout`.
    rollout: String,
}

impl Zone {
    /// New nodes that are to be HostOS nodes, with made-up bundles and no reboot.
    pub(crate) fn hostos(nodes: &[&str]) -> Self {
        let releases = HOSTOS.map(|(package, tag)| {
            let release = Release::new(package, tag);
            match package {
                "hostos-post-config-release" => release.sharing_bundle_of("hostos-config-release"),
                _ => release,
            }
        });
        Self::new(nodes, "hostos", releases.into())
    }

    /// New nodes of whatever component.
    pub(crate) fn new(nodes: &[&str], component: &str, releases: Vec<Release>) -> Self {
        let zone = Self {
            workspace: Workspace::new(),
            component: component.to_owned(),
            releases,
            rollout: String::new(),
        };
        fs::create_dir(zone.witnesses()).expect("a directory");
        zone.write("inventory.hjson", inventory(nodes));
        zone
    }

    /// A release of the manifest, to change.
    pub(crate) fn release(&mut self, package: &str) -> &mut Release {
        let mut releases = self.releases.iter_mut();
        let found = releases.find(|release| release.package() == package);
        found.expect("the manifest has the package")
    }

    /// Leaves a package out of the manifest.
    pub(crate) fn remove(&mut self, package: &str) {
        self.releases.retain(|release| release.package() != package);
    }

    /// Leaves every other package out of the manifest.
    pub(crate) fn keep(&mut self, package: &str) {
        self.releases.retain(|release| release.package() == package);
    }

    /// Files the packages under another component.
    pub(crate) fn component(&mut self, name: &str) {
        self.component = name.to_owned();
    }

    /// Says how a run goes through the zone.
    pub(crate) fn rollout(&mut self, lines: &str) {
        self.rollout = format!("  rollout: {{\n    {lines}\n  }}\n");
    }

    /// Turns the written order of the manifest round.
    pub(crate) fn reverse(&mut self) {
        self.releases.reverse();
    }

    /// A gate that a step can wait at.
    pub(crate) fn gate(&self, name: &str) -> Gate {
        Gate::new(self.path(&format!("gates-{name}")))
    }

    /// Writes a file of the working directory.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        self.workspace.write(name, content)
    }

    /// A path of the working directory.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.workspace.path().join(name)
    }

    /// The manifest as it stands, in words.
    pub(crate) fn manifest(&self) -> String {
        let packages: String = self.releases.iter().map(Release::manifest_entry).collect();
        let (component, rollout) = (&self.component, &self.rollout);
        format!(
            "{{\n  mzone: zone-1\n  artifrepo: dir:bundles\n{rollout}  components: {{\n    {component}: {{\n      \
             packages: {{\n{packages}      }}\n    }}\n  }}\n}}\n"
        )
    }

    /// Runs `ddt deploy` to its end, with the documents as they stand.
    pub(crate) fn deploy(&self, options: &[&str]) -> Ended {
        self.start_deploy(options).end()
    }

    /// Starts `ddt deploy`, with the documents as they stand.
    pub(crate) fn start_deploy(&self, options: &[&str]) -> Running {
        self.write_documents();
        self.start(&[&["deploy", "manifest.hjson"], options].concat())
    }

    /// Writes the manifest and the bundles.
    pub(crate) fn write_documents(&self) {
        self.write_documents_with(&self.witnesses());
    }

    /// The same, where the directory of the witnesses has another path on the nodes.
    pub(super) fn write_documents_with(&self, witnesses: &Path) {
        self.write("manifest.hjson", self.manifest());
        for release in &self.releases {
            release.write(&self.path("bundles"), witnesses);
        }
    }

    /// Runs `ddt` to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        self.start(arguments).end()
    }

    /// Returns when the zone's run says that it is stopping.
    #[track_caller]
    pub(crate) fn until_stopping(&self) {
        until_stopping(|| self.run(&["status"]));
    }

    /// Starts `ddt`.
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        self.start_command(self.ddt(arguments))
    }

    /// Starts a run of `ddt` that was made ready.
    pub(crate) fn start_command(&self, command: Command) -> Running {
        Running::start(command, &self.workspace.path())
    }

    /// Starts `ddt` with standard error in a file of the working directory.
    pub(crate) fn start_telling(&self, arguments: &[&str], file: &str) -> Running {
        let command = self.ddt(arguments);
        Running::start_telling(command, &self.workspace.path(), &self.path(file))
    }

    /// A run of `ddt` that is not started yet.
    pub(crate) fn ddt(&self, arguments: &[&str]) -> Command {
        self.workspace.ddt(arguments.iter().copied())
    }

    /// A node of the zone.
    pub(crate) fn node(&self, name: &str) -> LocalNode {
        let root = self.path("nodes").join(name);
        LocalNode::at(root).with_witness(self.witnesses().join(name))
    }

    /// All nodes' files as they are now; none before the first deployment.
    pub(crate) fn nodes_tree(&self) -> Tree {
        Tree::of(&self.path("nodes"))
    }

    fn witnesses(&self) -> PathBuf {
        self.path("witnesses")
    }
}

fn inventory(nodes: &[&str]) -> String {
    let nodes: String = nodes
        .iter()
        .map(|node| format!("    {node}: {{\n      root: nodes/{node}\n    }}\n"))
        .collect();
    format!(
        "{{\n  mzone: zone-1\n  defaults: {{\n    transport: local\n  }}\n  nodes: {{\n{nodes}  }}\n}}\n"
    )
}

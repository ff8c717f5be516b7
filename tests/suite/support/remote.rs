//! A zone of real hosts behind sshds, with everything a deployment to it needs.

use super::fleet::{Fleet, Kind};
use super::local_node::package_tag_and_outcome;
use super::process::{Ended, Running};
use super::release::Release;
use super::tree::Tree;
use super::wait::until;
use super::zone::{HOSTOS, Zone};
use std::fs;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Where steps on a host note that they ran.
const WITNESSES: &str = "/var/witnesses";

/// What a step has to run to wait on its host, in shell, until [`Host::open_gate`].
pub(crate) const GATE: &str = ": >/var/gate; until [ -e /var/open ]; do sleep 0.02; done";

/// A manifest, and the hosts of a fleet that it is for; they are the nodes `node-0`, `node-1` and so on.
#[derive(Debug)]
pub(crate) struct RemoteZone {
    zone: Zone,
    fleet: Fleet,
    sockets: TempDir,
}

impl RemoteZone {
    /// New hosts in namespaces that are to be HostOS nodes, with made-up bundles and no reboot. `None` where this
    /// machine cannot run them.
    pub(crate) fn hostos(count: usize) -> Option<Self> {
        let zone = Self::of(Zone::hostos(&[]), count, Kind::Namespaces)?;
        for host in zone.hosts() {
            host.run("mkdir /var/witnesses");
        }
        Some(zone)
    }

    /// Hosts on which all releases of [`Self::hostos`] are deployed.
    pub(crate) fn deployed(count: usize) -> Option<Self> {
        let zone = Self::hostos(count)?;
        zone.deploy(&[]).exits(0);
        Some(zone)
    }

    /// The hosts of a fleet as a zone whose documents somebody else writes.
    pub(crate) fn of(zone: Zone, count: usize, kind: Kind) -> Option<Self> {
        let fleet = Fleet::up(count, kind)?;
        // Not below TMPDIR: the path of a socket must be short.
        let sockets = tempfile::Builder::new()
            .prefix("ddt-")
            .tempdir_in("/tmp")
            .expect("a directory");
        let zone = Self {
            zone,
            fleet,
            sockets,
        };
        zone.edit_inventory(|text| text);
        Some(zone)
    }

    pub(crate) fn fleet(&self) -> &Fleet {
        &self.fleet
    }

    pub(crate) fn zone(&self) -> &Zone {
        &self.zone
    }

    /// A release of the manifest, to change.
    pub(crate) fn release(&mut self, package: &str) -> &mut Release {
        self.zone.release(package)
    }

    /// Leaves every other package out of the manifest.
    pub(crate) fn keep(&mut self, package: &str) {
        self.zone.keep(package);
    }

    /// Writes the inventory of the fleet, changed.
    pub(crate) fn edit_inventory(&self, edit: impl Fn(String) -> String) {
        self.zone
            .write("inventory.hjson", edit(self.fleet.inventory("zone-1")));
    }

    /// Runs `ddt deploy` to its end, with the documents as they stand.
    pub(crate) fn deploy(&self, options: &[&str]) -> Ended {
        self.start_deploy(options).end()
    }

    /// Starts `ddt deploy`, with the documents as they stand.
    pub(crate) fn start_deploy(&self, options: &[&str]) -> Running {
        self.zone.write_documents_with(Path::new(WITNESSES));
        self.start(&[&["deploy", "manifest.hjson"], options].concat())
    }

    /// Runs `ddt` to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        self.start(arguments).end()
    }

    /// Starts `ddt` where the hosts can be reached, with sockets of its own.
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        let workspace = &self.zone.workspace;
        let mut command = workspace.ddt_in(&self.fleet, arguments.iter().copied());
        command.env("XDG_RUNTIME_DIR", self.sockets.path());
        Running::start(command, &workspace.path())
    }

    /// The control sockets of the ssh connections that are up.
    pub(crate) fn connections(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.sockets.path().join("ddt"))
            .into_iter()
            .flatten()
            .flatten();
        let sockets = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_socket()));
        sockets.map(|entry| entry.path()).collect()
    }

    /// One host of the zone.
    pub(crate) fn host(&self, index: usize) -> Host<'_> {
        Host {
            fleet: &self.fleet,
            index,
        }
    }

    /// Every host, in order.
    pub(crate) fn hosts(&self) -> impl Iterator<Item = Host<'_>> {
        (0..self.fleet.addresses().len()).map(|index| self.host(index))
    }

    /// The log of the last run's task of a package on a host.
    pub(crate) fn log(&self, package: &str, host: usize) -> String {
        let path = format!("deploy_logs/latest/hostos/{package}/node-{host}.log");
        fs::read_to_string(self.zone.path(&path)).expect("a log")
    }
}

/// One host of a fleet, as it is without ddt and ssh.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Host<'a> {
    fleet: &'a Fleet,
    index: usize,
}

impl Host<'_> {
    /// Runs a shell command line as root.
    #[track_caller]
    pub(crate) fn run(&self, command_line: &str) -> String {
        let output = self.fleet.exec(self.index, &["sh", "-c", command_line]);
        assert!(output.status.success(), "{command_line}: {output:?}");
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// Waits until a step waits at its gate, or has passed it.
    #[track_caller]
    pub(crate) fn reaches_gate(&self) {
        until(
            &format!("a step on host {} reaches its gate", self.index),
            || self.fleet.read(self.index, "/var/gate").is_some(),
        );
    }

    /// Lets every step pass, from now on.
    pub(crate) fn open_gate(&self) {
        self.fleet.write(self.index, "/var/open", "");
    }

    /// Waits until the host's own record says that the attempt of a package came so far: `receipt`, or `awaiting`.
    #[track_caller]
    pub(crate) fn comes_to(&self, package: &str, mark: &str) {
        let ended =
            format!("tail -qn1 /var/lib/ddt/receipts/*/hostos,{package},1.{mark} | grep -qx end");
        until(
            &format!("the {mark} of {package} on host {}", self.index),
            || {
                self.fleet
                    .exec(self.index, &["sh", "-c", &ended])
                    .status
                    .success()
            },
        );
    }

    /// `PACKAGE TAG OUTCOME` of every line of the record of HostOS releases, oldest first.
    pub(crate) fn releases(&self) -> Vec<String> {
        let record = self.fleet.read(self.index, "/etc/genesis/release-bundles");
        record
            .unwrap_or_default()
            .lines()
            .map(package_tag_and_outcome)
            .collect()
    }

    /// The packages whose deploy step ran, as the steps saw it, oldest first.
    pub(crate) fn deployed(&self) -> Vec<String> {
        let witness = format!("{WITNESSES}/node-{}", self.index);
        let witness = self.fleet.read(self.index, &witness).unwrap_or_default();
        let deployed = witness
            .lines()
            .filter_map(|line| line.strip_prefix("deploy "));
        deployed
            .filter_map(|line| line.split(' ').next())
            .map(str::to_owned)
            .collect()
    }

    /// Asserts that every package was deployed, once and in order, and recorded.
    #[track_caller]
    pub(crate) fn has_all_once(&self) {
        let expected = HOSTOS.map(|(package, _)| package);
        assert_eq!(self.deployed(), expected, "what ran on host {}", self.index);
        let expected = HOSTOS.map(|(package, tag)| format!("{package} {tag} deployed"));
        assert_eq!(
            self.releases(),
            expected,
            "the record of host {}",
            self.index
        );
    }

    /// How often sshd let somebody in since the host exists.
    pub(crate) fn logins(&self) -> usize {
        let log = self
            .fleet
            .read(self.index, "/var/log/sshd.log")
            .unwrap_or_default();
        log.lines().filter(|line| line.contains("Accepted")).count()
    }

    /// All that the host has on its disk of its own.
    pub(crate) fn disk(&self) -> Tree {
        let upper = self
            .fleet
            .directory()
            .join(format!("store/{}/upper", self.index));
        Tree::of(&upper).without("var/log/sshd.log")
    }
}

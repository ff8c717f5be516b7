//! A zone of real hosts behind sshds, with everything a deployment to it needs.

use super::fleet::{Fleet, Kind};
use super::host::{Host, WITNESSES};
use super::process::{Ended, Running};
use super::release::Release;
use super::wait::until_stopping;
use super::zone::Zone;
use std::fs;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

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

    /// Returns when the zone's run says that it is stopping.
    #[track_caller]
    pub(crate) fn until_stopping(&self) {
        until_stopping(|| self.run(&["status"]));
    }

    /// Starts `ddt` where the hosts can be reached, with sockets of its own.
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        Running::start(self.command(arguments), &self.zone.workspace.path())
    }

    /// The same; a file then lists the places that `ddt` comes by.
    pub(crate) fn start_listing(&self, arguments: &[&str], list: &Path) -> Running {
        let mut command = self.command(arguments);
        command.env("DDT_CRASH_LIST", list);
        Running::start(command, &self.zone.workspace.path())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let workspace = &self.zone.workspace;
        let mut command = workspace.ddt_in(&self.fleet, arguments.iter().copied());
        command.env("XDG_RUNTIME_DIR", self.sockets.path());
        command
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
        Host::of(&self.fleet, index)
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

//! One host of a fleet, as it is without ddt and ssh.

use super::fleet::Fleet;
use super::local_node::package_tag_and_outcome;
use super::tree::{Tree, files_holding};
use super::wait::until;
use super::zone::HOSTOS;
use std::path::PathBuf;

/// Where steps on a host note that they ran.
pub(super) const WITNESSES: &str = "/var/witnesses";

/// What a step has to run to wait on its host, in shell, until [`Host::open_gate`].
pub(crate) const GATE: &str = ": >/var/gate; until [ -e /var/open ]; do sleep 0.02; done";

/// A host, by its number in the fleet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Host<'a> {
    fleet: &'a Fleet,
    index: usize,
}

impl<'a> Host<'a> {
    pub(super) fn of(fleet: &'a Fleet, index: usize) -> Self {
        Self { fleet, index }
    }

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
        Tree::of(&self.own_files()).without("var/log/sshd.log")
    }

    /// The files on the host's disk that hold a text, and are its own.
    pub(crate) fn files_holding(&self, text: &str) -> Vec<PathBuf> {
        let own = self.own_files();
        let found = files_holding(&own, text).into_iter();
        let below = |path: PathBuf| path.strip_prefix(&own).map(PathBuf::from);
        found
            .map(|path| below(path).expect("a file below"))
            .collect()
    }

    fn own_files(&self) -> PathBuf {
        let store = self.fleet.directory().join("store");
        store.join(self.index.to_string()).join("upper")
    }
}

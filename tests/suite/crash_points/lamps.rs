//! The zone that ddt dies on.

use crate::support::lamps;
use crate::support::process::Ended;
use crate::support::zone::Zone;

pub(super) const NODES: [&str; 2] = ["lamp-1", "lamp-2"];

/// New lamps, and the documents to deploy to them.
pub(super) fn lamps() -> Zone {
    let zone = lamps::lamps(&NODES);
    zone.write_documents();
    zone
}

/// Makes the lamps new again, and ddt forget them. The bundles stay what they are, and so their digests.
pub(super) fn renew(zone: &Zone) {
    for directory in ["nodes", ".ddt", "deploy_logs", "witnesses"] {
        std::fs::remove_dir_all(zone.path(directory)).expect("removed");
    }
    std::fs::create_dir(zone.path("witnesses")).expect("a directory");
}

/// Runs `ddt deploy` with a variable more in its environment.
pub(super) fn deploy_with(zone: &Zone, variable: &str, value: &str) -> Ended {
    let mut command = zone.ddt(&["deploy", "manifest.hjson"]);
    command.env(variable, value);
    zone.start_command(command).end()
}

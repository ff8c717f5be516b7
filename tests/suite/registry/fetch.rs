//! `fetch: node`: nodes read bundles from the registry themselves, over TLS and with its password.

use super::Place;
use super::memory::{INVENTORY, MANIFEST, SOLO};
use crate::support::docker_registry::{DockerRegistry, PASSWORD, USER, is_installed};
use crate::support::faulty_registry::{Answer, Asked, FaultyRegistry};
use crate::support::fleet::Kind;
use crate::support::process::{Ended, Running};
use crate::support::remote::RemoteZone;
use crate::support::skip::skip;
use crate::support::zone::Zone;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

/// base64 of `ada:lovelace`, as it is on the wire and in docker's configuration.
pub(super) const ENCODED: &str = "YWRhOmxvdmVsYWNl";

/// A zone of one local node that fetches, and a protected registry that has its bundle.
struct Fetching {
    place: Place,
    registry: DockerRegistry,
}

impl Fetching {
    fn new() -> Option<Self> {
        if !is_installed("curl") {
            skip("curl is not installed");
            return None;
        }
        let registry = DockerRegistry::protected()?;
        let place = Place::new();
        write_documents(&place.workspace.path(), &registry.host(), &registry.ca());
        let remote = format!("{}/team/demo:1.0.0", registry.host());
        let fetching = Self { place, registry };
        fetching
            .place
            .run(&["bundle", "push", "demo", &remote])
            .exits(0);
        Some(fetching)
    }

    fn write(&self, name: &str, text: String) {
        self.place.workspace.write(name, text);
    }

    /// Deploys, and says how many times ddt has sent payloads.
    fn deploy(&self) -> (Ended, usize) {
        let mut command = self.place.workspace.ddt(["deploy", "zone.hjson"]);
        let list = self.place.path("places");
        command.env("DDT_CRASH_LIST", &list);
        let ended = Running::start(command, &self.place.workspace.path()).end();
        (ended.exits(0), sent(&list))
    }

    /// The bundles that a node has, by their payloads' digests.
    fn bundles(&self, root: &str) -> Vec<OsString> {
        let directory = self.place.path(root).join("var/lib/ddt/bundles/sha256");
        let entries = fs::read_dir(directory).expect("the node's bundles");
        entries
            .map(|entry| entry.expect("an entry").file_name())
            .collect()
    }
}

/// The documents of a zone, and docker's login: so that ddt's own environment has no password.
pub(super) fn write_documents(directory: &Path, host: &str, ca: &Path) {
    let project = format!(
        "components: [ \"components\" ]\nregistries: {{\n  \"{host}\": {{\n    ca: {}\n  }}\n}}\n",
        ca.display()
    );
    let login = format!("{{\"auths\": {{\"{host}\": {{\"auth\": \"{ENCODED}\"}}}}}}");
    let files = [
        ("ddt.hjson", project),
        ("components/solo.hjson", SOLO.to_owned()),
        (
            "zone.hjson",
            MANIFEST.replace("REPO", &format!("{host}/team")),
        ),
        ("inventory.hjson", fetching(INVENTORY)),
        ("../home/.docker/config.json", login),
    ];
    for (name, text) in files {
        let path = directory.join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("directories");
        fs::write(path, text).expect("a file");
    }
}

fn fetching(inventory: &str) -> String {
    inventory.replacen("mzone: zone-1\n", "mzone: zone-1\n  fetch: node\n", 1)
}

fn sent(list: &Path) -> usize {
    let places = fs::read_to_string(list).expect("ddt came by some place");
    fs::remove_file(list).expect("removed");
    places
        .lines()
        .filter(|place| *place == "node.payloads-sent")
        .count()
}

#[test]
fn a_node_reads_its_bundle_and_ddt_sends_nothing() {
    let Some(fetching) = Fetching::new() else {
        return;
    };
    let (ended, sent) = fetching.deploy();
    ended.does_not_say("does not fetch");
    assert_eq!(sent, 0);
    let inventory = INVENTORY.replace("root: node", "root: other");
    fetching.write("inventory.hjson", inventory);
    let (_, sent) = fetching.deploy();
    assert_eq!(sent, 1, "the count sees what is sent");
    assert_eq!(fetching.bundles("node"), fetching.bundles("other"));
}

#[test]
fn a_node_takes_no_other_bytes_than_the_plan_says() {
    let Some(fetching) = Fetching::new() else {
        return;
    };
    // ddt has read the right ones.
    fetching.place.run(&["plan", "zone.hjson"]).exits(0);
    fetching.registry.damage_layers();
    let (ended, sent) = fetching.deploy();
    ended.says(
        "node-1 is sent 1 bundle that it does not fetch: it got something else (another digest)",
    );
    assert_eq!(sent, 1);
}

#[test]
fn what_is_in_no_registry_is_sent() {
    let Some(fetching) = Fetching::new() else {
        return;
    };
    let build = ["bundle", "build", "demo", "-o", "layout"];
    fetching.place.run(&build).exits(0);
    fetching.write("zone.hjson", MANIFEST.replace("REPO", "dir:layout"));
    let (ended, sent) = fetching.deploy();
    ended.says("node-1 is sent 1 bundle that it does not fetch: its bundle is not in a registry");
    assert_eq!(sent, 1);
}

#[test]
fn the_password_is_in_no_argument_no_environment_and_no_file() {
    let Some(fetching) = Fetching::new() else {
        return;
    };
    let Some((ended, trace)) = fetching.place.deploy_traced() else {
        return;
    };
    ended.does_not_say("does not fetch");
    trace.has_in_pipes_alone(&[PASSWORD, ENCODED]);
}

#[test]
fn a_node_behind_an_sshd_reads_its_bundle() {
    let Some(fetching) = Fetching::new() else {
        return;
    };
    let Some(zone) = RemoteZone::of(Zone::new(&[], "solo", Vec::new()), 1, Kind::Plain) else {
        return;
    };
    let registry = &fetching.registry;
    write_documents(&zone.zone().path(""), &registry.host(), &registry.ca());
    zone.edit_inventory(|text| self::fetching(&text));
    let list = zone.zone().path("places");
    zone.start_listing(&["deploy", "zone.hjson"], &list)
        .end()
        .exits(0)
        .does_not_say("does not fetch");
    assert_eq!(sent(&list), 0);
}

/// A registry that wants a password and does not speak TLS, and says what else it answers.
fn unencrypted(
    place: &Place,
    answer: impl Fn(&Asked) -> Option<Answer> + Send + Sync + 'static,
) -> FaultyRegistry {
    FaultyRegistry::serving(&place.path("layout"), move |asked| {
        match asked.header("authorization") {
            Some(_) => answer(asked),
            None => Some(Answer::status(401).header("WWW-Authenticate", "Basic realm=\"test\"")),
        }
    })
}

/// Deploys the bundle of such a registry to a node that fetches; says what was told.
fn deploy_from(place: &Place, registry: &FaultyRegistry) -> Ended {
    let host = registry.host();
    let files = [
        ("ddt.hjson", "components: [ \"components\" ]\n".to_owned()),
        ("components/solo.hjson", SOLO.to_owned()),
        ("zone.hjson", MANIFEST.replace("REPO", &host)),
        ("inventory.hjson", fetching(INVENTORY)),
    ];
    for (name, text) in files {
        place.workspace.write(name, text);
    }
    let deploy = ["deploy", "zone.hjson"];
    place.run_as(&host, [USER, PASSWORD], &deploy).exits(0)
}

#[test]
fn a_node_is_given_no_password_that_others_can_read_on_the_way() {
    let place = Place::with_layout();
    let registry = unencrypted(&place, |_| None);
    let ended = deploy_from(&place, &registry);
    ended.says("wants credentials and does not speak TLS, so nodes are not given them");
    assert!(!registry.asked().iter().any(is_of_curl));
}

#[test]
fn a_node_goes_where_ddt_was_sent_without_the_password() {
    if !is_installed("curl") {
        skip("curl is not installed");
        return;
    }
    let place = Place::with_layout();
    let storage = FaultyRegistry::serving(&place.path("layout"), |_| None);
    let at = storage.host();
    let registry = unencrypted(&place, move |asked| {
        let there = format!("http://{at}{}", asked.path);
        asked
            .is_blob()
            .then(|| Answer::status(307).header("Location", &there))
    });
    deploy_from(&place, &registry).does_not_say("does not fetch");
    let asked = storage.asked();
    assert_eq!(asked.iter().filter(|one| is_of_curl(one)).count(), 1);
    assert!(
        asked
            .iter()
            .all(|one| one.header("authorization").is_none())
    );
    assert!(!registry.asked().iter().any(is_of_curl));
}

pub(super) fn is_of_curl(asked: &Asked) -> bool {
    asked
        .header("user-agent")
        .is_some_and(|agent| agent.starts_with("curl/"))
}

//! What a probe of a node may bring.

use std::collections::{BTreeMap, BTreeSet};

use super::zone::{ORDER, Zone, digest, hostos, name, package, tag};
use crate::name::Name;
use crate::node::attempt::{AttemptId, AttemptRecord, AttemptState};
use crate::node::facts::{BootId, ComponentFacts, Facts, ReleaseLine, ReleaseOutcome};
use crate::tag::ReleaseTag;

/// A machine on which nothing was ever deployed.
pub(super) fn blank() -> Facts {
    Facts {
        boot_id: BootId("boot-1".to_owned()),
        arch: "x86_64".to_owned(),
        privileged: true,
        free_kib: 1 << 20,
        epoch: 0,
        components: BTreeMap::from([(hostos(), ComponentFacts::default())]),
        payloads: BTreeSet::new(),
        last_attempt: None,
    }
}

/// A node on which the first packages of the sample are deployed, at a stage.
pub(super) fn deployed(count: usize, stage: &str) -> Facts {
    let mut zone = Zone::sample();
    let facts = ORDER.iter().take(count).fold(blank(), |facts, short| {
        let wanted = zone.entry(short).tag.clone();
        facts.records(&package(short), &wanted)
    });
    facts.at(stage)
}

/// A node on which the whole sample is deployed.
pub(super) fn ready() -> Facts {
    deployed(ORDER.len(), "post-config")
}

/// Changes to facts, in a row.
pub(super) trait Change {
    fn hostos(&mut self) -> &mut ComponentFacts;
    fn at(self, stage: &str) -> Self;
    fn records(self, package: &Name, tag: &ReleaseTag) -> Self;
    fn has(self, short: &str, tag: &str) -> Self;
    fn attempted(self, short: &str, state: AttemptState) -> Self;
}

impl Change for Facts {
    fn hostos(&mut self) -> &mut ComponentFacts {
        self.components.entry(hostos()).or_default()
    }

    fn at(mut self, stage: &str) -> Self {
        self.hostos().stage = Some(stage.to_owned());
        self
    }

    /// One more line in the releases file.
    fn records(mut self, package: &Name, tag: &ReleaseTag) -> Self {
        self.hostos().releases.push(ReleaseLine {
            time: "2026-11-21T00:33:34Z".to_owned(),
            package: package.clone(),
            bundle: package.clone(),
            tag: tag.clone(),
            digest: digest(package, tag),
            run: name("run-1"),
            outcome: ReleaseOutcome::Deployed,
        });
        self
    }

    fn has(self, short: &str, installed: &str) -> Self {
        self.records(&package(short), &tag(installed))
    }

    /// The node's last attempt was run-1's, for the release that the sample wants.
    fn attempted(mut self, short: &str, state: AttemptState) -> Self {
        let wanted = Zone::sample().entry(short).tag.clone();
        self.last_attempt = Some(AttemptRecord {
            id: AttemptId {
                run: name("run-1"),
                component: hostos(),
                package: package(short),
                number: 1,
            },
            digest: digest(&package(short), &wanted),
            tag: wanted,
            state,
        });
        self
    }
}

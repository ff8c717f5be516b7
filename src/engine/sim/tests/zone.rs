//! The shipped sample manifest on a few nodes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::component::{BUILT_IN, ComponentDefinition};
use crate::digest::Digest;
use crate::document::{Document, Source, YesNo};
use crate::engine::event::RunKind;
use crate::engine::fixture::{identity, name};
use crate::engine::sim::Rehearsal;
use crate::inventory::{Inventory, NodeSettings};
use crate::manifest::Manifest;
use crate::name::Name;
use crate::node::facts::{BootId, ComponentFacts, Facts};
use crate::plan::{Bundle, BundleSteps, PlanInput, PlanOptions, plan};

/// Nodes on which nothing was ever deployed.
pub(super) fn fresh(nodes: usize) -> Rehearsal {
    let names = (1..=nodes).map(|at| name(&format!("node-{at}")));
    rehearsal(names.map(|name| (name, blank())).collect())
}

/// Any nodes.
pub(super) fn rehearsal(facts: BTreeMap<Name, Facts>) -> Rehearsal {
    let text = include_str!("../../../../manifests/hostos/mzone7204.hjson");
    let manifest = Document::<Manifest>::read(Source::new("mzone7204.hjson", text))
        .unwrap()
        .value;
    let (file, text) = BUILT_IN[0];
    let definition = Document::<ComponentDefinition>::read(Source::new(file, text)).unwrap();
    let definitions = BTreeMap::from([(name("hostos"), definition.value)]);
    let inventory = Inventory {
        mzone: manifest.mzone.clone(),
        protected: YesNo::No,
        require_signatures: YesNo::No,
        signature_threshold: None,
        defaults: NodeSettings::default(),
        nodes: BTreeMap::new(),
        groups: BTreeMap::new(),
    };
    let bundles = bundles(&manifest);
    Rehearsal {
        facts,
        planner: Arc::new(move |observations, assume| {
            plan(PlanInput {
                manifest: &manifest,
                definitions: &definitions,
                inventory: &inventory,
                bundles: &bundles,
                observations,
                options: &PlanOptions {
                    assume,
                    ..PlanOptions::default()
                },
            })
        }),
        identity: identity(RunKind::Deploy),
        reboot_timeout_seconds: 600,
    }
}

/// A machine on which nothing was ever deployed.
pub(super) fn blank() -> Facts {
    Facts {
        boot_id: BootId("boot-1".to_owned()),
        arch: "x86_64".to_owned(),
        privileged: true,
        free_kib: 1 << 20,
        epoch: 0,
        components: BTreeMap::from([(name("hostos"), ComponentFacts::default())]),
        payloads: BTreeSet::new(),
        last_attempt: None,
    }
}

fn bundles(manifest: &Manifest) -> BTreeMap<(Name, Name), Bundle> {
    let packages = manifest.components.iter().flat_map(|(component, entry)| {
        let packages = entry.packages.iter();
        packages.map(move |(package, wanted)| (component, package, wanted))
    });
    packages
        .map(|(component, package, wanted)| {
            let digest = Digest::of(format!("{package}:{}", wanted.tag).as_bytes());
            ((component.clone(), package.clone()), bundle(digest))
        })
        .collect()
}

fn bundle(digest: Digest) -> Bundle {
    Bundle {
        payload: digest.clone(),
        digest,
        payload_bytes: 64 << 10,
        arch: Vec::new(),
        steps: BundleSteps {
            check: None,
            deploy: "steps/deploy".into(),
            verify: None,
            rollback: None,
        },
        idempotent: false,
        timeout_seconds: None,
        confirm_within_seconds: None,
    }
}

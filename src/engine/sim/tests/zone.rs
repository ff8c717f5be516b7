//! The shipped sample manifest on a few nodes, gone through in many ways.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::component::{BUILT_IN, ComponentDefinition};
use crate::digest::Digest;
use crate::document::{Document, Source, YesNo};
use crate::engine::event::RunKind;
use crate::engine::fixture::{identity, name};
use crate::engine::sim::{Rehearsal, Variety, shared_facts};
use crate::inventory::{Inventory, NodeSettings};
use crate::manifest::{Manifest, Rollout};
use crate::name::Name;
use crate::node::facts::{BootId, ComponentFacts, Facts};
use crate::plan::{Bundle, BundleSteps, PlanInput, PlanOptions, RolloutRules, plan};

/// Nodes on which nothing was ever deployed.
pub(super) fn fresh(nodes: usize) -> Rehearsal {
    zone(&plain(nodes))
}

/// A zone as a seed draws it.
pub(super) fn varied(seed: u64) -> Rehearsal {
    zone(&Variety::of(seed, 8))
}

/// Nodes with earlier releases, to which a run that fails goes back.
pub(super) fn reversible(nodes: usize) -> Rehearsal {
    zone(&Variety {
        is_upgrade: true,
        rollout: Rollout {
            rollback_on_failure: Some(YesNo::Yes),
            ..Rollout::default()
        },
        ..plain(nodes)
    })
}

/// Nodes of which one goes before the others.
pub(super) fn one_by_one(nodes: usize) -> Rehearsal {
    zone(&Variety {
        rollout: Rollout {
            canaries: Some(1),
            ..Rollout::default()
        },
        ..plain(nodes)
    })
}

fn plain(nodes: usize) -> Variety {
    Variety {
        nodes,
        is_upgrade: false,
        is_idempotent: false,
        rollout: Rollout::default(),
        groups: BTreeMap::new(),
    }
}

/// Any zone.
pub(super) fn zone(variety: &Variety) -> Rehearsal {
    let text = include_str!("../../../../manifests/hostos/mzone7204.hjson");
    let manifest = Document::<Manifest>::read(Source::new("mzone7204.hjson", text))
        .unwrap()
        .value;
    let (file, text) = BUILT_IN[0];
    let definition = Document::<ComponentDefinition>::read(Source::new(file, text)).unwrap();
    let definitions = BTreeMap::from([(name("hostos"), definition.value)]);
    let names = (1..=variety.nodes).map(|at| name(&format!("node-{at}")));
    let names: Vec<Name> = names.collect();
    let known = names.iter();
    let inventory = Inventory {
        mzone: manifest.mzone.clone(),
        protected: YesNo::No,
        require_signatures: YesNo::No,
        fetch: Default::default(),
        signature_threshold: None,
        defaults: NodeSettings::default(),
        nodes: known
            .map(|name| (name.clone(), NodeSettings::default()))
            .collect(),
        groups: variety.groups.clone(),
    };
    let rollout = RolloutRules::new(variety.rollout.clone(), &inventory).unwrap();
    let bundles = bundles(&manifest, variety.is_idempotent);
    let rehearsal = Rehearsal {
        facts: shared_facts(names.into_iter().map(|name| (name, blank()))),
        planner: Arc::new(move |observations, assume| {
            plan(PlanInput {
                manifest: &manifest,
                definitions: &definitions,
                inventory: &inventory,
                bundles: &bundles,
                observations,
                options: &PlanOptions {
                    assume,
                    rollout: rollout.clone(),
                    ..PlanOptions::default()
                },
            })
        }),
        identity: identity(RunKind::Deploy),
        reboot_timeout_seconds: 600,
    };
    match variety.is_upgrade {
        true => rehearsal.upgraded().unwrap(),
        false => rehearsal,
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

fn bundles(manifest: &Manifest, idempotent: bool) -> BTreeMap<(Name, Name), Bundle> {
    let packages = manifest.components.iter().flat_map(|(component, entry)| {
        let packages = entry.packages.iter();
        packages.map(move |(package, wanted)| (component, package, wanted))
    });
    packages
        .map(|(component, package, wanted)| {
            let digest = Digest::of(format!("{package}:{}", wanted.tag).as_bytes());
            (
                (component.clone(), package.clone()),
                bundle(digest, idempotent),
            )
        })
        .collect()
}

fn bundle(digest: Digest, idempotent: bool) -> Bundle {
    Bundle {
        payload: digest.clone(),
        digest,
        payload_bytes: 64 << 10,
        arch: Vec::new(),
        steps: BundleSteps {
            check: None,
            deploy: "steps/deploy".into(),
            verify: Some("steps/verify".into()),
            rollback: Some("steps/rollback".into()),
        },
        idempotent,
        timeout_seconds: None,
        confirm_within_seconds: None,
        secrets: Default::default(),
    }
}

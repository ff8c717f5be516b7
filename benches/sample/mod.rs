//! The shipped sample manifest on a zone of any size, and how much memory it takes.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use ddt::component::{BUILT_IN, ComponentDefinition};
use ddt::digest::Digest;
use ddt::document::{Document, Source};
use ddt::inventory::{Group, Inventory, NodeSettings};
use ddt::manifest::{Manifest, Rollout};
use ddt::name::Name;
use ddt::node::facts::{BootId, ComponentFacts, Facts};
use ddt::plan::{
    Assume, Bundle, BundleSteps, Observation, Plan, PlanInput, PlanOptions, Refusal, RolloutRules,
    plan,
};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

const MANIFEST: &str = include_str!("../../manifests/hostos/mzone7204.hjson");

/// All that a plan is made from.
pub(crate) struct Zone {
    manifest: Manifest,
    definitions: BTreeMap<Name, ComponentDefinition>,
    inventory: Inventory,
    rollout: RolloutRules,
    bundles: BTreeMap<(Name, Name), Bundle>,
    /// The nodes.
    pub(crate) observations: BTreeMap<Name, Observation>,
}

impl Zone {
    /// A zone of nodes on which nothing was ever deployed.
    pub(crate) fn fresh(nodes: usize) -> Result<Self, Box<dyn Error>> {
        Self::of(nodes, Rollout::default(), BTreeMap::new())
    }

    /// A zone of such nodes, and how a run goes through it.
    pub(crate) fn of(
        nodes: usize,
        rollout: Rollout,
        groups: BTreeMap<Name, Group>,
    ) -> Result<Self, Box<dyn Error>> {
        let manifest: Manifest = read(MANIFEST)?;
        let definition: ComponentDefinition = read(BUILT_IN[0].1)?;
        let component = definition.component.clone();
        let names = (0..nodes).map(|node| format!("node-{node:05}").parse());
        let names: Vec<Name> = names.collect::<Result<_, _>>()?;
        let facts = fresh_facts(&component);
        let observe = |name: &Name| (name.clone(), Ok(facts.clone()));
        let inventory = inventory(&manifest, &names, groups);
        Ok(Self {
            bundles: bundles(&manifest),
            rollout: RolloutRules::new(rollout, &inventory)?,
            inventory,
            observations: names.iter().map(observe).collect(),
            definitions: BTreeMap::from([(component, definition)]),
            manifest,
        })
    }

    /// Plans from what is seen of its nodes.
    pub(crate) fn plan(
        &self,
        observations: &BTreeMap<Name, Observation>,
        assume: Option<Assume>,
    ) -> Result<Plan, Refusal> {
        plan(PlanInput {
            manifest: &self.manifest,
            definitions: &self.definitions,
            inventory: &self.inventory,
            bundles: &self.bundles,
            observations,
            options: &PlanOptions {
                assume,
                rollout: self.rollout.clone(),
                ..PlanOptions::default()
            },
        })
    }
}

/// The most memory that this process has had so far, in MiB.
pub(crate) fn peak_memory() -> Result<u64, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next());
    Ok(kib.ok_or("no VmHWM in /proc/self/status")?.parse::<u64>()? / 1024)
}

fn read<T: DeserializeOwned + JsonSchema>(text: &str) -> Result<T, Box<dyn Error>> {
    let document = Document::read(Source::new("sample.hjson", text));
    Ok(document.map_err(|errors| format!("{errors:?}"))?.value)
}

fn inventory(manifest: &Manifest, names: &[Name], groups: BTreeMap<Name, Group>) -> Inventory {
    let nodes = names
        .iter()
        .map(|name| (name.clone(), NodeSettings::default()));
    Inventory {
        mzone: manifest.mzone.clone(),
        protected: Default::default(),
        require_signatures: Default::default(),
        fetch: Default::default(),
        signature_threshold: None,
        defaults: NodeSettings::default(),
        nodes: nodes.collect(),
        groups,
    }
}

fn bundles(manifest: &Manifest) -> BTreeMap<(Name, Name), Bundle> {
    let entries = manifest.components.iter().flat_map(|(component, entry)| {
        let packages = entry.packages.iter();
        packages.map(move |(package, wanted)| (component, package, wanted))
    });
    entries
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
        arch: vec!["x86_64".to_owned()],
        steps: BundleSteps {
            check: None,
            deploy: "steps/deploy".into(),
            verify: Some("steps/verify".into()),
            rollback: Some("steps/rollback".into()),
        },
        idempotent: false,
        timeout_seconds: None,
        confirm_within_seconds: None,
        secrets: Default::default(),
    }
}

fn fresh_facts(component: &Name) -> Facts {
    Facts {
        boot_id: BootId("a7c3b0e8-1f3c-4a86-9a55-0d0b6c2b7f10".to_owned()),
        arch: "x86_64".to_owned(),
        privileged: true,
        free_kib: 1 << 20,
        epoch: 0,
        components: BTreeMap::from([(component.clone(), ComponentFacts::default())]),
        payloads: BTreeSet::new(),
        last_attempt: None,
    }
}

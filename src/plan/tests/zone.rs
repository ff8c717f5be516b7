//! A zone to plan for: the sample manifest, the built-in definition, and nodes whose facts
//! a test writes. Its plans and refusals are told as text, a line for each decision.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::LazyLock;

use crate::component::{BUILT_IN, ComponentDefinition};
use crate::digest::Digest;
use crate::document::{Document, Source, YesNo};
use crate::inventory::{Inventory, NodeSettings};
use crate::manifest::{Manifest, PackageEntry};
use crate::name::Name;
use crate::node::NodeError;
use crate::node::facts::Facts;
use crate::plan::{
    Action, Bundle, BundleSteps, NodePlan, Observation, Plan, PlanInput, PlanOptions, PlannedTask,
    Refusal, Verdict, plan,
};
use crate::tag::ReleaseTag;

/// The packages of the sample, in the order of their deployment.
pub(super) const ORDER: [&str; 7] = [
    "boot",
    "config",
    "base-os-sw",
    "base-net-sw",
    "nextgen-os-sw",
    "post-config",
    "kernel-patch",
];

pub(super) fn name(text: &str) -> Name {
    text.parse().unwrap()
}

pub(super) fn tag(text: &str) -> ReleaseTag {
    text.parse().unwrap()
}

pub(super) fn hostos() -> Name {
    name("hostos")
}

/// `boot` is `hostos-boot-release`.
pub(super) fn package(short: &str) -> Name {
    name(&format!("hostos-{short}-release"))
}

/// A release's digest, the same wherever it is deployed.
pub(super) fn digest(package: &Name, tag: &ReleaseTag) -> Digest {
    Digest::of(format!("{package}:{tag}").as_bytes())
}

/// What a plan is made from.
#[derive(Clone, Debug)]
pub(super) struct Zone {
    pub(super) manifest: Manifest,
    pub(super) definitions: BTreeMap<Name, ComponentDefinition>,
    pub(super) inventory: Inventory,
    pub(super) bundles: BTreeMap<(Name, Name), Bundle>,
    pub(super) observations: BTreeMap<Name, Observation>,
    pub(super) options: PlanOptions,
}

impl Zone {
    /// The sample manifest and no nodes.
    pub(super) fn sample() -> Self {
        static SAMPLE: LazyLock<Zone> = LazyLock::new(Zone::read_sample);
        SAMPLE.clone()
    }

    fn read_sample() -> Self {
        let text = include_str!("../../../manifests/hostos/mzone7204.hjson");
        let manifest = Document::<Manifest>::read(Source::new("mzone7204.hjson", text)).unwrap();
        let mut zone = Self {
            inventory: Inventory {
                mzone: manifest.value.mzone.clone(),
                protected: YesNo::No,
                require_signatures: YesNo::No,
                fetch: Default::default(),
                signature_threshold: None,
                defaults: NodeSettings::default(),
                nodes: BTreeMap::new(),
                groups: BTreeMap::new(),
            },
            manifest: manifest.value,
            definitions: BTreeMap::from([(hostos(), definition())]),
            bundles: BTreeMap::new(),
            observations: BTreeMap::new(),
            options: PlanOptions::default(),
        };
        zone.find_bundles();
        zone
    }

    /// Finds the bundle of every package, as the resolver would.
    pub(super) fn find_bundles(&mut self) {
        for (component, entry) in &self.manifest.components {
            for (package, wanted) in &entry.packages {
                let key = (component.clone(), package.clone());
                self.bundles.insert(key, bundle(package, &wanted.tag));
            }
        }
    }

    pub(super) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub(super) fn packages(&mut self) -> &mut BTreeMap<Name, PackageEntry> {
        &mut self.manifest.components.get_mut("hostos").unwrap().packages
    }

    pub(super) fn entry(&mut self, short: &str) -> &mut PackageEntry {
        self.packages().get_mut(&package(short)).unwrap()
    }

    pub(super) fn bundle(&mut self, short: &str) -> &mut Bundle {
        self.bundles.get_mut(&(hostos(), package(short))).unwrap()
    }

    pub(super) fn definition(&mut self) -> &mut ComponentDefinition {
        self.definitions.get_mut("hostos").unwrap()
    }

    pub(super) fn wants(mut self, short: &str, wanted: &str) -> Self {
        self.entry(short).tag = tag(wanted);
        self.find_bundles();
        self
    }

    pub(super) fn only(mut self, shorts: &[&str]) -> Self {
        self.packages()
            .retain(|name, _| shorts.iter().any(|short| package(short) == *name));
        self
    }

    pub(super) fn without(mut self, short: &str) -> Self {
        self.packages().remove(&package(short));
        self
    }

    pub(super) fn forcereboot(mut self, value: YesNo) -> Self {
        self.entry("boot").forcereboot = value;
        self
    }

    pub(super) fn node(mut self, node: &str, facts: Facts) -> Self {
        self.inventory
            .nodes
            .insert(name(node), NodeSettings::default());
        self.observations.insert(name(node), Ok(facts));
        self
    }

    pub(super) fn lost_node(mut self, node: &str, error: NodeError) -> Self {
        self.inventory
            .nodes
            .insert(name(node), NodeSettings::default());
        self.observations.insert(name(node), Err(error));
        self
    }

    pub(super) fn settings(&mut self, node: &str) -> &mut NodeSettings {
        self.inventory.nodes.get_mut(node).unwrap()
    }

    pub(super) fn plan(&self) -> Result<Plan, Refusal> {
        plan(PlanInput {
            manifest: &self.manifest,
            definitions: &self.definitions,
            inventory: &self.inventory,
            bundles: &self.bundles,
            observations: &self.observations,
            options: &self.options,
        })
    }

    /// The plan or the refusal, in words.
    pub(super) fn told(&self) -> String {
        match self.plan() {
            Ok(plan) => plan
                .nodes
                .iter()
                .map(|node| tell_node(&plan, node))
                .collect(),
            Err(refusal) => tell_refusal(&refusal),
        }
    }
}

pub(super) fn definition() -> ComponentDefinition {
    let (file, text) = BUILT_IN[0];
    Document::read(Source::new(file, text)).unwrap().value
}

fn bundle(package: &Name, tag: &ReleaseTag) -> Bundle {
    Bundle {
        digest: digest(package, tag),
        payload: Digest::of(format!("payload of {package}:{tag}").as_bytes()),
        payload_bytes: 64 << 10,
        arch: Vec::new(),
        steps: BundleSteps {
            check: None,
            deploy: "deploy".into(),
            verify: None,
            rollback: None,
        },
        idempotent: false,
        timeout_seconds: None,
        confirm_within_seconds: None,
        secrets: Default::default(),
    }
}

fn tell_node(plan: &Plan, node: &NodePlan) -> String {
    let mode = |mode: &crate::plan::Mode| mode.word();
    let modes: Vec<_> = node.modes.values().map(mode).collect();
    let verdict = match &node.verdict {
        Verdict::Deploy => "deploy".to_owned(),
        Verdict::UpToDate => "up to date".to_owned(),
        Verdict::Skipped(reason) => format!("skipped: {reason}"),
    };
    let mut text = format!("{}, {}: {verdict}\n", node.node, modes.join(", "));
    if !matches!(node.verdict, Verdict::Skipped(_)) {
        for (package, task) in plan.packages.iter().zip(&node.tasks) {
            let _ = writeln!(text, "  {}: {}", short(&package.package), tell_task(task));
        }
    }
    text
}

/// The package without what all names of the sample have in common.
fn short(package: &Name) -> &str {
    let name = package.as_str();
    let name = name.strip_prefix("hostos-").unwrap_or(name);
    name.strip_suffix("-release").unwrap_or(name)
}

fn tell_task(task: &PlannedTask) -> String {
    let action = match &task.action {
        Action::Nothing => return format!("nothing, {}", task.reason),
        Action::Run => "run".to_owned(),
        Action::RunAndReboot => "run and reboot".to_owned(),
        Action::TakeUp {
            run,
            number,
            reboots,
        } => format!("take up {run}/{number}, reboots: {reboots}"),
        Action::Record => "record".to_owned(),
        Action::Finish {
            run,
            number,
            reboot,
        } => format!("finish {run}/{number}, reboot: {reboot}"),
        Action::Undo => "undo".to_owned(),
    };
    let stage = |stage: &Option<Name>| stage.as_ref().map_or("-".to_owned(), ToString::to_string);
    let sets = task
        .sets
        .as_ref()
        .map_or(String::new(), |sets| format!(" → {sets}"));
    format!("{action}, {} [{}{sets}]", task.reason, stage(&task.stage))
}

pub(super) fn tell_refusal(refusal: &Refusal) -> String {
    let problems = refusal.problems.iter().map(|found| {
        let (node, problem) = (&found.node, &found.problem);
        format!("{node}: {problem}\n  {}\n", problem.help())
    });
    problems.collect()
}

//! What zones and rollouts can be like, drawn from a seed: for tests and benchmarks.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Rehearsal, shared_facts};
use crate::digest::Digest;
use crate::document::YesNo;
use crate::inventory::Group;
use crate::manifest::{Rollout, Strategy};
use crate::name::Name;
use crate::node::facts::{ComponentFacts, Facts, ReleaseLine, ReleaseOutcome};
use crate::plan::{Observation, Plan, PlannedPackage, Refusal};
use crate::share::Share;
use crate::tag::ReleaseTag;

/// Keeps these draws apart from those of the rehearsal of the same seed.
const OTHER_DRAWS: u64 = 0x5eed_0f5a_11ab_1e00;

/// How a zone is, and how it is gone through.
#[derive(Clone, Debug)]
pub struct Variety {
    /// How many nodes there are.
    pub nodes: usize,
    /// Whether earlier releases are on them.
    pub is_upgrade: bool,
    /// Whether running a bundle twice does no harm.
    pub is_idempotent: bool,
    /// How a run goes through them.
    pub rollout: Rollout,
    /// Groups of the inventory with limits of their own.
    pub groups: BTreeMap<Name, Group>,
}

impl Variety {
    /// Draws one of at least three nodes, of which most are small.
    pub fn of(seed: u64, most_nodes: usize) -> Self {
        let mut draws = Draws(fastrand::Rng::with_seed(seed ^ OTHER_DRAWS));
        let most = match draws.below(20) {
            0 => most_nodes,
            1..=4 => most_nodes.min(40),
            _ => most_nodes.min(8),
        };
        Self {
            nodes: draws.0.usize(3..=most.max(3)),
            is_upgrade: draws.once_in(2),
            is_idempotent: draws.once_in(3),
            rollout: draws.rollout(),
            groups: draws.groups(),
        }
    }
}

struct Draws(fastrand::Rng);

impl Draws {
    fn below(&mut self, end: u32) -> u32 {
        self.0.u32(0..end)
    }

    fn once_in(&mut self, times: u32) -> bool {
        self.below(times) == 0
    }

    fn share(&mut self, of: &[Share]) -> Share {
        of[self.0.usize(0..of.len())]
    }

    fn rollout(&mut self) -> Rollout {
        use Share::{Count, Percent};
        Rollout {
            strategy: self.once_in(2).then_some(Strategy::Free),
            canaries: self.once_in(3).then(|| 1 + self.below(2)),
            max_in_flight: self
                .once_in(3)
                .then(|| self.share(&[Count(1), Count(2), Percent(40)])),
            batches: match self.below(4) {
                0 => vec![Count(1), Percent(50)],
                1 => vec![Percent(34)],
                _ => Vec::new(),
            },
            max_failures: self
                .once_in(3)
                .then(|| self.share(&[Count(0), Count(1), Percent(50)])),
            order: match self.once_in(4) {
                true => vec!["*2".to_owned()],
                false => Vec::new(),
            },
            pause_between: self.once_in(4).then(|| "90s".parse().ok()).flatten(),
            health: match self.once_in(3) {
                true => vec!["healthy".to_owned()],
                false => Vec::new(),
            },
            step_retries: self.once_in(3).then_some(1),
            rollback_on_failure: self.once_in(3).then_some(YesNo::Yes),
        }
    }

    fn groups(&mut self) -> BTreeMap<Name, Group> {
        let group = |critical, max_failures| Group {
            selector: "*1".to_owned(),
            critical,
            max_failures,
        };
        let drawn = match self.below(6) {
            0 => Some(group(YesNo::Yes, None)),
            1 => Some(group(YesNo::No, Some(Share::Count(1)))),
            _ => None,
        };
        let named = |group: Group| Some(("first".parse().ok()?, group));
        drawn.and_then(named).into_iter().collect()
    }
}

impl Rehearsal {
    /// The same zone, on which releases before those that it plans were deployed.
    pub fn upgraded(mut self) -> Result<Self, Refusal> {
        let seen = self.facts.iter();
        let seen = seen.map(|(node, facts)| (node.clone(), Observation::Ok(Facts::clone(facts))));
        let plan = (self.planner)(&seen.collect(), None)?;
        let earlier = earlier(&plan);
        let after = |(node, facts): (Name, Arc<Facts>)| {
            let components = earlier.clone();
            let facts = Facts::clone(&facts);
            (
                node,
                Facts {
                    components,
                    ..facts
                },
            )
        };
        self.facts = shared_facts(std::mem::take(&mut self.facts).into_iter().map(after));
        Ok(self)
    }
}

fn earlier(plan: &Plan) -> BTreeMap<Name, ComponentFacts> {
    let mut components: BTreeMap<Name, ComponentFacts> = BTreeMap::new();
    for (at, package) in plan.packages.iter().enumerate() {
        let recorded = components.entry(package.component.clone()).or_default();
        let mut stages = plan
            .nodes
            .iter()
            .filter_map(|node| node.tasks[at].sets.as_ref());
        if let Some(stage) = stages.next() {
            recorded.stage = Some(stage.to_string());
        }
        recorded.releases.extend(line(package));
    }
    components
}

/// A release of the same major number.
fn line(package: &PlannedPackage) -> Option<ReleaseLine> {
    let major = package.tag.version().major;
    let tag: ReleaseTag = format!("{major}.0.0-20200101T000000Z_aaaaaaa")
        .parse()
        .ok()?;
    Some(ReleaseLine {
        time: "2020-01-02T00:00:00Z".to_owned(),
        package: package.package.clone(),
        bundle: package.bundle_name.clone(),
        digest: Digest::of(tag.to_string().as_bytes()),
        tag,
        run: "earlier".parse().ok()?,
        outcome: ReleaseOutcome::Deployed,
    })
}

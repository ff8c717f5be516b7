//! What holds for every manifest, definition and node.

use proptest::prelude::*;
use proptest::sample::Index;

use super::facts::{Change, blank};
use super::model::after;
use super::zone::{ORDER, Zone, hostos, package};
use crate::component::ComponentDefinition;
use crate::document::YesNo;
use crate::name::Name;
use crate::node::attempt::AttemptState;
use crate::node::facts::{BootId, Facts};
use crate::plan::{NodePlan, Plan, PlannedPackage, Verdict};
use crate::tag::TagOrder;

/// Two builds of one version, a version that only numbers put last, and another major.
const RELEASES: [&str; 5] = [
    "3.1.0-20220101T000000Z_aaaaaaa",
    "3.1.0-20220102T000000Z_bbbbbbb",
    "3.9.0-20220101T000000Z_ccccccc",
    "3.10.0-20220101T000000Z_ddddddd",
    "4.0.0-20220101T000000Z_eeeeeee",
];

const STAGES: [&str; 4] = ["pre-config", "pre-install", "post-install", "post-config"];

fn release() -> impl Strategy<Value = &'static str> {
    prop_oneof![20 => prop::sample::select(&RELEASES[..4]), 1 => Just(RELEASES[4])]
}

/// A manifest of some of the packages at any releases.
fn zone() -> impl Strategy<Value = Zone> {
    let entry = (
        prop::bool::weighted(0.97),
        release(),
        prop::bool::weighted(0.3),
    );
    (prop::collection::vec(entry, ORDER.len()), any::<bool>()).prop_map(|(entries, reboots)| {
        let mut zone = Zone::sample();
        zone.entry("boot").forcereboot = if reboots { YesNo::Yes } else { YesNo::No };
        for (short, (is_wanted, release, may_go_back)) in ORDER.iter().zip(entries) {
            zone.entry(short).tag = release.parse().unwrap();
            zone.options
                .allow_downgrade
                .extend(may_go_back.then(|| package(short)));
            if !is_wanted {
                zone.packages().remove(&package(short));
            }
        }
        zone.find_bundles();
        zone
    })
}

/// Any content of a node's files, and any last attempt.
fn any_facts() -> impl Strategy<Value = Facts> {
    let stage = prop::option::of(prop::sample::select(&STAGES[..]));
    let lines = prop::collection::vec((prop::sample::select(&ORDER[..]), release()), 0..12);
    let states = prop_oneof![
        Just(AttemptState::Running),
        Just(AttemptState::Unrecorded),
        Just(AttemptState::Vanished),
        Just(AttemptState::AwaitingReboot(BootId("boot-0".to_owned()))),
        Just(AttemptState::AwaitingReboot(BootId("boot-1".to_owned()))),
    ];
    let attempt = prop::option::of((prop::sample::select(&ORDER[..]), states));
    (stage, lines, attempt).prop_map(|(stage, lines, attempt)| {
        let mut facts = blank();
        facts.hostos().stage = stage.map(str::to_owned);
        let facts = lines
            .iter()
            .fold(facts, |facts, (short, tag)| facts.has(short, tag));
        match attempt {
            Some((short, state)) => facts.attempted(short, state),
            None => facts,
        }
    })
}

/// A node that earlier runs left like this, each cut short somewhere.
fn lived_facts() -> impl Strategy<Value = Facts> {
    let cut = prop_oneof![Just(ORDER.len()), 0..ORDER.len()];
    prop::collection::vec((zone(), cut), 0..5).prop_map(|runs| {
        runs.into_iter().fold(blank(), |facts, (zone, count)| {
            match zone.node("node-1", facts.clone()).plan() {
                Ok(plan) => after(&plan, &plan.nodes[0], count, facts),
                Err(_) => facts,
            }
        })
    })
}

/// The packages that are run, in order.
fn work(plan: &Plan) -> Vec<Name> {
    let tasks = plan.packages.iter().zip(&plan.nodes[0].tasks);
    tasks
        .filter(|(_, task)| task.action.is_something())
        .map(|(package, _)| package.package.clone())
        .collect()
}

fn stage_index(definition: &ComponentDefinition, stage: &Option<Name>) -> Option<usize> {
    stage
        .as_ref()
        .map(|stage| definition.stage_index(stage.as_str()).unwrap())
}

/// Stages follow from each other and only go forward, but for the start of a boot cycle.
fn stages_go_forward(zone: &mut Zone, plan: &Plan, node: &NodePlan) -> Result<(), TestCaseError> {
    let definition = zone.definition();
    let mut now = node
        .tasks
        .first()
        .and_then(|task| stage_index(definition, &task.stage));
    for (package, task) in plan.packages.iter().zip(&node.tasks) {
        prop_assert_eq!(stage_index(definition, &task.stage), now);
        let is_boot = definition.boot_cycle.as_ref() == Some(&package.package);
        if let Some(sets) = stage_index(definition, &task.sets) {
            prop_assert!(task.action.is_something());
            prop_assert!(is_boot || Some(sets) > now, "{} goes back", package.package);
            now = Some(sets);
        }
    }
    Ok(())
}

fn is_no_step_back(zone: &Zone, package: &PlannedPackage, facts: &Facts) -> bool {
    let recorded = facts.components.get(&hostos());
    let installed = recorded.and_then(|recorded| recorded.installed(&package.package));
    let allowed = zone.options.allow_downgrade.contains(&package.package);
    installed.is_none_or(|line| {
        let same_major = line.tag.version().major == package.tag.version().major;
        let order = package.tag.order(&line.tag);
        same_major && (order != TagOrder::Older || allowed)
    })
}

proptest! {
    #[test]
    fn the_same_input_gives_the_same_plan_and_json_keeps_it(zone in zone(), facts in any_facts()) {
        let zone = zone.node("node-1", facts);
        prop_assert_eq!(zone.plan(), zone.plan());
        if let Ok(plan) = zone.plan() {
            let json = serde_json::to_string(&plan).unwrap();
            prop_assert_eq!(serde_json::from_str::<Plan>(&json).unwrap(), plan);
        }
    }

    #[test]
    fn a_plan_goes_forward_only(zone in zone(), facts in any_facts()) {
        let mut zone = zone.node("node-1", facts.clone());
        if let Ok(plan) = zone.plan() {
            prop_assert_eq!(plan.nodes[0].tasks.len(), plan.packages.len());
            let node = &plan.nodes[0];
            for (package, task) in plan.packages.iter().zip(&node.tasks) {
                let is_run = task.action.is_something();
                prop_assert!(!is_run || is_no_step_back(&zone, package, &facts));
                prop_assert!(!task.action.reboots() || zone.entry("boot").forcereboot.is_yes());
            }
            stages_go_forward(&mut zone, &plan, node)?;
        }
    }

    #[test]
    fn the_order_holds_however_the_definition_is_written(
        zone in zone(),
        packages in Just(super::zone::definition().packages).prop_shuffle(),
    ) {
        let mut zone = zone.node("node-1", blank());
        zone.definition().packages = packages.clone();
        let Ok(plan) = zone.plan() else { return Ok(()) };
        let place = |name: &Name| plan.packages.iter().position(|planned| planned.package == *name);
        for package in &packages {
            let setters = packages.iter().filter(|other| {
                package.needs.is_some() && other.sets == package.needs
            });
            for before in package.after.iter().chain(setters.map(|other| &other.package)) {
                prop_assert!(place(before) < place(&package.package));
            }
        }
    }

    #[test]
    fn a_node_that_has_everything_has_nothing_to_do(zone in zone()) {
        let mut zone = zone;
        let wanted = ORDER.map(|short| (package(short), zone.packages().get(&package(short)).cloned()));
        let has = |facts: Facts, (package, wanted): (Name, Option<crate::manifest::PackageEntry>)| {
            wanted.iter().fold(facts, |facts, wanted| facts.records(&package, &wanted.tag))
        };
        let facts = wanted.into_iter().fold(blank(), has).at("post-config");
        let plan = zone.node("node-1", facts).plan().unwrap();
        prop_assert_eq!(&plan.nodes[0].verdict, &Verdict::UpToDate);
    }

    /// Whatever ran before and wherever this run is cut short, the next one does exactly
    /// the rest, and the one after that nothing.
    #[test]
    fn a_run_that_was_cut_short_is_carried_on(zone in zone(), facts in lived_facts(), cut in any::<Index>()) {
        let planned = |facts: &Facts| zone.clone().node("node-1", facts.clone()).plan();
        let Ok(plan) = planned(&facts) else { return Ok(()) };
        let whole = work(&plan);
        let done = cut.index(whole.len() + 1);
        let halfway = after(&plan, &plan.nodes[0], done, facts);
        let rest = planned(&halfway).unwrap();
        prop_assert_eq!(&work(&rest)[..], &whole[done..]);
        let end = after(&rest, &rest.nodes[0], usize::MAX, halfway);
        prop_assert_eq!(work(&planned(&end).unwrap()), []);
    }

    #[test]
    fn whatever_a_node_says_one_whole_run_is_enough(zone in zone(), facts in any_facts()) {
        let facts = Facts { last_attempt: None, ..facts };
        let planned = |facts: &Facts| zone.clone().node("node-1", facts.clone()).plan();
        if let Ok(plan) = planned(&facts) {
            let end = after(&plan, &plan.nodes[0], usize::MAX, facts);
            prop_assert_eq!(work(&planned(&end).unwrap()), []);
        }
    }
}

//! A recording run lists the crash points it comes by; then ddt dies at each of them, each time it comes by.

use super::end::End;
use super::lamps::{deploy_with, lamps, renew};
use crate::support::zone::Zone;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Runs once without dying; how often every place was reached, and how the nodes ended.
fn recorded(zone: &Zone) -> (BTreeMap<String, usize>, End) {
    let list = zone.path("crash-points");
    deploy_with(zone, "DDT_CRASH_LIST", &list.to_string_lossy()).exits(0);
    let mut points = BTreeMap::new();
    for point in fs::read_to_string(list).expect("a list").lines() {
        *points.entry(point.to_owned()).or_default() += 1;
    }
    (points, End::of(zone, "an undisturbed run"))
}

/// Dies at a place; then deploys again. Says whether the place was reached: how answers of two nodes fall together
/// differs from run to run, and with it how often some places are.
#[track_caller]
fn dies_and_recovers(zone: &Zone, place: &str, undisturbed: &End) -> bool {
    renew(zone);
    let died = deploy_with(zone, "DDT_CRASH_AT", place);
    if !died.was_killed() {
        died.exits(0);
        return false;
    }
    zone.run(&["deploy", "manifest.hjson"]).exits(0);
    assert_eq!(&End::of(zone, place), undisturbed, "after {place}");
    zone.run(&["verify"]).exits(0).says(", compared with");
    zone.run(&["status"])
        .exits(0)
        .does_not_say("interrupted")
        .does_not_say("running");
    true
}

#[track_caller]
fn recovers_from_every_point_of(areas: &[&str]) {
    let zone = lamps();
    let (points, undisturbed) = recorded(&zone);
    let is_of = |point: &&String| {
        areas
            .iter()
            .any(|area| point.starts_with(&format!("{area}.")))
    };
    for (point, times) in points.iter().filter(|(point, _)| is_of(point)) {
        let places = (1..=*times).map(|time| format!("{point}:{time}"));
        let reached = places.filter(|place| dies_and_recovers(&zone, place, &undisturbed));
        assert!(reached.count() > 0, "ddt did not die at {point}");
    }
}

#[test]
fn of_the_verb_and_its_files() {
    recovers_from_every_point_of(&["deploy", "files"]);
}

#[test]
fn of_the_driver() {
    recovers_from_every_point_of(&["driver"]);
}

#[test]
fn of_the_workers() {
    recovers_from_every_point_of(&["worker"]);
}

#[test]
fn of_the_journal() {
    recovers_from_every_point_of(&["journal"]);
}

#[test]
fn of_the_lock_and_the_record_of_the_run() {
    recovers_from_every_point_of(&["lock", "run"]);
}

#[test]
fn of_what_is_asked_of_nodes() {
    recovers_from_every_point_of(&["node"]);
}

/// No place is left out by the tests above, nor by the run that they look at.
#[test]
fn every_point_of_the_sources_is_reached() {
    let mut known = BTreeSet::new();
    points_of(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut known,
    );
    let reached: BTreeSet<String> = recorded(&lamps()).0.into_keys().collect();
    assert_eq!(reached, known);
    let areas: BTreeSet<&str> = known
        .iter()
        .filter_map(|point| Some(point.split_once('.')?.0))
        .collect();
    let tested = [
        "deploy", "driver", "files", "journal", "lock", "node", "run", "worker",
    ];
    assert!(areas.iter().eq(&tested), "{areas:?}");
}

fn points_of(directory: &Path, points: &mut BTreeSet<String>) {
    for entry in fs::read_dir(directory).expect("a directory").flatten() {
        let path = entry.path();
        if path.is_dir() {
            points_of(&path, points);
            continue;
        }
        let text = fs::read_to_string(&path).expect("a source file");
        let uses = text.split("crash_point!(\"").skip(1);
        points.extend(uses.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())));
    }
}

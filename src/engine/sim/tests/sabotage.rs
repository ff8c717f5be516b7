//! A defect is found: no promise is one that cannot be broken.

use std::collections::BTreeSet;

use super::zone::{fresh, one_by_one, reversible};
use crate::engine::sim::{Fault, Promise, Sabotage, Seeded, Violation};

/// What the defect breaks first, of many seeds.
fn found(sabotage: Sabotage, faults: &[Fault]) -> Violation {
    let zone = match sabotage {
        Sabotage::StaysForward => reversible(3),
        Sabotage::Hurries => one_by_one(3),
        _ => fresh(3),
    };
    let mut seeds = (0..400).map(|seed| {
        let seeded = Seeded {
            sabotage: Some(sabotage),
            faults: faults.iter().copied().collect(),
            ..Seeded::new(seed)
        };
        zone.play(&seeded).unwrap().violation
    });
    seeds.find_map(|violation| violation).expect("it is found")
}

fn breaks(sabotage: Sabotage) -> Promise {
    match sabotage {
        Sabotage::JournalForgets => Promise::Durable,
        Sabotage::EndsTwice => Promise::Folded,
        Sabotage::StartsUnasked | Sabotage::SpeaksTooSoon => Promise::Meant,
        Sabotage::ForgetsAttempts => Promise::Once,
        Sabotage::ForgetsReleases => Promise::Recorded,
        Sabotage::ForgetsEpochs => Promise::Fenced,
        Sabotage::GoesOn | Sabotage::Hurries => Promise::Limited,
        Sabotage::StaysForward => Promise::Undone,
        Sabotage::NeverReboots => Promise::Ends,
    }
}

fn faults(sabotage: Sabotage) -> &'static [Fault] {
    match sabotage {
        Sabotage::ForgetsAttempts => &[Fault::Drop, Fault::Duplicate],
        Sabotage::SpeaksTooSoon => &[Fault::Drop],
        Sabotage::ForgetsEpochs => &[Fault::Takeover, Fault::Delay],
        Sabotage::GoesOn | Sabotage::StaysForward => &[Fault::Step],
        _ => &[],
    }
}

#[test]
fn every_defect_is_found() {
    for sabotage in Sabotage::ALL {
        let violation = found(sabotage, faults(sabotage));
        assert_eq!(
            violation.promise,
            breaks(sabotage),
            "{sabotage:?}: {}\n{}",
            violation.how,
            violation.history.join("\n")
        );
        assert!(!violation.history.is_empty());
    }
}

#[test]
fn every_promise_can_be_broken() {
    let broken: BTreeSet<Promise> = Sabotage::ALL.into_iter().map(breaks).collect();
    assert_eq!(broken, Promise::ALL.into());
}

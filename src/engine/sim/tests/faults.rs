//! Whatever goes wrong, what ddt promises holds.

use super::zone::{fresh, reversible, varied};
use crate::engine::event::RunState;
use crate::engine::sim::{Fault, LifeEnd, Rehearsal, Seeded, Verdict};

fn kept(rehearsal: &Rehearsal, seeded: &Seeded) -> Verdict {
    let verdict = rehearsal.play(seeded).unwrap();
    if let Some(broken) = &verdict.violation {
        panic!(
            "seed {}, event {}, {} faults: {}: {}\n{}",
            seeded.seed,
            broken.event,
            broken.faults,
            broken.promise,
            broken.how,
            broken.history.join("\n")
        );
    }
    verdict
}

#[test]
fn without_faults_the_first_deployment_is_the_last() {
    let seeded = Seeded {
        faults: Default::default(),
        ..Seeded::new(1)
    };
    let verdict = kept(&fresh(3), &seeded);
    let (first, later) = verdict.lives.split_first().unwrap();
    assert_eq!(*first, LifeEnd::Ended(RunState::Succeeded));
    assert!(later.iter().all(|end| *end == LifeEnd::UpToDate));
}

#[test]
fn a_seed_tells_the_whole_story() {
    let (first, second) = (fresh(4), fresh(4));
    for seed in 0..20 {
        let [first, second] = [&first, &second].map(|zone| zone.play(&Seeded::new(seed)).unwrap());
        assert_eq!(
            (first.lives, first.faults, first.events, first.seconds),
            (second.lives, second.faults, second.events, second.seconds)
        );
    }
}

#[test]
fn every_promise_is_kept_whatever_goes_wrong() {
    for seed in 0..300 {
        kept(
            &fresh(1 + usize::try_from(seed % 6).unwrap()),
            &Seeded::new(seed),
        );
    }
}

#[test]
fn every_promise_is_kept_however_a_zone_is_gone_through() {
    for seed in 0..1_500 {
        kept(&varied(seed), &Seeded::new(seed));
    }
}

#[test]
fn every_kind_of_fault_strikes() {
    for fault in Fault::ALL {
        let strikes = (0..60).any(|seed| {
            let seeded = Seeded {
                faults: [fault].into(),
                ..Seeded::new(seed)
            };
            kept(&varied(seed), &seeded).faults.contains_key(&fault)
        });
        assert!(strikes, "{fault} never strikes");
    }
}

/// Found at seed 54: the power fails while a failed run goes back. The next run finds the
/// attempt, and must not take it for a deployment.
#[test]
fn an_attempt_that_went_back_is_no_deployment() {
    let zone = reversible(3);
    for seed in 0..60 {
        let seeded = Seeded {
            faults: [Fault::Step, Fault::Death].into(),
            ..Seeded::new(seed)
        };
        kept(&zone, &seeded);
    }
}

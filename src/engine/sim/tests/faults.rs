//! Whatever goes wrong, what ddt promises holds.

use super::zone::fresh;
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
fn every_kind_of_fault_strikes() {
    for fault in Fault::ALL {
        let strikes = (0..40).any(|seed| {
            let seeded = Seeded {
                faults: [fault].into(),
                ..Seeded::new(seed)
            };
            kept(&fresh(3), &seeded).faults.contains_key(&fault)
        });
        assert!(strikes, "{fault} never strikes");
    }
}

//! Two controllers want the same zone at the same moment.

use crate::support::lamps::lamps;
use crate::support::wait::until;
use std::fs;

const RACES: usize = 200;

#[test]
fn every_race_has_one_winner() {
    let mut zone = lamps(&["lamp-1"]);
    let gate = zone.path("gate");
    let waits = format!("until [ -e '{}' ]; do sleep 0.01; done", gate.display());
    zone.keep("lamp-shade");
    zone.release("lamp-shade").step("deploy", &waits);
    zone.write_documents();
    for race in 1..=RACES {
        let deploy = ["deploy", "manifest.hjson", "--reinstall"];
        let mut two = [zone.start(&deploy), zone.start(&deploy)];
        until("one of the two has ended", || {
            two.iter_mut().any(|ddt| ddt.has_ended())
        });
        if two[1].has_ended() {
            two.swap(0, 1);
        }
        let [loser, winner] = two;
        loser.end().exits(7).says("zone zone-1 is locked by run ");
        fs::write(&gate, "").expect("a mark");
        winner.end().exits(0);
        fs::remove_file(&gate).expect("the mark");
        assert_eq!(zone.node("lamp-1").deployed().len(), race, "in race {race}");
    }
    let runs = zone
        .run(&["history", "--json", "--last", "1000"])
        .exits(0)
        .json();
    assert_eq!(runs["runs"].as_array().map(Vec::len), Some(RACES));
}

//! Every reason a plan can give. The texts of the problems stand beside their rules.

use super::zone::name;
use crate::plan::Reason;

#[test]
fn every_reason_has_its_words() {
    let run = || name("run-1");
    let reasons = [
        Reason::NotInstalled,
        Reason::Upgrade,
        Reason::NewCycle,
        Reason::StartsBootCycle,
        Reason::StageNotReached,
        Reason::Reinstall,
        Reason::AllowedDowngrade,
        Reason::RunAgain(run()),
        Reason::WentBack(run()),
        Reason::StillRunning(run()),
        Reason::Unfinished(run()),
        Reason::UpToDate,
        Reason::StagePassed,
        Reason::NotInUpgrade,
        Reason::NeedsForceReboot,
        Reason::NodeSkipped,
    ];
    let words: Vec<String> = reasons.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(words.join("\n"), @r"
    not installed
    an older release is installed
    not yet deployed in this boot cycle
    newer boot release, starts a new boot cycle
    recorded, but its stage was not reached
    up to date, run again as asked
    older than installed, allowed by the operator
    run run-1 left no receipt; run again
    nobody confirmed it in run run-1, and the node went back; run again
    run run-1 started it; it is still running
    run run-1 did all but the reboot and the record
    up to date
    the node's stage says it was done
    an upgrade does not install it
    an upgrade does not install it; newer, needs `forcereboot: yes`
    the node is skipped
    ");
}

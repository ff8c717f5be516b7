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
        Reason::StillRunning(run()),
        Reason::Unfinished(run()),
        Reason::UpToDate,
        Reason::StagePassed,
        Reason::NotInUpgrade,
        Reason::NeedsForceReboot,
        Reason::NodeSkipped,
    ];
    let words: Vec<String> = reasons.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(words.join("\n"), @"");
}

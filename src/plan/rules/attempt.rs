//! What an earlier run left on the node: nothing is done twice, and nothing is guessed.

use super::Decision;
use crate::node::attempt::{AttemptRecord, AttemptState};
use crate::node::facts::Facts;
use crate::plan::input::{Assume, PlanOptions};
use crate::plan::model::{Action, PlannedPackage};
use crate::plan::problem::{Problem, Unsettled};
use crate::plan::reason::Reason;

/// Replaces "run" by what the node's last attempt of the same release leaves to do.
pub(in crate::plan) fn unfinished_attempt(
    decision: Decision,
    package: &PlannedPackage,
    facts: &Facts,
    options: &PlanOptions,
) -> Result<Decision, Problem> {
    let Some(attempt) = facts
        .last_attempt
        .as_ref()
        .filter(|attempt| is_of(attempt, package))
    else {
        return Ok(decision);
    };
    let reboots = decision.action == Action::RunAndReboot;
    let (run, number) = (attempt.id.run.clone(), attempt.id.number);
    let from_tag = decision.from_tag.clone();
    match &attempt.state {
        AttemptState::Running => {
            let action = Action::TakeUp {
                run: run.clone(),
                number,
                reboots,
            };
            Ok(Decision {
                action,
                reason: Reason::StillRunning(run),
                from_tag,
            })
        }
        AttemptState::AwaitingReboot(boot) if decision.action.is_something() => {
            let reboot = *boot == facts.boot_id;
            let action = Action::Finish {
                run: run.clone(),
                number,
                reboot,
            };
            Ok(Decision {
                action,
                reason: Reason::Unfinished(run),
                from_tag,
            })
        }
        AttemptState::Vanished if decision.action.is_something() => {
            again(decision, attempt, package, options)
        }
        AttemptState::AwaitingReboot(_) | AttemptState::Vanished | AttemptState::Ended(_) => {
            Ok(decision)
        }
    }
}

fn is_of(attempt: &AttemptRecord, package: &PlannedPackage) -> bool {
    attempt.id.component == package.component
        && attempt.id.package == package.package
        && attempt.tag == package.tag
        && attempt.digest == package.bundle.digest
}

fn again(
    decision: Decision,
    attempt: &AttemptRecord,
    package: &PlannedPackage,
    options: &PlanOptions,
) -> Result<Decision, Problem> {
    let run = attempt.id.run.clone();
    if package.bundle.idempotent || options.assume == Some(Assume::Failed) {
        return Ok(Decision {
            reason: Reason::RunAgain(run),
            ..decision
        });
    }
    let (package, tag) = (package.package.clone(), package.tag.clone());
    Err(Problem::InDoubt(Box::new(Unsettled { run, package, tag })))
}

//! What an earlier run left on the node: nothing is done twice, and nothing is guessed.

use super::Decision;
use crate::node::attempt::{AttemptOutcome, AttemptRecord, AttemptState};
use crate::node::facts::Facts;
use crate::plan::input::{Assume, PlanOptions};
use crate::plan::model::{Action, PlannedPackage, PlannedTask};
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
    let is_something = decision.action.is_something();
    match &attempt.state {
        AttemptState::Running | AttemptState::Unrecorded => Ok(take_up(decision, attempt)),
        AttemptState::AwaitingReboot(since) if is_something => {
            finish(decision, attempt, *since == facts.boot_id)
        }
        AttemptState::Vanished if is_something => again(decision, attempt, package, options),
        AttemptState::Ended(receipt)
            if is_something && receipt.outcome == AttemptOutcome::Undone =>
        {
            Ok(Decision {
                reason: Reason::WentBack(attempt.id.run.clone()),
                ..decision
            })
        }
        AttemptState::AwaitingReboot(_) | AttemptState::Vanished | AttemptState::Ended(_) => {
            Ok(decision)
        }
    }
}

fn take_up(decision: Decision, attempt: &AttemptRecord) -> Decision {
    Decision {
        action: Action::TakeUp {
            run: attempt.id.run.clone(),
            number: attempt.id.number,
            reboots: decision.action == Action::RunAndReboot,
        },
        reason: Reason::StillRunning(attempt.id.run.clone()),
        from_tag: decision.from_tag,
    }
}

/// A reboot that is still to come needs the manifest's word, whoever began the attempt.
fn finish(decision: Decision, attempt: &AttemptRecord, reboot: bool) -> Result<Decision, Problem> {
    if reboot && decision.action != Action::RunAndReboot {
        return Err(Problem::WaitsForReboot(Box::new(unsettled(attempt))));
    }
    Ok(Decision {
        action: Action::Finish {
            run: attempt.id.run.clone(),
            number: attempt.id.number,
            reboot,
        },
        reason: Reason::Unfinished(attempt.id.run.clone()),
        from_tag: decision.from_tag,
    })
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
    Err(Problem::InDoubt(Box::new(unsettled(attempt))))
}

/// What is left of a task that was planned before, after all that was begun since.
pub(in crate::plan) fn left_of(
    task: PlannedTask,
    package: &PlannedPackage,
    facts: &Facts,
) -> Result<PlannedTask, Problem> {
    let (stage, sets, undo) = (task.stage.clone(), task.sets.clone(), task.undo.clone());
    let decision = Decision {
        action: task.action,
        reason: task.reason,
        from_tag: task.from_tag,
    };
    let left = unfinished_attempt(decision, package, facts, &PlanOptions::default())?;
    Ok(PlannedTask {
        undo,
        ..left.into_task(stage, sets)
    })
}

/// An attempt is going on that the plan does not begin with: the manifest does not want
/// its release, or wants something done before it.
pub(in crate::plan) fn busy(facts: &Facts, tasks: &[Option<PlannedTask>]) -> Option<Problem> {
    let attempt = facts.last_attempt.as_ref()?;
    let first = tasks
        .iter()
        .flatten()
        .find(|task| task.action.is_something());
    let is_first = first.is_some_and(|task| matches!(task.action, Action::TakeUp { .. }));
    let problem = match attempt.state.is_unrecorded() {
        true => Problem::Unrecorded,
        false => Problem::Busy,
    };
    (attempt.state.is_at_work() && !is_first).then(|| problem(Box::new(unsettled(attempt))))
}

fn unsettled(attempt: &AttemptRecord) -> Unsettled {
    Unsettled {
        run: attempt.id.run.clone(),
        package: attempt.id.package.clone(),
        tag: attempt.tag.clone(),
    }
}

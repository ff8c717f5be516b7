//! From a receipt, or the lack of one, to how an act ended.

use super::event::{Ending, TaskFailure};
use crate::digest::Digest;
use crate::failure::FailureClass;
use crate::node::NodeError;
use crate::node::attempt::{AttemptOutcome, Receipt, StepKind};
use crate::node::facts::BootId;

/// How an attempt that was to be started ended. A node that was never reached has heard
/// nothing of it.
pub(super) fn of_start(result: Result<Receipt, NodeError>) -> Ending {
    match result {
        Err(error @ NodeError::Unreachable(_)) => Ending::Failed(of_error(&error)),
        result => of_attempt(result),
    }
}

/// How an attempt ended, by its receipt or by the error in its stead.
pub(super) fn of_attempt(result: Result<Receipt, NodeError>) -> Ending {
    match result {
        Ok(receipt) => of_receipt(&receipt),
        Err(error) if has_not_begun(&error) => Ending::Failed(of_error(&error)),
        Err(error) => Ending::InDoubt(of_error(&error)),
    }
}

/// How an attempt ended that has begun, by its receipt. Where the node does not tell, nobody
/// knows: that it lets nobody in now, or only a newer run, says nothing of what it did.
pub(super) fn of_begun(result: Result<Receipt, NodeError>) -> Ending {
    match result {
        Ok(receipt) => of_receipt(&receipt),
        Err(error) => Ending::InDoubt(of_error(&error)),
    }
}

/// How an attempt of another run ended, from which a release is wanted. One that went back
/// to the release before is over, and is not what is wanted.
pub(super) fn of_inherited(result: Result<Receipt, NodeError>, wanted: &Digest) -> Ending {
    match result {
        Ok(Receipt {
            outcome: AttemptOutcome::Succeeded,
            digest,
            ..
        }) if digest != *wanted => Ending::Failed(TaskFailure {
            class: FailureClass::Facts,
            message: "the attempt of the earlier run went back to the release before".to_owned(),
            step: None,
        }),
        result => of_begun(result),
    }
}

/// How an undo ends that the plan knows nothing of; the machine asks for none.
pub(super) fn not_undoable() -> Ending {
    Ending::Failed(TaskFailure {
        class: FailureClass::Internal,
        message: "the plan does not say how it is undone".to_owned(),
        step: None,
    })
}

/// How a reboot ended.
pub(super) fn of_reboot(result: Result<BootId, NodeError>) -> Ending {
    match result {
        Ok(boot_id) => Ending::Rebooted { boot_id },
        // It goes back by itself, or a newer run ends what waits for the reboot.
        Err(error @ (NodeError::Busy(_) | NodeError::StaleEpoch { .. })) => {
            Ending::InDoubt(of_error(&error))
        }
        Err(error) => Ending::Failed(of_error(&error)),
    }
}

/// A node error as the failure of a task.
pub(super) fn of_error(error: &NodeError) -> TaskFailure {
    TaskFailure {
        class: error.class(),
        message: error.to_string(),
        step: None,
    }
}

/// Errors after which it is certain that the attempt did not begin.
fn has_not_begun(error: &NodeError) -> bool {
    matches!(
        error,
        NodeError::StaleEpoch { .. }
            | NodeError::Authentication(_)
            | NodeError::HostKey(_)
            | NodeError::Privilege(_)
            | NodeError::Space(_)
            | NodeError::Unwatched(_)
            | NodeError::Digest(_)
            | NodeError::Busy(_)
            | NodeError::Secrets(_)
    )
}

/// How an attempt ended, by its receipt.
pub(super) fn of_receipt(receipt: &Receipt) -> Ending {
    let failed = |class, message: String, step| {
        Ending::Failed(TaskFailure {
            class,
            message,
            step,
        })
    };
    match &receipt.outcome {
        AttemptOutcome::Succeeded => Ending::Succeeded {
            seconds: receipt
                .ended
                .saturating_sub(receipt.started)
                .max(0)
                .unsigned_abs(),
        },
        AttemptOutcome::AwaitingReboot => Ending::AwaitingReboot {
            boot_id: receipt.boot_id.clone(),
        },
        AttemptOutcome::Exited { step, code } => failed(
            class(*step),
            format!("{} exited with {code}", step.word()),
            Some(*step),
        ),
        AttemptOutcome::Signalled { step, signal } => failed(
            class(*step),
            format!("{} was ended by signal {signal}", step.word()),
            Some(*step),
        ),
        AttemptOutcome::TimedOut { step } => failed(
            FailureClass::Timeout,
            format!("{} took too long and was ended", step.word()),
            Some(*step),
        ),
        AttemptOutcome::Stopped { step } => failed(
            FailureClass::Stopped,
            format!("{} was ended by the operator", step.word()),
            Some(*step),
        ),
        AttemptOutcome::Undone => Ending::Undone(TaskFailure {
            class: FailureClass::Unconfirmed,
            message: "nobody confirmed it in time, and the node went back by itself".to_owned(),
            step: None,
        }),
        AttemptOutcome::RecordRefused { reason } => {
            failed(FailureClass::Facts, reason.clone(), None)
        }
    }
}

fn class(step: StepKind) -> FailureClass {
    match step {
        StepKind::Check => FailureClass::Check,
        StepKind::Verify => FailureClass::Verify,
        StepKind::Deploy | StepKind::Rollback => FailureClass::Script,
    }
}

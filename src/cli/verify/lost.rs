//! A deployment that goes on after its journal lost its end says so.

use std::collections::BTreeSet;

use crate::name::Name;
use crate::node::attempt::AttemptState;
use crate::plan::Observation;
use crate::store::{Store, StoreError};

/// Runs of this state directory whose journals are shorter than what nodes remember.
///
/// Nothing is continued from a journal, so that this does not stop a deployment: the plan
/// is made from what the nodes say.
pub(in crate::cli) fn shortened<'a>(
    store: &Store,
    observations: impl Iterator<Item = &'a Observation>,
) -> Result<BTreeSet<Name>, StoreError> {
    let mut found = BTreeSet::new();
    for attempt in observations.filter_map(|seen| seen.as_ref().ok()?.last_attempt.as_ref()) {
        let AttemptState::Ended(receipt) = &attempt.state else {
            continue;
        };
        let run = &attempt.id.run;
        // A run of another state directory is no loss of this one.
        let is_lost = match store.knows_head(run, &receipt.journal_head) {
            Ok(is_known) => !is_known,
            Err(StoreError::UnknownRun(_)) => false,
            Err(error) => return Err(error),
        };
        if is_lost {
            found.insert(run.clone());
        }
    }
    Ok(found)
}

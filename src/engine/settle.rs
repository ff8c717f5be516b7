//! Before a plan is made: the end of an attempt that a node knows of, and has not recorded.
//! A node that lost its power just there is otherwise busy for ever for other releases.

use super::probe::Probed;
use crate::node::facts::Facts;
use crate::node::{FactsQuery, Follow, TakeUp};

/// Has nodes write what is left of attempts whose steps have ended, and reads the facts of
/// these nodes again. A node that does not do so is left as it was seen.
pub async fn settle(probed: &mut Probed, query: &FactsQuery) {
    for (name, seen) in &mut probed.observations {
        let follow = seen.as_ref().ok().and_then(unrecorded);
        let (Some(follow), Some(node)) = (follow, probed.nodes.get_mut(name)) else {
            continue;
        };
        if node.follow(&follow, &mut |_| {}).await.is_ok() {
            *seen = node.facts(query).await;
        }
    }
}

/// What is to be taken up, in the name of the newest run that the node has seen.
fn unrecorded(facts: &Facts) -> Option<Follow> {
    let attempt = facts.last_attempt.as_ref();
    let attempt = attempt.filter(|attempt| attempt.state.is_unrecorded())?;
    Some(Follow {
        attempt: TakeUp {
            id: attempt.id.clone(),
            epoch: facts.epoch,
        },
        offset: 0,
    })
}

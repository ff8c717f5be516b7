//! From the word of a state or kind, which its JSON and every output have, to its value.

use serde::de::DeserializeOwned;
use serde_json::Value;

/// The value that has this word.
pub fn from_word<T: DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(Value::String(word.to_owned())).ok()
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use super::*;
    use crate::engine::event::{NodeState, RunKind, RunState};
    use crate::store::fold::{NodeStatus, TaskState};

    /// Checks that each value is written to JSON as its word.
    fn agree<T: Copy + Debug + serde::Serialize>(values: &[T], word: fn(T) -> &'static str) {
        for value in values {
            let json = serde_json::to_value(value).expect("JSON");
            assert_eq!(json, word(*value), "{value:?}");
        }
    }

    #[test]
    fn every_output_has_the_word_of_the_json() {
        use NodeState as Node;
        agree(
            &[RunKind::Deploy, RunKind::DryRun, RunKind::Rollback],
            RunKind::word,
        );
        agree(&RunState::ALL, RunState::word);
        let states = [
            Node::Ready,
            Node::Error,
            Node::Stopped,
            Node::Unreachable,
            Node::InDoubt,
        ];
        agree(&states, Node::word);
        agree(&states.map(NodeStatus::from), NodeStatus::word);
        agree(
            &[NodeStatus::New, NodeStatus::Deploying, NodeStatus::Skipped],
            NodeStatus::word,
        );
        agree(&TaskState::ALL, TaskState::word);
        let back = TaskState::ALL.map(|state| from_word(state.word()));
        assert_eq!(back, TaskState::ALL.map(Some));
    }
}

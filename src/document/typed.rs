//! Typing: the canonical print of a tree goes through deser-hjson, and an error comes
//! back with its key path.

use serde::de::{DeserializeOwned, Deserializer, Error as _};
use serde::{Deserialize, Serialize};

use crate::hjson::{self, KeyPath, Segment, Tree};

/// What a type refused, and where.
#[derive(Debug)]
pub(super) struct TypeFault {
    /// The value that was refused.
    pub(super) path: KeyPath,
    /// Why.
    pub(super) message: String,
}

/// Gives a tree its type. An empty tree is an empty object.
pub(super) fn typed<T: DeserializeOwned>(tree: &Tree) -> Result<T, TypeFault> {
    let text = tree
        .root()
        .map_or_else(|| "{}".to_owned(), |root| hjson::canonical(&root));
    match deser_hjson::from_str::<Tracked<T>>(&text) {
        Ok(Tracked(value)) => Ok(value),
        Err(error) => Err(fault(error)),
    }
}

/// A value whose errors carry their key path.
struct Tracked<T>(T);

/// An error and its path, as the text that is all the library's own error can hold.
#[derive(Serialize, Deserialize)]
struct Carried {
    path: Vec<Step>,
    message: String,
}

#[derive(Serialize, Deserialize)]
enum Step {
    Key(String),
    Index(usize),
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Tracked<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde_path_to_error::deserialize(deserializer)
            .map(Self)
            .map_err(|error| {
                let path = error.path().iter().filter_map(step).collect();
                let carried = Carried {
                    path,
                    message: error.inner().to_string(),
                };
                D::Error::custom(serde_json::to_string(&carried).unwrap_or(carried.message))
            })
    }
}

fn step(segment: &serde_path_to_error::Segment) -> Option<Step> {
    match segment {
        serde_path_to_error::Segment::Map { key } => Some(Step::Key(key.clone())),
        serde_path_to_error::Segment::Seq { index } => Some(Step::Index(*index)),
        _ => None,
    }
}

fn fault(error: deser_hjson::Error) -> TypeFault {
    let text = match error {
        deser_hjson::Error::Serde { message, .. } | deser_hjson::Error::RawSerde(message) => {
            message
        }
        other => other.to_string(),
    };
    match serde_json::from_str::<Carried>(&text) {
        Ok(carried) => TypeFault {
            path: carried.path.into_iter().map(segment).collect(),
            message: carried.message,
        },
        Err(_) => TypeFault {
            path: KeyPath::root(),
            message: text,
        },
    }
}

fn segment(step: Step) -> Segment {
    match step {
        Step::Key(key) => Segment::Key(key),
        Step::Index(index) => Segment::Index(index),
    }
}

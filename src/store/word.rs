//! The one spelling of a state or kind: the word that its JSON has.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The word of a plain enum's value; empty for anything else.
pub fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}

/// The value that has this word.
pub fn from_word<T: DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(Value::String(word.to_owned())).ok()
}

//! How a finding can be mended by changing its document.

use crate::hjson::Edit;

/// A change that ends a finding. It keeps comments and layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as a command: ``put `3.10` in quotes``.
    pub title: String,
    /// Whether it may be made unasked.
    pub safety: Safety,
    /// The changes of the document that the finding's primary place is in. All of them or none.
    pub edits: Vec<Edit>,
}

/// Whether a change may be made unasked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Safety {
    /// What is deployed stays the same.
    Safe,
    /// What was meant is guessed: somebody has to look at it.
    Unsafe,
}

impl Fix {
    /// A change after which the same is deployed as before.
    pub fn safe(title: impl Into<String>, edits: Vec<Edit>) -> Self {
        Self {
            title: title.into(),
            safety: Safety::Safe,
            edits,
        }
    }

    /// A change that guesses what was meant.
    pub fn guess(title: impl Into<String>, edits: Vec<Edit>) -> Self {
        Self {
            safety: Safety::Unsafe,
            ..Self::safe(title, edits)
        }
    }
}

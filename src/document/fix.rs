//! How a finding can be mended by changing its document.

use crate::hjson::{Edit, Span};

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

    /// Guesses that a key or a plain value of `text` should be `word`; quotes around it stay.
    pub fn respell(text: &str, span: Span, word: &str) -> Self {
        let raw = span.of(text);
        let quote = raw
            .chars()
            .next()
            .filter(|first| matches!(first, '"' | '\''));
        let is_quoted = quote.is_some_and(|quote| raw.len() > 1 && raw.ends_with(quote));
        let inner = match is_quoted {
            true => Span::new(span.start + 1, span.end - 1),
            false => span,
        };
        Self::guess(format!("write `{word}`"), vec![Edit::new(inner, word)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hjson::apply;

    #[test]
    fn a_word_is_respelled_inside_its_quotes() {
        let respelled = |raw: &str| {
            let fix = Fix::respell(raw, Span::new(0, raw.len()), "tag");
            apply(raw, &fix.edits).expect("one edit fits")
        };
        let words = ["tga", "\"tga\"", "'tga'", "\"", ""].map(respelled);
        assert_eq!(words, ["tag", "\"tag\"", "'tag'", "tag", "tag"]);
    }
}

//! The one style of documents, as a change of the text.

use super::reading::Reading;
use crate::hjson::{Edit, Quotes, Span, format};

/// What to change so that the document has the style; `None` where it cannot be read.
pub(super) fn edits(reading: &Reading) -> Option<Vec<Edit>> {
    let text = reading.source().text();
    let formatted = format(&reading.subject.parsed, Quotes::Kept)?;
    Some(difference(text, &formatted).into_iter().collect())
}

/// One change of what lies between the first and the last difference, so that the editor keeps its place.
fn difference(before: &str, after: &str) -> Option<Edit> {
    if before == after {
        return None;
    }
    let same = |(left, right): &(char, char)| left == right;
    let lengths = |(left, _): (char, char)| left.len_utf8();
    let pairs = before.chars().zip(after.chars());
    let start: usize = pairs.take_while(same).map(lengths).sum();
    let (rest, new) = (&before[start..], &after[start..]);
    let pairs = rest.chars().rev().zip(new.chars().rev());
    let end: usize = pairs.take_while(same).map(lengths).sum();
    let span = Span::new(start, before.len() - end);
    Some(Edit::new(span, &new[..new.len() - end]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hjson::apply;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_change_leads_from_one_text_to_the_other(before in "[ab\u{e9}]*", after in "[ab\u{e9}]*") {
            let edits: Vec<Edit> = difference(&before, &after).into_iter().collect();
            prop_assert_eq!(apply(&before, &edits), Some(after));
        }
    }
}

//! Moves a comment out of the value that swallowed it.

use super::line::{indentation, line_break, line_start};
use crate::hjson::{Edit, Span};

/// Moves `comment`, the end of a value, to a line of its own above the entry that begins at `entry`. Nothing where the
/// entry does not begin its line: the comment would cover more than it did.
pub(in crate::lint) fn lift_comment(text: &str, entry: usize, comment: Span) -> Option<Vec<Edit>> {
    let indentation = indentation(text, entry)?;
    let written = comment.of(text).trim_end();
    let value = text.get(..comment.start)?.trim_end();
    let is_whole = match written.strip_prefix("/*") {
        Some(inner) => inner.find("*/") == Some(inner.len().saturating_sub(2)),
        None => true,
    };
    let line = format!("{indentation}{written}{}", line_break(text));
    is_whole.then(|| {
        vec![
            Edit::insert(line_start(text, entry), line),
            Edit::delete(Span::new(value.len(), comment.end)),
        ]
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hjson::apply;

    fn lifted(text: &str) -> Option<String> {
        let (entry, mark) = (text.find("tag")?, text.find(['#', '/'])?);
        let end = text[mark..].find(['\r', '\n'])? + mark;
        apply(text, &lift_comment(text, entry, Span::new(mark, end))?)
    }

    #[test]
    fn a_comment_gets_the_line_above() {
        let text = "{\n  tag: 1.0 x  # why\n}\n";
        assert_eq!(
            lifted(text).as_deref(),
            Some("{\n  # why\n  tag: 1.0 x\n}\n")
        );
        let text = "{\r\n\ttag:\r\n\t\tx /* why */\r\n}\r\n";
        let moved = "{\r\n\t/* why */\r\n\ttag:\r\n\t\tx\r\n}\r\n";
        assert_eq!(lifted(text).as_deref(), Some(moved));
    }

    #[test]
    fn a_comment_of_half_a_line_stays() {
        assert_eq!(lifted("{ tag: x # why\n}\n"), None);
        assert_eq!(lifted("{\n  tag: x /* why */ y\n}\n"), None);
        assert_eq!(lifted("{\n  tag: x /* why\n}\n"), None);
    }
}

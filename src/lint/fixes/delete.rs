//! Deletes what is without effect, with the comments that speak of it.

use super::line::{indentation, is_end_of_entry, is_line_comment, line_start, next_line};
use crate::hjson::{Edit, Member, Span, Value};

/// Deletes the line of an offset.
pub(in crate::lint) fn delete_line(text: &str, offset: usize) -> Edit {
    Edit::delete(Span::new(line_start(text, offset), next_line(text, offset)))
}

/// Deletes a member of an object: its lines and the comments directly above it; where it shares a line, itself and the
/// comma that is then too many.
pub(in crate::lint) fn delete_member(object: Value<'_>, member: Member<'_>) -> Edit {
    let text = object.source();
    let span = Span::new(member.key.span().start, member.value.span().end);
    let behind = next_line(text, span.end);
    let rest = Span::new(span.end, behind).of(text);
    let is_alone = indentation(text, span.start).is_some() && is_end_of_entry(rest);
    Edit::delete(match is_alone {
        true => Span::new(
            with_comments(text, floor(object, member), span.start),
            behind,
        ),
        false => with_comma(text, span),
    })
}

/// Where the member before this one ends, or the object begins.
fn floor(object: Value<'_>, member: Member<'_>) -> usize {
    let ends = object.members().map(|other| other.value.span().end);
    let before = ends.take_while(|end| *end <= member.key.span().start);
    before.last().unwrap_or(object.span().start)
}

/// The beginning of the line of `start`, or of the first comment above it without a line between; not before `floor`.
fn with_comments(text: &str, floor: usize, start: usize) -> usize {
    let mut first = line_start(text, start);
    while let Some(above) = first.checked_sub(1).map(|end| line_start(text, end)) {
        let line = Span::new(above, first).of(text);
        if above < floor || !is_line_comment(line.trim_start()) {
            break;
        }
        first = above;
    }
    first
}

/// An entry on a shared line, with the comma behind it, or else the one before it.
fn with_comma(text: &str, span: Span) -> Span {
    let is_blank = [' ', '\t'];
    let behind = text.get(span.end..).unwrap_or_default();
    let before = text.get(..span.start).unwrap_or_default();
    let before = before.trim_end_matches(is_blank);
    if let Some(rest) = behind.trim_start_matches(is_blank).strip_prefix(',') {
        let rest = rest.trim_start_matches(is_blank);
        return Span::new(span.start, text.len() - rest.len());
    }
    let before = before.strip_suffix(',').unwrap_or(before);
    Span::new(before.len(), span.end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hjson::{apply, parse};

    fn without_x(text: &str) -> String {
        let parsed = parse(text);
        let root = parsed.tree.root().expect("a root");
        let member = root.member("x").expect("a member");
        let edited = apply(text, &[delete_member(root, member)]).expect("one edit fits");
        let left = parse(&edited);
        assert_eq!(left.errors, [], "{edited}");
        let keys = |parsed: &crate::hjson::Parsed| {
            let members = parsed.tree.root().into_iter().flat_map(Value::members);
            let keys = members.map(|member| member.key.text().into_owned());
            keys.filter(|key| key != "x").collect::<Vec<_>>()
        };
        assert_eq!(keys(&left), keys(&parsed), "{edited}");
        edited
    }

    #[test]
    fn a_member_goes_with_its_lines_and_comments() {
        let cases = [
            ("{\n  a: 1\n  # why\n  // so\n  x: 2\n}\n", "{\n  a: 1\n}\n"),
            (
                "{\n  # other\n\n  # why\n  x: 2, # here\n  a: 1\n}",
                "{\n  # other\n\n  a: 1\n}",
            ),
            (
                "{\r\n  x: {\r\n    b: 1\r\n  }\r\n  a: 1\r\n}",
                "{\r\n  a: 1\r\n}",
            ),
            (
                "{\n  a: '''\n# text'''\n  x: 2\n}\n",
                "{\n  a: '''\n# text'''\n}\n",
            ),
            ("a: 1\nx: 2", "a: 1\n"),
        ];
        for (text, expected) in cases {
            assert_eq!(without_x(text), expected);
        }
    }

    #[test]
    fn of_a_shared_line_only_the_member_goes() {
        let cases = [
            ("{ a: 1, x: 2 }", "{ a: 1 }"),
            ("{ x: 2, a: 1 }", "{ a: 1 }"),
            ("{ a: 1, x: 2, b: 3 }", "{ a: 1, b: 3 }"),
            ("{ x: 2 }", "{ }"),
            ("{ x: yes\n}", "{\n}"),
            ("{ a: 1, x: yes\n  b: 2\n}", "{ a: 1\n  b: 2\n}"),
            ("{\n  # a,\n  x: 2 }", "{\n  # a,\n }"),
        ];
        for (text, expected) in cases {
            assert_eq!(without_x(text), expected);
        }
    }
}

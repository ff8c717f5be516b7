//! Writes the members of an object in another order, each with the comments that belong to it.

use std::collections::BTreeSet;

use super::line::{indentation, is_end_of_entry, next_line};
use crate::hjson::{Edit, Member, Span, Value};

/// Writes the members of `object` in the order of their `ranks`, one for each; a member without rank keeps its place.
///
/// The comments directly above a member move with it, empty lines stay where they are. Nothing where it cannot be told
/// what belongs to which member: members share a line, a key is repeated, or a comment stands alone between empty lines.
pub(in crate::lint) fn reorder(object: Value<'_>, ranks: &[Option<usize>]) -> Option<Edit> {
    let members: Vec<Member<'_>> = object.members().collect();
    let keys: BTreeSet<_> = members.iter().map(|member| member.key.text()).collect();
    if keys.len() != members.len() || ranks.len() != members.len() {
        return None;
    }
    let blocks = blocks(object, &members)?;
    let text = object.source();
    let order = order(ranks);
    let written = blocks.iter().zip(order).map(|(place, index)| {
        let separator = Span::new(place.start, place.body).of(text);
        let body = Span::new(blocks[index].body, blocks[index].end).of(text);
        [separator, body].concat()
    });
    let whole = Span::new(blocks.first()?.body, blocks.last()?.end);
    let written: String = written.collect();
    let kept = Span::new(blocks.first()?.start, blocks.first()?.body).len();
    Some(Edit::new(whole, written.get(kept..)?))
}

/// The lines of a member, and the empty ones above it.
struct Block {
    start: usize,
    /// Where its comments begin, or the member itself.
    body: usize,
    end: usize,
}

/// Cuts an object into the blocks of its members, line by line without a gap.
fn blocks(object: Value<'_>, members: &[Member<'_>]) -> Option<Vec<Block>> {
    let text = object.source();
    let opening = next_line(text, object.span().start);
    let mut start = opening;
    let mut blocks = Vec::with_capacity(members.len());
    for member in members {
        let key = member.key.span().start;
        let line = key - indentation(text, key)?.len();
        let value = member.value.span().end;
        let end = next_line(text, value);
        let is_alone = line >= start && is_end_of_entry(Span::new(value, end).of(text));
        let ends_line = text.get(..end)?.ends_with('\n');
        let body = body(text, start, line, blocks.is_empty())?;
        if !is_alone || !ends_line {
            return None;
        }
        blocks.push(Block { start, body, end });
        start = end;
    }
    Some(blocks)
}

/// Where the comments begin that belong to the member on `line`. Those of the object itself, above the first member
/// and an empty line, do not.
fn body(text: &str, start: usize, line: usize, is_first: bool) -> Option<usize> {
    let gap = text.get(start..line)?;
    let mut body = start;
    let mut offset = start;
    for written in gap.split_inclusive('\n') {
        offset += written.len();
        if written.trim().is_empty() {
            body = offset;
        }
    }
    let separator = text.get(start..body)?;
    let has_comma = gap.lines().any(|line| line.trim_start().starts_with(','));
    (!has_comma && (is_first || separator.trim().is_empty())).then_some(body)
}

/// Which member comes to each place.
fn order(ranks: &[Option<usize>]) -> Vec<usize> {
    let mut ranked: Vec<usize> = (0..ranks.len())
        .filter(|index| ranks[*index].is_some())
        .collect();
    ranked.sort_by_key(|index| ranks[*index]);
    let mut ranked = ranked.into_iter();
    let places = ranks.iter().enumerate();
    places
        .map(|(place, rank)| match rank {
            Some(_) => ranked.next().unwrap_or(place),
            None => place,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hjson::{apply, parse, to_json};

    /// Writes the members by the number in their key.
    fn reordered(text: &str) -> Option<String> {
        let parsed = parse(text);
        assert_eq!(parsed.errors, [], "{text}");
        let root = parsed.tree.root()?;
        let rank = |member: Member<'_>| member.key.text()[1..].parse().ok();
        let ranks: Vec<Option<usize>> = root.members().map(rank).collect();
        let edited = apply(text, &[reorder(root, &ranks)?])?;
        let after = parse(&edited);
        assert_eq!(after.errors, [], "{edited}");
        let after = after.tree.root()?;
        assert_eq!(to_json(&after), to_json(&root), "{edited}");
        Some(edited)
    }

    #[test]
    fn comments_move_and_empty_lines_stay() {
        let text = "{ # open\n  # all\n\n  # of two\n  p2: {\n    a: 1\n  }, # two\n\n  p1: x # y\n  # end\n}\n";
        insta::assert_snapshot!(reordered(text).expect("it is reordered"), @r"
        { # open
          # all

          p1: x # y

          # of two
          p2: {
            a: 1
          }, # two
          # end
        }
        ");
    }

    #[test]
    fn line_breaks_and_unknown_members_keep_their_place() {
        let text = "{\r\n  p3: 3\r\n  q: 0\r\n  p1: 1\r\n}";
        assert_eq!(
            reordered(text).as_deref(),
            Some("{\r\n  p1: 1\r\n  q: 0\r\n  p3: 3\r\n}")
        );
        assert_eq!(
            reordered("p2: 2\np1: 1\n"),
            None,
            "the first line has no brace of its own"
        );
    }

    #[test]
    fn what_cannot_be_told_apart_stays() {
        for text in [
            "{ p2: 2\n  p1: 1\n}",
            "{\n  p2: 2, p1: 1\n}",
            "{\n  p2: 2\n  p1: 1 }",
            "{\n  p2: 2\n  p1: 1\n  p2: 2\n}",
            "{\n  p2: 2\n  # alone\n\n  p1: 1\n}",
            "{\n  p2: 2\n  , p1: 1\n}",
            "{\n  p2: 2\n  ,\n  p1: 1\n}",
            "{\n  p2: 2 /* x\n  */ p1: 1\n}",
            "{\n  p2: 2 /* x\n  */\n  p1: 1\n}",
        ] {
            assert_eq!(reordered(text), None, "{text}");
        }
    }
}

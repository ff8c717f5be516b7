//! Visits every value of a tree, and knows the key path of the one visited last.

use super::key_path::{KeyPath, Segment};
use super::member::{Key, Member};
use super::node::NodeKind;
use super::tree::Tree;
use super::value::Value;

/// Visits values in source order, parents first. Every visit is cheap; [`Walk::path`] costs as much as the path is long.
#[derive(Clone, Debug)]
pub struct Walk<'tree> {
    tree: &'tree Tree,
    next: usize,
    parents: Vec<Parent>,
    key: Option<Key<'tree>>,
}

/// A container on the way from the root to the value visited last, and which of its entries that way takes.
#[derive(Clone, Copy, Debug)]
struct Parent {
    behind: usize,
    entry: Entry,
}

#[derive(Clone, Copy, Debug)]
enum Entry {
    /// The node of the key; `None` before the first, or where a syntax error left none.
    Member(Option<usize>),
    /// The number of items before the next one.
    Item(usize),
}

impl<'tree> Walk<'tree> {
    pub(super) const fn new(tree: &'tree Tree) -> Self {
        Self {
            tree,
            next: 0,
            parents: Vec::new(),
            key: None,
        }
    }

    /// Returns the key path of the value visited last. Of repeated keys all have the same path.
    pub fn path(&self) -> KeyPath {
        self.parents
            .iter()
            .filter_map(|parent| self.segment(parent.entry))
            .collect()
    }

    /// Returns the value visited last as a member, if it is one.
    pub fn member(&self) -> Option<Member<'tree>> {
        let value = Value::new(self.tree, self.next.checked_sub(1)?);
        self.key.map(|key| Member { key, value })
    }

    fn segment(&self, entry: Entry) -> Option<Segment> {
        match entry {
            Entry::Member(key) => Some(Segment::Key(Key::new(self.tree, key?).text().into_owned())),
            Entry::Item(behind) => Some(Segment::Index(behind.checked_sub(1)?)),
        }
    }

    fn enter(&mut self, kind: NodeKind, behind: usize) {
        match kind {
            NodeKind::Object => self.parents.push(Parent {
                behind,
                entry: Entry::Member(None),
            }),
            NodeKind::Array => self.parents.push(Parent {
                behind,
                entry: Entry::Item(0),
            }),
            _ => {}
        }
    }
}

impl<'tree> Iterator for Walk<'tree> {
    type Item = Value<'tree>;

    fn next(&mut self) -> Option<Self::Item> {
        self.key = None;
        loop {
            let index = self.next;
            let node = self.tree.nodes.get(index)?;
            while self
                .parents
                .pop_if(|parent| parent.behind <= index)
                .is_some()
            {}
            self.next += 1;
            match (
                &mut self.parents.last_mut().map(|parent| &mut parent.entry),
                node.kind,
            ) {
                (Some(Entry::Member(key)), NodeKind::Key(_)) => {
                    *key = Some(index);
                    self.key = Some(Key::new(self.tree, index));
                    continue;
                }
                (Some(Entry::Member(key)), _) if self.key.is_none() => *key = None,
                (Some(Entry::Item(count)), _) => *count += 1,
                _ => {}
            }
            self.enter(node.kind, node.behind(index));
            return Some(Value::new(self.tree, index));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    #[test]
    fn values_are_visited_in_source_order_with_their_paths() {
        let parsed = parse("{a: {b: [1, {c: 2}]}, a: 3, 'd e': []}");
        let mut walk = parsed.tree.walk();
        let mut visits = Vec::new();
        while let Some(value) = walk.next() {
            let key = walk.member().map(|member| member.key.raw()).unwrap_or("-");
            visits.push(format!("{} {key} {}", walk.path(), value.raw()));
        }
        assert_eq!(
            visits,
            [
                "(root) - {a: {b: [1, {c: 2}]}, a: 3, 'd e': []}",
                "a a {b: [1, {c: 2}]}",
                "a.b b [1, {c: 2}]",
                "a.b[0] - 1",
                "a.b[1] - {c: 2}",
                "a.b[1].c c 2",
                "a a 3",
                "\"d e\" 'd e' []",
            ]
        );
    }

    #[test]
    fn a_value_without_key_has_the_path_of_its_object() {
        let parsed = parse("{a: 1\n{b: 2\n}\n}");
        let mut walk = parsed.tree.walk();
        let mut paths = Vec::new();
        while walk.next().is_some() {
            paths.push(walk.path().to_string());
        }
        assert_eq!(paths, ["(root)", "a", "(root)", "b"]);
    }
}

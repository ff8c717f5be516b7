//! Selectors: which nodes of a zone an operator means with `--limit`.

use std::collections::{BTreeMap, BTreeSet};

use super::Inventory;
use crate::document::closest;
use crate::name::Name;

/// Why a selector selects nothing that could be worked with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectError {
    /// A term is neither a pattern, nor `@group`, nor `key=value`.
    #[error(
        "`{0}` is not a selector; write a node name with `*`, @GROUP, LABEL=VALUE, or `!` before one of them"
    )]
    Malformed(String),
    /// There is no such group.
    #[error("the zone has no group `{group}`{}", suggestion(.meant.as_deref()))]
    UnknownGroup {
        /// What was written.
        group: String,
        /// What may have been meant.
        meant: Option<String>,
    },
    /// A group's selector names groups in a circle.
    #[error("the group `{0}` is defined by itself")]
    Circle(String),
    /// No node is left.
    #[error("`{0}` selects no node")]
    Nothing(String),
}

fn suggestion(meant: Option<&str>) -> String {
    meant.map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"))
}

/// Selects nodes: terms between commas are added up, terms with `!` are taken away from
/// the result (from all nodes, if there is no other term). Nothing left is an error.
///
/// `sets` are the named sets of nodes that are not the inventory's, such as `failed`.
pub fn select(
    inventory: &Inventory,
    selector: &str,
    sets: &BTreeMap<String, BTreeSet<Name>>,
) -> Result<BTreeSet<Name>, SelectError> {
    let chosen = Selection {
        inventory,
        sets,
        groups: Vec::new(),
    }
    .select(selector)?;
    match chosen.is_empty() {
        true => Err(SelectError::Nothing(selector.to_owned())),
        false => Ok(chosen),
    }
}

/// A selection in the making, with the groups that are being resolved.
struct Selection<'a> {
    inventory: &'a Inventory,
    sets: &'a BTreeMap<String, BTreeSet<Name>>,
    groups: Vec<String>,
}

impl Selection<'_> {
    fn select(&mut self, selector: &str) -> Result<BTreeSet<Name>, SelectError> {
        let terms: Vec<&str> = selector.split(',').map(str::trim).collect();
        let (minus, plus): (Vec<&str>, Vec<&str>) =
            terms.iter().partition(|term| term.starts_with('!'));
        let mut chosen = match plus.is_empty() {
            true => self.inventory.nodes.keys().cloned().collect(),
            false => self.union(&plus)?,
        };
        let without: Vec<&str> = minus.iter().map(|term| &term[1..]).collect();
        for name in self.union(&without)? {
            chosen.remove(&name);
        }
        Ok(chosen)
    }

    fn union(&mut self, terms: &[&str]) -> Result<BTreeSet<Name>, SelectError> {
        let mut all = BTreeSet::new();
        for term in terms {
            all.extend(self.term(term)?);
        }
        Ok(all)
    }

    fn term(&mut self, term: &str) -> Result<BTreeSet<Name>, SelectError> {
        if let Some(group) = term.strip_prefix('@') {
            return self.group(group);
        }
        if let Some((key, value)) = term.split_once('=') {
            return Ok(self.labelled(key, value));
        }
        let well_formed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '*');
        if term.is_empty() || !term.chars().all(well_formed) {
            return Err(SelectError::Malformed(term.to_owned()));
        }
        if !term.contains('*') {
            let named = self.inventory.nodes.get_key_value(term);
            return Ok(named.map(|(name, _)| name.clone()).into_iter().collect());
        }
        let names = self.inventory.nodes.keys();
        Ok(names
            .filter(|name| matches(term, name.as_str()))
            .cloned()
            .collect())
    }

    fn group(&mut self, group: &str) -> Result<BTreeSet<Name>, SelectError> {
        if let Some(set) = self.sets.get(group) {
            let known = |name: &&Name| self.inventory.nodes.contains_key(*name);
            return Ok(set.iter().filter(known).cloned().collect());
        }
        let Some(found) = self.inventory.groups.get(group) else {
            let names = self.inventory.groups.keys().map(Name::as_str);
            let meant = closest(group, names.chain(self.sets.keys().map(String::as_str)));
            let meant = meant.map(str::to_owned);
            return Err(SelectError::UnknownGroup {
                group: group.to_owned(),
                meant,
            });
        };
        if self.groups.iter().any(|open| open == group) {
            return Err(SelectError::Circle(group.to_owned()));
        }
        self.groups.push(group.to_owned());
        let nodes = self.select(&found.selector);
        self.groups.pop();
        nodes
    }

    fn labelled(&self, key: &str, value: &str) -> BTreeSet<Name> {
        let names = self.inventory.nodes.keys();
        let chosen = names.filter(|name| {
            let settings = self.inventory.node(name).unwrap_or_default();
            match key {
                "personality" => settings
                    .personalities
                    .iter()
                    .any(|one| matches(value, one.as_str())),
                "arch" => settings
                    .arch
                    .is_some_and(|arch| matches(value, arch.as_str())),
                label => settings
                    .labels
                    .get(label)
                    .is_some_and(|text| matches(value, text)),
            }
        });
        chosen.cloned().collect()
    }
}

/// Whether a text matches a pattern in which `*` stands for anything.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test ends where a value is missing")]

    use super::*;
    use crate::document::{Document, Source};

    const INVENTORY: &str = r#"{
        mzone: z1
        nodes: {
            web-1: { labels: { rack: "a" } }
            web-2: { labels: { rack: "b" }, personalities: [ "master", "compute" ] }
            db-1: { labels: { rack: "a" } }
        }
        groups: {
            web: { selector: "web-*" }
            odd: { selector: "@web,!web-2" }
            loop: { selector: "@loop" }
        }
    }"#;

    fn selected(selector: &str) -> Result<Vec<String>, SelectError> {
        let inventory = Document::<Inventory>::read(Source::new("inventory.hjson", INVENTORY));
        let failed = BTreeSet::from(["db-1".parse().unwrap(), "gone".parse().unwrap()]);
        let sets = BTreeMap::from([("failed".to_owned(), failed)]);
        let names = select(&inventory.unwrap().value, selector, &sets)?;
        Ok(names.into_iter().map(String::from).collect())
    }

    #[test]
    fn selects_by_name_group_label_and_personality() {
        assert_eq!(selected("*").unwrap(), ["db-1", "web-1", "web-2"]);
        assert_eq!(selected("web-1, db-*").unwrap(), ["db-1", "web-1"]);
        assert_eq!(selected("@web").unwrap(), ["web-1", "web-2"]);
        assert_eq!(selected("@odd").unwrap(), ["web-1"]);
        assert_eq!(selected("rack=a,!db-1").unwrap(), ["web-1"]);
        assert_eq!(selected("!rack=a").unwrap(), ["web-2"]);
        assert_eq!(selected("personality=master").unwrap(), ["web-2"]);
        assert_eq!(selected("@failed").unwrap(), ["db-1"]);
    }

    #[test]
    fn says_why_nothing_is_selected() {
        let said: Vec<String> = ["node-9", "@wbe", "@loop", "", "a b", "!*"]
            .iter()
            .map(|selector| selected(selector).unwrap_err().to_string())
            .collect();
        insta::assert_snapshot!(said.join("\n"));
    }

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, text, expected) in [
            ("a*c", "abc", true),
            ("a*c", "ac", true),
            ("a*b*c", "a-b-b-c", true),
            ("*", "", true),
            ("a*a", "a", false),
            ("a", "ab", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}

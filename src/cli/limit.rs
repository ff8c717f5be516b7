//! `--limit`: the nodes an operator means, by the inventory, the last run and files.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;

use super::context::Context;
use super::file;
use crate::failure::{Failure, FailureKind};
use crate::inventory::{Inventory, SelectError, select};
use crate::name::Name;
use crate::store::Store;
use crate::store::fold::NodeStatus;

/// Sets of nodes by the names that selectors have for them, after the `@`.
type Sets = BTreeMap<String, BTreeSet<Name>>;

/// The selected nodes of a zone.
pub(super) fn selected(
    context: &Context,
    inventory: &Inventory,
    selector: &str,
) -> Result<BTreeSet<Name>, Failure> {
    let mut sets = listed(context, selector)?;
    if ["@failed", "@not-reached"]
        .iter()
        .any(|set| selector.contains(set))
    {
        sets.extend(of_last_run(context, &inventory.mzone)?);
    }
    select(inventory, selector, &sets).map_err(|error| refused(inventory, &error))
}

fn refused(inventory: &Inventory, error: &SelectError) -> Failure {
    let kind = match error {
        SelectError::Nothing(_) => FailureKind::NoInput,
        _ => FailureKind::Refused,
    };
    let names = inventory.nodes.keys().map(Name::as_str);
    let known = names.take(10).collect::<Vec<_>>().join(", ");
    Failure::new(kind, error.to_string()).help(format!("the zone's nodes: {known}"))
}

/// The files that a selector names: one node per line, `#` starts a comment.
fn listed(context: &Context, selector: &str) -> Result<Sets, Failure> {
    let terms = selector
        .split(',')
        .map(|term| term.trim().trim_start_matches('!'));
    let named = terms.filter_map(|term| {
        term.strip_prefix('@')
            .filter(|set| set.starts_with("file:"))
    });
    let read = named.map(|set| {
        let shown = Utf8Path::new(&set["file:".len()..]);
        let bytes = file::read_named(&context.working_directory.join(shown), shown)?;
        Ok((
            set.to_owned(),
            names(shown, &String::from_utf8_lossy(&bytes))?,
        ))
    });
    read.collect()
}

fn names(path: &Utf8Path, text: &str) -> Result<BTreeSet<Name>, Failure> {
    let lines = text.lines().enumerate().map(|(index, line)| {
        let word = line.split('#').next().unwrap_or_default();
        (index + 1, word.trim())
    });
    let words = lines.filter(|(_, word)| !word.is_empty());
    let parsed = words.map(|(number, word)| {
        word.parse().map_err(|error| {
            Failure::refused(format!("{path}:{number} is not a node's name")).because(&error)
        })
    });
    parsed.collect()
}

/// `failed` and `not-reached` of the zone's last run.
fn of_last_run(context: &Context, mzone: &Name) -> Result<Sets, Failure> {
    let store = Store::open_to_read(&context.state_dir)?;
    let Some(record) = store.last(mzone)? else {
        return Err(Failure::new(
            FailureKind::NoInput,
            format!("{mzone} had no run yet"),
        ));
    };
    let nodes = store.load(&record)?.nodes;
    let of = |wanted: &dyn Fn(NodeStatus) -> bool| {
        let found = nodes.iter().filter(|(_, node)| wanted(node.state));
        found.map(|(name, _)| name.clone()).collect()
    };
    let failed = |state| matches!(state, NodeStatus::Error | NodeStatus::InDoubt);
    let not_reached = |state| {
        matches!(
            state,
            NodeStatus::New | NodeStatus::Deploying | NodeStatus::Stopped | NodeStatus::Unreachable
        )
    };
    Ok(BTreeMap::from([
        ("failed".to_owned(), of(&failed)),
        ("not-reached".to_owned(), of(&not_reached)),
    ]))
}

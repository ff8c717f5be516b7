//! `ddt bundle prune --nodes`: the caches of a zone's nodes.

use std::collections::BTreeMap;
use std::io;

use camino::Utf8Path;
use tokio::task::JoinSet;

use crate::cli::context::Context;
use crate::cli::{inventories, limit, print, runtime, zone};
use crate::engine::event::RunKind;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::name::Name;
use crate::node::{ConnectOptions, Node, NodeError, PrunedNode};
use crate::report::escape;
use crate::store::Store;

/// What each node said; one that is missing was not heard.
type Answers = BTreeMap<Name, Option<Result<PrunedNode, NodeError>>>;

/// Prunes all selected nodes at once, while no run of the zone goes on, and prints a line for
/// each; one that was not pruned decides the exit code.
pub(super) fn run(
    context: &Context,
    shown: &Utf8Path,
    selector: &str,
    out: &mut dyn io::Write,
) -> Result<ExitCode, Failure> {
    let inventory = inventories::read(&context.working_directory.join(shown), shown)?;
    let selected = limit::selected(context, &inventory.value, selector)?;
    let base = &context.working_directory;
    let nodes = zone::nodes(&inventory, &selected, base, &ConnectOptions::default())?;
    // No run of the zone puts payloads there meanwhile, or begins to need some.
    let store = Store::open(&context.state_dir)?;
    let _lock = store.lock(&inventory.value.mzone, RunKind::Deploy)?;
    let answers = runtime()?.block_on(prune(nodes));
    let lines = answers.iter().map(|(node, answer)| line(node, answer));
    print(out, &lines.collect::<String>())?;
    Ok(
        match answers.values().all(|said| matches!(said, Some(Ok(_)))) {
            true => ExitCode::Done,
            false => ExitCode::Failed,
        },
    )
}

/// Asks every node at the same time; how many connect at once is the transport's business.
async fn prune(nodes: Vec<Box<dyn Node>>) -> Answers {
    let names = nodes.iter().map(|node| (node.name().clone(), None));
    let mut answers: Answers = names.collect();
    let mut asked = JoinSet::new();
    for mut node in nodes {
        asked.spawn(async move {
            let pruned = node.prune().await;
            node.close().await;
            (node.name().clone(), pruned)
        });
    }
    while let Some(answer) = asked.join_next().await {
        // A part of ddt that ended leaves its node unheard.
        if let Ok((node, pruned)) = answer {
            answers.insert(node, Some(pruned));
        }
    }
    answers
}

fn line(node: &Name, answer: &Option<Result<PrunedNode, NodeError>>) -> String {
    let said = match answer {
        Some(Ok(pruned)) => said(pruned),
        Some(Err(error)) => format!("not pruned: it {error}"),
        None => "not pruned: the part of ddt that speaks to it ended".to_owned(),
    };
    format!("{node:<24} {}\n", escape::line(said.as_bytes()))
}

fn said(pruned: &PrunedNode) -> String {
    let PrunedNode {
        removed,
        removed_kib,
        left,
    } = pruned;
    match removed {
        0 => format!("removed nothing, {left} left"),
        1 => format!("removed 1 bundle of {removed_kib} KiB, {left} left"),
        _ => format!("removed {removed} bundles of {removed_kib} KiB, {left} left"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::attempt::AttemptId;

    #[test]
    fn a_line_says_what_became_of_a_node() {
        let name = |text: &str| text.parse::<Name>().expect("a name");
        let busy = NodeError::Busy(Box::new(AttemptId {
            run: name("run-1"),
            component: name("hostos"),
            package: name("kernel"),
            number: 2,
        }));
        let pruned = |removed| PrunedNode {
            removed,
            removed_kib: 1200,
            left: 3,
        };
        let answers = [
            Some(Ok(pruned(0))),
            Some(Ok(pruned(1))),
            Some(Ok(pruned(2))),
            Some(Err(busy)),
            Some(Err(NodeError::Unreachable("no route to host".into()))),
            Some(Err(NodeError::State("\u{1b}[2J".into()))),
            None,
        ];
        let lines = answers.map(|answer| line(&name("node-1"), &answer));
        insta::assert_snapshot!(lines.concat());
    }
}

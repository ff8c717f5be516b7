//! Reads the facts of many nodes at once.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::task::JoinSet;

use super::observer::{Observer, Progress};
use crate::name::Name;
use crate::node::{FactsQuery, Node, NodeError};
use crate::plan::Observation;

/// The nodes that were asked, connected as far as they could be, and what they said.
pub struct Probed {
    /// By name.
    pub nodes: BTreeMap<Name, Box<dyn Node>>,
    /// By name.
    pub observations: BTreeMap<Name, Observation>,
}

/// Asks every node at the same time; how many connect at once is the transport's business.
pub async fn probe(
    nodes: Vec<Box<dyn Node>>,
    query: FactsQuery,
    observer: Arc<dyn Observer>,
) -> Probed {
    observer.progress(&Progress::Probing { nodes: nodes.len() });
    let query = Arc::new(query);
    let mut asked = JoinSet::new();
    let mut names: BTreeMap<tokio::task::Id, Name> = BTreeMap::new();
    for mut node in nodes {
        let (query, name) = (Arc::clone(&query), node.name().clone());
        let task = asked.spawn(async move {
            let observation = node.facts(&query).await;
            (node, observation)
        });
        names.insert(task.id(), name);
    }
    let mut probed = Probed {
        nodes: BTreeMap::new(),
        observations: BTreeMap::new(),
    };
    while let Some(answer) = asked.join_next_with_id().await {
        let name = probed.take(answer, &names);
        observer.progress(&Progress::Probed { node: name });
    }
    probed
}

type Answer = Result<(tokio::task::Id, (Box<dyn Node>, Observation)), tokio::task::JoinError>;

impl Probed {
    fn take(&mut self, answer: Answer, names: &BTreeMap<tokio::task::Id, Name>) -> Name {
        match answer {
            Ok((_, (node, observation))) => {
                let name = node.name().clone();
                self.observations.insert(name.clone(), observation);
                self.nodes.insert(name.clone(), node);
                name
            }
            Err(error) => {
                let name = names[&error.id()].clone();
                let reason = NodeError::Protocol(format!("reading its facts ended: {error}"));
                self.observations.insert(name.clone(), Err(reason));
                name
            }
        }
    }
}

//! What the operator says of attempts that left no receipt.

use std::collections::BTreeMap;

use clap::Args;

use crate::engine::event::TaskId;
use crate::failure::Failure;
use crate::plan::{Assume, TaskKey};
use crate::store::fold::{RunView, TaskState};

/// The outcomes of tasks in doubt.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct AssumeArgs {
    /// What to take an attempt for that left no receipt: `succeeded` or `failed`, and the task
    /// as NODE/PACKAGE
    #[arg(long, num_args = 2, value_names = ["OUTCOME", "TASK"])]
    assume: Vec<String>,
}

impl AssumeArgs {
    /// Whether the operator says nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.assume.is_empty()
    }

    /// The assumptions by task. One about a task that is not in doubt is refused.
    pub(super) fn of(&self, view: &RunView) -> Result<BTreeMap<TaskKey, Assume>, Failure> {
        let pairs = self.assume.chunks_exact(2);
        let assumptions = pairs.map(|pair| {
            let outcome = outcome(&pair[0])?;
            let task = task(&pair[1], view)?;
            Ok((task, outcome))
        });
        assumptions.collect()
    }
}

fn outcome(word: &str) -> Result<Assume, Failure> {
    match word {
        "succeeded" => Ok(Assume::Succeeded),
        "failed" => Ok(Assume::Failed),
        _ => Err(Failure::refused(format!("--assume {word}: not an outcome"))
            .help("write `--assume succeeded NODE/PACKAGE` or `--assume failed NODE/PACKAGE`")),
    }
}

fn task(word: &str, view: &RunView) -> Result<TaskKey, Failure> {
    let in_doubt = view.tasks.iter();
    let in_doubt = in_doubt.filter(|task| task.state == TaskState::InDoubt);
    let mut named = in_doubt.filter(|task| is_named(word, &task.id));
    match (named.next(), named.next()) {
        (Some(task), None) => {
            let id = &task.id;
            Ok((id.node.clone(), id.component.clone(), id.package.clone()))
        }
        (Some(_), Some(_)) => Err(Failure::refused(format!(
            "--assume: more than one component has a package of {word}"
        ))
        .help("write NODE/COMPONENT/PACKAGE")),
        (None, _) => Err(Failure::refused(format!(
            "--assume: {word} is no task in doubt of run {}",
            view.run
        ))
        .help(format!(
            "`ddt history {} --status in-doubt` lists them",
            view.run
        ))),
    }
}

/// `NODE/PACKAGE` or `NODE/COMPONENT/PACKAGE`.
fn is_named(word: &str, id: &TaskId) -> bool {
    let TaskId {
        node,
        component,
        package,
    } = id;
    word == format!("{node}/{package}") || word == format!("{node}/{component}/{package}")
}

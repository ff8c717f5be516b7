//! What is left of a rollback that has not come to its end.

use camino::Utf8PathBuf;

use super::RollbackArgs;
use super::origin::plan;
use crate::cli::deploy::LiveArgs;
use crate::failure::Failure;
use crate::name::Name;
use crate::plan::{Plan, Reason};
use crate::store::Store;

/// The plan of a rollback, which is made again from what the nodes say.
pub(in crate::cli) struct Rest {
    undoes: Name,
    plan: Plan,
}

impl Rest {
    /// Reads what a rollback was about.
    pub(in crate::cli) fn of(store: &Store, run: &Name) -> Result<Self, Failure> {
        let plan = plan(store, run)?;
        match plan.undoes.clone() {
            Some(undoes) => Ok(Self { undoes, plan }),
            None => Err(Failure::environment(format!(
                "the plan of run {run} does not say which run it undoes"
            ))
            .help("name that run: `ddt rollback RUN`")),
        }
    }

    fn nodes(&self) -> String {
        let nodes = self.plan.nodes.iter();
        let names: Vec<&str> = nodes.map(|node| node.node.as_str()).collect();
        names.join(",")
    }

    /// Whether it was to leave what cannot be undone.
    fn is_partial(&self) -> bool {
        let mut tasks = self.plan.nodes.iter().flat_map(|node| &node.tasks);
        tasks.any(|task| matches!(task.reason, Reason::CannotUndo(_)))
    }
}

impl RollbackArgs {
    /// What has to be typed to go on with a rollback.
    pub(in crate::cli) fn rest(rest: Rest, inventory: Option<Utf8PathBuf>, live: LiveArgs) -> Self {
        Self {
            limit: Some(rest.nodes()),
            partial: rest.is_partial(),
            target: Some(rest.undoes.to_string()),
            inventory,
            dry_run: false,
            json: live.json,
            verbose: live.verbose,
            yes: live.yes,
            reboot_timeout: live.reboot_timeout,
        }
    }
}

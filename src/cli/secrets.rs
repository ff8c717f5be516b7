//! The secrets of a run: asked for before anything begins, all of them, so that no step waits for one that is missing.

use camino::Utf8PathBuf;

use super::context::Context;
use crate::document::Diagnostic;
use crate::engine::event::RunKind;
use crate::failure::Failure;
use crate::plan::{Plan, PlannedPackage};
use crate::provider::secret::{SecretProblem, SecretSources, Wanted};
use crate::secret::RunSecrets;

/// Asks for the secrets of every package of which anything is run.
pub(super) async fn resolve(
    context: &Context,
    plan: &Plan,
    kind: RunKind,
) -> Result<RunSecrets, Failure> {
    let wanted: Vec<Wanted<'_>> = plan
        .packages
        .iter()
        .enumerate()
        .filter(|(index, package)| !package.bundle.secrets.is_empty() && runs(plan, *index, kind))
        .map(|(_, package)| wanted(package))
        .collect();
    if wanted.is_empty() {
        return Ok(RunSecrets::default());
    }
    let sources = SecretSources::new(context.environment, age_identity(context));
    let answers = sources.resolve(&wanted).await;
    for warning in answers.warnings {
        super::tell(&format!("warning: {warning}\n"));
    }
    answers.secrets.map_err(refused)
}

/// Whether a package is run on any node; a dry run checks all.
fn runs(plan: &Plan, package: usize, kind: RunKind) -> bool {
    let mut tasks = plan.nodes.iter().filter_map(|node| node.tasks.get(package));
    kind == RunKind::DryRun || tasks.any(|task| task.action.is_something())
}

fn wanted(package: &PlannedPackage) -> Wanted<'_> {
    Wanted {
        component: &package.component,
        package: &package.package,
        secrets: &package.bundle.secrets,
    }
}

/// The file that the environment names, else the project's.
fn age_identity(context: &Context) -> Option<Utf8PathBuf> {
    let named = (context.environment)("DDT_AGE_IDENTITY").filter(|path| !path.is_empty());
    let named = named.map(|path| context.working_directory.join(path));
    let project = context.project.age_identity.as_ref();
    named.or_else(|| project.map(|path| context.project_directory.join(path)))
}

fn refused(problems: Vec<SecretProblem>) -> Failure {
    let told = problems
        .iter()
        .map(|problem| Diagnostic::error(problem.to_string()).help(problem.error.help()));
    Failure::refused("not every secret can be had; nothing was started")
        .with_diagnostics(told.collect())
}

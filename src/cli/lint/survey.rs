//! Lints many files. Each is read, linted and dropped by itself; what stays are findings,
//! and the definitions that the others are judged by.

use super::inputs::{self, Input};
use super::{LintArgs, baseline};
use crate::cli::context::Context;
use crate::cli::{documents, parallel};
use crate::clock;
use crate::component::ComponentDefinition;
use crate::document::Diagnostic;
use crate::failure::Failure;
use crate::inventory::Inventory;
use crate::lint::{Deployment, Linter, Selection, Subject, Surroundings};

/// What was found in all inputs.
pub(super) struct Survey {
    /// The findings, by path, place and code.
    pub(super) found: Vec<Diagnostic>,
    /// What was looked at, sorted by path.
    pub(super) inputs: Vec<Input>,
}

/// What one file holds.
struct Looked {
    found: Vec<Diagnostic>,
    definition: Option<ComponentDefinition>,
}

/// Lints every input. Findings that the baseline knows are still among those found.
pub(super) fn survey(
    arguments: &LintArgs,
    selection: &Selection,
    context: &Context,
) -> Result<Survey, Failure> {
    let mut inputs = inputs::find(arguments, context)?;
    let mut surroundings = surroundings(arguments, context)?;
    add_definitions(&mut surroundings, &mut inputs, context)?;
    let look = |surroundings: &Surroundings| {
        let linter = Linter {
            surroundings,
            selection,
        };
        let looked = parallel::map(&inputs, arguments.jobs(), |input| {
            input.read(context).map(|subject| looked(&subject, linter))
        });
        looked.into_iter().collect::<Result<Vec<Looked>, Failure>>()
    };
    let mut looked = look(&surroundings)?;
    if learn(&mut surroundings, &looked) {
        looked = look(&surroundings)?;
    }
    let found = looked.into_iter().flat_map(|one| one.found);
    let mut found: Vec<Diagnostic> = found.collect();
    baseline::sort(&mut found);
    Ok(Survey { found, inputs })
}

fn looked(subject: &Subject, linter: Linter<'_>) -> Looked {
    Looked {
        found: linter.lint(subject),
        definition: subject.typed(),
    }
}

/// Takes over the definitions among the inputs: they replace those of the project, and these
/// the ones that are built in. Whether any was not known before, so that the manifests have
/// to be looked at again.
fn learn(surroundings: &mut Surroundings, looked: &[Looked]) -> bool {
    let mut has_learnt = false;
    for definition in looked.iter().filter_map(|one| one.definition.as_ref()) {
        let name = definition.component.clone();
        let before = surroundings.definitions.insert(name, definition.clone());
        has_learnt |= before.as_ref() != Some(definition);
    }
    has_learnt
}

/// Takes over the project's definitions. One that cannot be used is linted, too: without it
/// a manifest would seem to name an unknown component.
fn add_definitions(
    surroundings: &mut Surroundings,
    inputs: &mut Vec<Input>,
    context: &Context,
) -> Result<(), Failure> {
    for input in inputs::definitions(context)? {
        match input.read(context)?.typed::<ComponentDefinition>() {
            Some(definition) => {
                let name = definition.component.clone();
                surroundings.definitions.insert(name, definition);
            }
            None if inputs.iter().any(|other| other.shown == input.shown) => {}
            None => inputs.push(input),
        }
    }
    inputs.sort_by(|left, right| left.shown.cmp(&right.shown));
    Ok(())
}

/// What is known besides the documents.
fn surroundings(arguments: &LintArgs, context: &Context) -> Result<Surroundings, Failure> {
    let mut surroundings = Surroundings::built_in();
    for path in &arguments.inventory {
        let absolute = context.working_directory.join(path);
        let document = documents::read::<Inventory>(&absolute, path)?;
        surroundings.inventories.push(document.value);
    }
    surroundings.project = context.project.clone();
    surroundings.now = Some(arguments.now.unwrap_or_else(clock::now));
    if arguments.fresh {
        surroundings.deployment = Deployment::Fresh;
    }
    Ok(surroundings)
}

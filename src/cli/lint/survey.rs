//! Everything that one call looks at.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use super::inputs::{self, Input};
use super::{LintArgs, baseline};
use crate::cli::context::Context;
use crate::cli::{self, documents, locked, parallel};
use crate::clock;
use crate::component::ComponentDefinition;
use crate::document::Diagnostic;
use crate::failure::Failure;
use crate::inventory::Inventory;
use crate::lint::{Deployment, Linter, Selection, Subject, Surroundings};
use crate::project::ProjectPaths;

/// The documents of a call, and what they are judged by.
pub(super) struct Survey<'a> {
    /// The documents, sorted by path.
    pub(super) subjects: Vec<Subject>,
    /// Those that the user named; no other is changed.
    pub(super) named: BTreeSet<Utf8PathBuf>,
    /// What standard input is called, if it is one of them.
    pub(super) standard_input: Option<Utf8PathBuf>,
    /// What is known besides.
    pub(super) surroundings: Surroundings,
    /// Which rules count.
    pub(super) selection: &'a Selection,
}

impl<'a> Survey<'a> {
    /// Reads all of it.
    pub(super) fn read(
        arguments: &LintArgs,
        selection: &'a Selection,
        context: &Context,
    ) -> Result<Self, Failure> {
        let inputs = inputs::find(arguments, context)?;
        let mut subjects = read_all(&inputs, arguments, context)?;
        let definitions = read_all(&inputs::definitions(context)?, arguments, context)?;
        let mut surroundings = surroundings(arguments, context)?;
        learn(&mut surroundings, definitions.iter().chain(&subjects));
        surroundings.recorded = arguments.compare.recorded(context)?;
        surroundings.earlier = arguments.compare.earlier(&subjects, context)?;
        surroundings.locks = locked::beside_manifests(&subjects, context)?;
        let project = read_all(&inputs::unusable_project(context), arguments, context)?;
        let unusable = definitions.into_iter().filter(is_broken).chain(project);
        add_unusable(&mut subjects, unusable, &selection.paths);
        let standard_input = inputs.iter().find(|input| input.is_standard_input());
        Ok(Self {
            standard_input: standard_input.map(|input| input.shown.clone()),
            named: inputs.into_iter().map(|input| input.shown).collect(),
            subjects,
            surroundings,
            selection,
        })
    }

    /// Everything that is found, by path, place and code. It does not depend on the number of threads.
    pub(super) fn lint(&self, arguments: &LintArgs) -> Vec<Diagnostic> {
        let linter = self.linter();
        let across = linter.across(&self.subjects);
        let subjects: Vec<_> = self.subjects.iter().zip(across).collect();
        let found = parallel::map(&subjects, arguments.jobs(), |(subject, across)| {
            linter.lint_among(subject, across.clone())
        });
        let mut found: Vec<Diagnostic> = found.into_iter().flatten().collect();
        baseline::sort(&mut found);
        found
    }

    /// The rules, and what they know.
    pub(super) fn linter(&self) -> Linter<'_> {
        Linter {
            surroundings: &self.surroundings,
            selection: self.selection,
        }
    }

    /// What is looked at.
    pub(super) fn files(&self) -> Vec<&Utf8Path> {
        let subjects = self.subjects.iter();
        subjects.map(|subject| subject.source.path()).collect()
    }

    /// Whether the user named a document.
    pub(super) fn is_named(&self, path: &Utf8Path) -> bool {
        self.named.contains(path)
    }
}

fn read_all(
    inputs: &[Input],
    arguments: &LintArgs,
    context: &Context,
) -> Result<Vec<Subject>, Failure> {
    let read = parallel::map(inputs, arguments.jobs(), |input| input.read(context));
    read.into_iter().collect()
}

/// Takes over definitions. Those that are linted replace those of the project, and these the ones that are built in.
fn learn<'d>(surroundings: &mut Surroundings, subjects: impl Iterator<Item = &'d Subject>) {
    for definition in subjects.filter_map(Subject::typed::<ComponentDefinition>) {
        let name = definition.component.clone();
        surroundings.definitions.insert(name, definition);
    }
}

/// What of the project cannot be used is linted, too. Without a definition a manifest would seem to name an unknown
/// component; without the defaults of flags not even those of `ddt lint` hold.
fn add_unusable(
    subjects: &mut Vec<Subject>,
    unusable: impl Iterator<Item = Subject>,
    paths: &ProjectPaths,
) {
    let file = |subject: &Subject| paths.in_project(subject.source.path());
    for unusable in unusable {
        if !subjects
            .iter()
            .any(|linted| file(linted) == file(&unusable))
        {
            subjects.push(unusable);
        }
    }
    subjects.sort_by(|left, right| left.source.path().cmp(right.source.path()));
}

fn is_broken(definition: &Subject) -> bool {
    definition.typed::<ComponentDefinition>().is_none()
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
    surroundings.command_line = Some(cli::command);
    surroundings.now = Some(arguments.now.unwrap_or_else(clock::now));
    if arguments.fresh {
        surroundings.deployment = Deployment::Fresh;
    }
    Ok(surroundings)
}

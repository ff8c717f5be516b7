//! `ddt graph`: the order in which a manifest's packages are deployed, as a drawing.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write;

use camino::Utf8PathBuf;
use clap::{Args, ValueEnum};

use super::context::Context;
use super::documents;
use crate::component::ComponentDefinition;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::manifest::Manifest;
use crate::name::Name;

/// Draw the order in which a manifest's packages are deployed
#[derive(Clone, Debug, Args)]
pub(super) struct GraphArgs {
    /// The manifest
    manifest: Utf8PathBuf,
    /// The language of the drawing
    #[arg(long, value_enum, default_value_t = Language::Mermaid)]
    format: Language,
}

/// Languages for drawings.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Language {
    /// Graphviz.
    Dot,
    /// Mermaid, which GitHub and GitLab draw in Markdown.
    Mermaid,
}

/// A package in the order of deployment, and the stage it sets.
struct Step<'a> {
    component: &'a Name,
    package: &'a Name,
    tag: String,
    sets: Option<&'a Name>,
}

impl GraphArgs {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<ExitCode, Failure> {
        let definitions = documents::definitions(context)?;
        let manifest = documents::read_manifest(context, &self.manifest, &definitions, None)?;
        let steps = steps(&manifest.value, &definitions);
        let text = match self.format {
            Language::Dot => dot(&steps),
            Language::Mermaid => mermaid(&steps),
        };
        super::print(out, &text).map(|()| ExitCode::Done)
    }
}

fn steps<'a>(
    manifest: &'a Manifest,
    definitions: &'a BTreeMap<Name, ComponentDefinition>,
) -> Vec<Step<'a>> {
    let mut steps = Vec::new();
    for (component, entry) in &manifest.components {
        let Some(definition) = definitions.get(component) else {
            continue;
        };
        for index in definition.package_order().unwrap_or_default() {
            let package = &definition.packages[index];
            if let Some(wanted) = entry.packages.get(&package.package) {
                let (package, sets) = (&package.package, package.sets.as_ref());
                steps.push(Step {
                    component,
                    package,
                    tag: wanted.tag.to_string(),
                    sets,
                });
            }
        }
    }
    steps
}

/// The pairs of neighbours within a component, with the stage that lies between.
fn edges<'a, 'b>(steps: &'b [Step<'a>]) -> impl Iterator<Item = (usize, Option<&'a Name>)> + 'b {
    let pairs = steps.windows(2).enumerate();
    let same = pairs.filter(|(_, pair)| pair[0].component == pair[1].component);
    same.map(|(index, pair)| (index, pair[0].sets))
}

fn dot(steps: &[Step<'_>]) -> String {
    let mut text = String::from("digraph ddt {\n  rankdir=LR\n  node [shape=box]\n");
    // Writing to a string cannot fail.
    for (index, step) in steps.iter().enumerate() {
        let _ = writeln!(
            text,
            "  p{index} [label=\"{}\\n{}\"]",
            step.package, step.tag
        );
    }
    for (index, stage) in edges(steps) {
        let label = stage.map_or_else(String::new, |stage| format!(" [label=\"{stage}\"]"));
        let _ = writeln!(text, "  p{index} -> p{}{label}", index + 1);
    }
    text + "}\n"
}

fn mermaid(steps: &[Step<'_>]) -> String {
    let mut text = String::from("flowchart LR\n");
    // Writing to a string cannot fail.
    for (index, step) in steps.iter().enumerate() {
        let _ = writeln!(text, "  p{index}[\"{}<br>{}\"]", step.package, step.tag);
    }
    for (index, stage) in edges(steps) {
        let label = stage.map_or_else(String::new, |stage| format!("|{stage}|"));
        let _ = writeln!(text, "  p{index} -->{label} p{}", index + 1);
    }
    text
}

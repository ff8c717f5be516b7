//! `ddt schema`: the JSON Schemas of documents and outputs.

use std::io::Write;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::bundle::named::Named;
use super::context::Context;
use crate::bundle::ResolvedBundle;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::schemas::{self, SchemaKind};

/// Print the JSON Schema of a document or of an output
#[derive(Clone, Debug, Args)]
pub(super) struct SchemaArgs {
    #[command(subcommand)]
    what: Wanted,
}

/// What has a schema.
#[derive(Clone, Debug, Subcommand)]
enum Wanted {
    /// Manifests: what a zone should run
    Manifest,
    /// Inventories: the machines of a zone
    Inventory,
    /// Component definitions: how packages are deployed
    Component,
    /// Bundle descriptors: bundle.hjson
    Bundle,
    /// The project configuration: ddt.hjson
    Project,
    /// Lock files: ddt.lock
    Lock,
    /// What a bundle takes as `config`
    Config {
        /// A source tree's directory, or REPO/NAME:TAG such as dir:PATH/NAME:TAG
        bundle: String,
    },
    /// What `ddt plan --json` prints
    Plan,
    /// A line of what `ddt deploy --json` prints
    Events,
    /// What `ddt lint --output json` prints
    LintJson,
    /// What `ddt rehearse --json` prints
    Rehearsals,
}

impl SchemaArgs {
    pub(super) fn run(
        self,
        context: impl Fn() -> Result<Context, Failure>,
        out: &mut dyn Write,
    ) -> Result<ExitCode, Failure> {
        let text = match self.what {
            Wanted::Manifest => SchemaKind::Manifest.text(),
            Wanted::Inventory => SchemaKind::Inventory.text(),
            Wanted::Component => SchemaKind::Component.text(),
            Wanted::Bundle => SchemaKind::Bundle.text(),
            Wanted::Project => SchemaKind::Project.text(),
            Wanted::Lock => SchemaKind::Lock.text(),
            Wanted::Config { bundle } => {
                schemas::text(&config(Named::new(&context()?)?.resolve(&bundle)?))
            }
            Wanted::Plan => SchemaKind::Plan.text(),
            Wanted::Events => SchemaKind::Events.text(),
            Wanted::LintJson => SchemaKind::LintJson.text(),
            Wanted::Rehearsals => SchemaKind::Rehearsals.text(),
        };
        super::print(out, &text).map(|()| ExitCode::Done)
    }
}

/// The schema of a bundle as it is; of one without, a schema that takes what ddt takes.
fn config(bundle: ResolvedBundle) -> Value {
    let name = format!("{}:{}", bundle.descriptor.bundle, bundle.descriptor.tag);
    bundle.descriptor.config.unwrap_or_else(|| {
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "description": format!("{name} has no config schema: it takes any config"),
            "type": "object",
        })
    })
}

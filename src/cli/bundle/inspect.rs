//! `ddt bundle inspect REF`.

use std::io;

use clap::Args;
use serde::Serialize;

use super::cannot_print;
use super::named::Named;
use crate::bundle::{BundleDescriptor, step_name};
use crate::cli::context::Context;
use crate::digest::Digest;
use crate::failure::Failure;

/// Show what a bundle is.
#[derive(Clone, Debug, Args)]
pub(super) struct InspectArgs {
    /// A source tree's directory, or REPO/NAME:TAG such as dir:PATH/NAME:TAG.
    #[arg(value_name = "REF")]
    reference: String,
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Inspection {
    digest: Digest,
    payload: Digest,
    size: u64,
    descriptor: BundleDescriptor,
}

impl InspectArgs {
    pub(super) fn run(self, context: &Context, out: &mut dyn io::Write) -> Result<(), Failure> {
        let bundle = Named::new(context)?.resolve(&self.reference)?;
        let inspection = Inspection {
            digest: bundle.digest,
            payload: bundle.payload.digest,
            size: bundle.payload.size,
            descriptor: bundle.descriptor,
        };
        let printed = match self.json {
            true => print_json(&inspection, out),
            false => print_text(&inspection, out),
        };
        printed.map_err(cannot_print)
    }
}

fn print_json(inspection: &Inspection, out: &mut dyn io::Write) -> io::Result<()> {
    let text = serde_json::to_string_pretty(inspection)?;
    writeln!(out, "{text}")
}

fn print_text(inspection: &Inspection, out: &mut dyn io::Write) -> io::Result<()> {
    let descriptor = &inspection.descriptor;
    let mut line = |key: &str, value: &str| writeln!(out, "{key:<12}{value}");
    line("bundle", descriptor.bundle.as_str())?;
    line("tag", &descriptor.tag.to_string())?;
    line("digest", &inspection.digest.to_string())?;
    line("size", &format!("{} bytes", inspection.size))?;
    line("arch", &words(&descriptor.arch, "any"))?;
    for (kind, path) in descriptor.steps.iter() {
        line(step_name(kind), path.as_path().as_str())?;
    }
    line("idempotent", &descriptor.idempotent.to_string())?;
    let timeout = descriptor.timeout.map(|timeout| timeout.to_string());
    line("timeout", timeout.as_deref().unwrap_or("none"))?;
    if let Some(limit) = descriptor.confirm_within {
        line("confirm", &format!("within {limit}, or the node goes back"))?;
    }
    line("secrets", &words(&descriptor.secrets, "none"))
}

fn words(words: &[impl AsRef<str>], nothing: &str) -> String {
    match words {
        [] => nothing.to_owned(),
        words => words
            .iter()
            .map(AsRef::as_ref)
            .collect::<Vec<_>>()
            .join(", "),
    }
}

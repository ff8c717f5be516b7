//! `ddt status`: how every zone stands.

mod text;
mod zone;

#[cfg(test)]
mod tests;

use std::io::Write;

use camino::Utf8Path;
use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use super::context::Context;
use super::words::json;
use crate::document::closest;
use crate::exit::ExitCode;
use crate::failure::{Failure, FailureKind};
use crate::name::Name;
use crate::store::Store;
use zone::ZoneStatus;

/// The version of the JSON document's shape.
const SCHEMA: u32 = 1;

/// Show how every zone stands: its last run, its nodes, and what to type next
#[derive(Clone, Debug, Args)]
pub(super) struct StatusArgs {
    /// Show this zone only
    #[arg(long, value_name = "ZONE")]
    zone: Option<Name>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Document {
    schema: u32,
    zones: Vec<ZoneStatus>,
}

impl StatusArgs {
    /// Reads the records and prints them to `out`; changes nothing, and waits for nobody.
    /// A zone whose records are damaged is shown as such, and the code says so.
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<ExitCode, Failure> {
        self.show(&context.state_dir, crate::clock::now(), out)
    }

    fn show(
        self,
        state_dir: &Utf8Path,
        now: Timestamp,
        out: &mut dyn Write,
    ) -> Result<ExitCode, Failure> {
        let store = Store::open_to_read(state_dir)?;
        let zones = self.zones(&store)?.into_iter();
        let zones = zones
            .map(|zone| ZoneStatus::read(&store, zone))
            .collect::<Result<Vec<_>, _>>()?;
        let is_damaged = zones.iter().any(|zone| zone.problem.is_some());
        let text = match self.json {
            true => json(&Document {
                schema: SCHEMA,
                zones,
            })?,
            false => text::text(&zones, now),
        };
        super::print(out, &text)?;
        Ok(if is_damaged {
            ExitCode::Error
        } else {
            ExitCode::Done
        })
    }

    fn zones(&self, store: &Store) -> Result<Vec<Name>, Failure> {
        let known = store.zones()?;
        let Some(zone) = &self.zone else {
            return Ok(known);
        };
        if known.contains(zone) {
            return Ok(vec![zone.clone()]);
        }
        let failure = Failure::new(FailureKind::NoInput, format!("zone {zone} has no run"));
        Err(
            match closest(zone.as_str(), known.iter().map(Name::as_str)) {
                Some(meant) => failure.help(format!("did you mean `{meant}`?")),
                None => failure.help("`ddt status` shows every zone that has one"),
            },
        )
    }
}

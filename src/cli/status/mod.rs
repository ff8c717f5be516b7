//! `ddt status`: how every zone stands.

mod state;
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
use super::recorded::{recorded_releases, require_zone};
use super::words::json;
use crate::exit::ExitCode;
use crate::failure::Failure;
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
    /// Say in it which releases the nodes have, as far as runs have seen them
    #[arg(long, requires = "json")]
    releases: bool,
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
        let mut zones = zones
            .map(|zone| ZoneStatus::read(&store, zone))
            .collect::<Result<Vec<_>, _>>()?;
        if self.releases {
            for zone in &mut zones {
                zone.releases = Some(recorded_releases(&store, &zone.mzone)?);
            }
        }
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
        let Some(zone) = &self.zone else {
            return Ok(store.zones()?);
        };
        require_zone(store, zone)?;
        Ok(vec![zone.clone()])
    }
}

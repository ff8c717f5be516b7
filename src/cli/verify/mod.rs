//! `ddt verify`: the journals against themselves, and against what the nodes remember.

mod journals;
pub(super) mod lost;
mod text;
mod witnesses;

use std::collections::BTreeMap;
use std::io::Write;

use camino::Utf8PathBuf;
use clap::Args;
use serde::Serialize;

use super::context::Context;
use super::words::json;
use crate::document::closest;
use crate::engine::audit::Discrepancy;
use crate::engine::event::RunKind;
use crate::exit::ExitCode;
use crate::failure::{Failure, FailureKind};
use crate::name::Name;
use crate::store::{RunRecord, Store};
use journals::Journals;
use witnesses::Witnesses;

/// The version of the JSON document's shape.
const SCHEMA: u32 = 1;

/// Check that no record was lost or changed: every journal's hash chain, and every journal against the receipts on the nodes
#[derive(Clone, Debug, Args)]
pub(super) struct VerifyArgs {
    /// A run, `latest`, or a zone [default: every run]
    #[arg(value_name = "RUN|ZONE")]
    what: Option<String>,
    /// The zone's inventory [default: the one of the zone's last run]
    #[arg(long, value_name = "FILE", env = "DDT_INVENTORY")]
    inventory: Option<Utf8PathBuf>,
    /// Do not ask the nodes: check the journals only
    #[arg(long)]
    offline: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// What was found; what `--json` prints.
#[derive(Serialize)]
struct Report {
    schema: u32,
    /// The runs, newest first.
    runs: Vec<Verified>,
    /// Nodes whose receipts are not known, and why.
    not_asked: BTreeMap<Name, String>,
}

/// One run.
#[derive(Serialize)]
struct Verified {
    run: Name,
    mzone: Name,
    kind: RunKind,
    /// How many events its journal has, as far as that can be believed.
    events: u64,
    /// What is wrong with its journal.
    problem: Option<String>,
    /// Where the journal and the receipts disagree.
    discrepancies: Vec<Discrepancy>,
}

impl VerifyArgs {
    /// Reads the journals and the receipts, and prints what is wrong to `out`; changes
    /// nothing. A node that cannot be asked is a finding: nothing is known of it.
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<ExitCode, Failure> {
        let store = Store::open_to_read(&context.state_dir)?;
        let records = self.records(&store)?;
        let journals = Journals::read(&store, &records)?;
        let witnesses = match self.offline {
            true => Witnesses::default(),
            false => Witnesses::hear(context, self.inventory.as_deref(), &journals)?,
        };
        let mut runs = Vec::new();
        for record in records {
            runs.push(verified(&store, &journals, &witnesses, record)?);
        }
        let report = Report {
            schema: SCHEMA,
            runs,
            not_asked: witnesses.silent,
        };
        let text = match self.json {
            true => json(&report)?,
            false => text::text(&report, self.offline),
        };
        super::print(out, &text)?;
        Ok(if report.is_clean() {
            ExitCode::Done
        } else {
            ExitCode::Error
        })
    }

    /// The runs that are meant, newest first.
    fn records(&self, store: &Store) -> Result<Vec<RunRecord>, Failure> {
        let mut records = store.records(None)?;
        let Some(what) = self.what.as_deref() else {
            return Ok(records);
        };
        let newest = records.first().map(|record| record.run.clone());
        let is_meant = |record: &RunRecord| match what {
            "latest" => Some(&record.run) == newest.as_ref(),
            _ => record.run.as_str() == what || record.mzone.as_str() == what,
        };
        if !records.iter().any(is_meant) {
            return Err(unknown(what, &records));
        }
        records.retain(is_meant);
        Ok(records)
    }
}

fn unknown(what: &str, records: &[RunRecord]) -> Failure {
    if records.is_empty() {
        let failure = Failure::new(FailureKind::NoInput, "there is no run yet");
        return failure.help("`ddt deploy MANIFEST` starts one");
    }
    let failure = Failure::new(
        FailureKind::NoInput,
        format!("there is no run and no zone `{what}`"),
    );
    let names = records
        .iter()
        .flat_map(|record| [record.run.as_str(), record.mzone.as_str()]);
    match closest(what, names) {
        Some(meant) => failure.help(format!("did you mean `{meant}`?")),
        None => failure.help("`ddt history` lists the runs"),
    }
}

/// A journal that is broken is not held against anything: it proves nothing.
fn verified(
    store: &Store,
    journals: &Journals,
    witnesses: &Witnesses,
    record: RunRecord,
) -> Result<Verified, Failure> {
    let problem = journals.problem(&record.run);
    let discrepancies = match problem {
        None => witnesses.compare(store, journals, &record)?,
        Some(_) => Vec::new(),
    };
    Ok(Verified {
        events: journals.length(&record.run),
        problem,
        discrepancies,
        run: record.run,
        mzone: record.mzone,
        kind: record.kind,
    })
}

impl Report {
    /// Whether nothing was lost or changed, and every node was heard.
    fn is_clean(&self) -> bool {
        self.not_asked.is_empty() && self.runs.iter().all(Verified::is_sound)
    }
}

impl Verified {
    /// Whether nothing of it was lost or changed.
    fn is_sound(&self) -> bool {
        let is_damage = |found: &Discrepancy| found.kind.is_damage();
        self.problem.is_none() && !self.discrepancies.iter().any(is_damage)
    }
}

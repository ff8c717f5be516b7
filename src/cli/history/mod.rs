//! `ddt history`: the runs there were, and every task of one.

mod runs;
mod tasks;

#[cfg(test)]
mod tests;

use std::io::Write;

use camino::Utf8Path;
use clap::Args;

use super::context::Context;
use crate::document::closest;
use crate::exit::ExitCode;
use crate::failure::{Failure, FailureKind};
use crate::name::Name;
use crate::report::Stream;
use crate::store::RunRecord;
use crate::store::Store;

/// The version of the JSON documents' shape.
const SCHEMA: u32 = 1;

/// Show the runs, newest first, or every task of one run
#[derive(Clone, Debug, Args)]
pub(super) struct HistoryArgs {
    /// Show the tasks of this run; `latest` is the newest
    #[arg(value_name = "RUN")]
    run: Option<String>,
    /// Only what concerns this node
    #[arg(long, value_name = "NODE")]
    node: Option<Name>,
    /// Only what concerns this package
    #[arg(long, value_name = "PACKAGE")]
    package: Option<Name>,
    /// Only tasks (with RUN) or runs in this state
    #[arg(long, value_name = "STATE")]
    status: Option<String>,
    /// Only runs of this zone
    #[arg(long, value_name = "ZONE")]
    zone: Option<Name>,
    /// Show at most this many runs
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    last: usize,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    /// The columns there are, where a person reads.
    #[arg(skip)]
    columns: Option<u16>,
}

impl HistoryArgs {
    /// Reads the records and prints them to `out`; changes nothing, and waits for nobody.
    /// A run whose journal is broken is refused, not shown in part.
    pub(super) fn run(
        mut self,
        context: &Context,
        out: &mut dyn Write,
    ) -> Result<ExitCode, Failure> {
        self.columns = Stream::stdout().columns();
        self.show(&context.state_dir, out)
    }

    fn show(self, state_dir: &Utf8Path, out: &mut dyn Write) -> Result<ExitCode, Failure> {
        let store = Store::open_to_read(state_dir)?;
        let records = store.records(self.zone.as_ref())?;
        let text = match &self.run {
            Some(run) => tasks::text(&self, store.load(named(run, &records)?)?)?,
            None => runs::text(&self, &store, records)?,
        };
        super::print(out, &text).map(|()| ExitCode::Done)
    }
}

fn named<'records>(
    run: &str,
    records: &'records [RunRecord],
) -> Result<&'records RunRecord, Failure> {
    let found = match run {
        "latest" => records.first(),
        _ => records.iter().find(|record| record.run.as_str() == run),
    };
    found.ok_or_else(|| {
        if records.is_empty() {
            let failure = Failure::new(FailureKind::NoInput, "there is no run yet");
            return failure.help("`ddt deploy MANIFEST` starts one");
        }
        let failure = Failure::refused(format!("there is no run `{run}`"));
        let known = records.iter().map(|record| record.run.as_str());
        match closest(run, known) {
            Some(meant) => failure.help(format!("did you mean `{meant}`?")),
            None => failure.help("`ddt history` lists the runs"),
        }
    })
}

/// A word that is no state.
fn unknown_state(word: &str, of: &str, states: &[&str]) -> Failure {
    let failure = Failure::refused(format!("`{word}` is no state of a {of}"));
    match closest(word, states.iter().copied()) {
        Some(meant) => failure.help(format!("did you mean `{meant}`?")),
        None => failure.help(format!("the states are {}", states.join(", "))),
    }
}

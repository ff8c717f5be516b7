//! `ddt logs`: what the steps of a run wrote.

mod follow;
mod print;

#[cfg(test)]
mod tests;

use std::io::{ErrorKind, Write};

use camino::Utf8Path;
use clap::Args;

use super::context::Context;
use crate::document::closest;
use crate::exit::ExitCode;
use crate::failure::{Failure, FailureKind};
use crate::name::Name;
use crate::store::logs::{self, LogFile};
use follow::Following;
use print::Trouble;

/// Show the logs of a run
#[derive(Clone, Debug, Args)]
pub(super) struct LogsArgs {
    /// The run; `latest` is the newest
    #[arg(value_name = "RUN", default_value = "latest")]
    run: String,
    /// Only those of this node
    #[arg(long, value_name = "NODE")]
    node: Option<Name>,
    /// Only those of this package
    #[arg(long, value_name = "PACKAGE")]
    package: Option<Name>,
    /// Print where they are instead
    #[arg(long)]
    path: bool,
    /// Show what comes, too, until the run has ended
    #[arg(short, long, conflicts_with_all = ["path", "raw"])]
    follow: bool,
    /// Print every byte as it is, without headings; a terminal may act on it
    #[arg(long, conflicts_with = "path")]
    raw: bool,
}

impl LogsArgs {
    /// Prints the logs that were asked for to `out`, by component, package and node.
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<ExitCode, Failure> {
        if self.follow {
            let run = self.find_run(&context.logs_dir)?;
            return Following::new(&self, &context.logs_dir, run).run(&context.state_dir, out);
        }
        self.show(&context.logs_dir, out)
    }

    fn show(self, logs_dir: &Utf8Path, out: &mut dyn Write) -> Result<ExitCode, Failure> {
        let run = self.find_run(logs_dir)?;
        let logs = self.matching(logs_dir, &run)?;
        match logs.iter().try_for_each(|log| self.print(log, out)) {
            // A reader that has seen enough is no error.
            Err(Trouble::Print(error)) if error.kind() == ErrorKind::BrokenPipe => {
                Ok(ExitCode::Done)
            }
            Err(trouble) => Err(trouble.into()),
            Ok(()) => Ok(ExitCode::Done),
        }
    }

    fn print(&self, log: &LogFile, out: &mut dyn Write) -> Result<(), Trouble> {
        match (self.path, self.raw) {
            (true, _) => writeln!(out, "{}", log.path).map_err(Trouble::Print),
            (_, true) => print::raw(&log.path, out),
            _ => print::escaped(log, out),
        }
    }

    fn find_run(&self, logs_dir: &Utf8Path) -> Result<Name, Failure> {
        let runs = logs::runs(logs_dir)?;
        if runs.is_empty() {
            let failure = Failure::new(
                FailureKind::NoInput,
                format!("there are no logs in {logs_dir}"),
            );
            return Err(failure.help("`ddt deploy MANIFEST` writes some there"));
        }
        let found = match self.run.as_str() {
            "latest" => logs::latest(logs_dir, &runs),
            _ => runs.iter().find(|run| run.as_str() == self.run),
        };
        found.cloned().ok_or_else(|| {
            let failure = Failure::refused(format!(
                "there are no logs of a run `{}` in {logs_dir}",
                self.run
            ));
            suggest(failure, &self.run, &runs, "`ddt history` lists the runs")
        })
    }

    fn matching(&self, logs_dir: &Utf8Path, run: &Name) -> Result<Vec<LogFile>, Failure> {
        let mut found = logs::of_run(logs_dir, run)?;
        if found.is_empty() {
            let failure = Failure::new(FailureKind::NoInput, format!("run {run} has no logs"));
            return Err(failure.help(format!("`ddt history {run}` says how far it came")));
        }
        self.check(
            run,
            "node",
            self.node.as_ref(),
            found.iter().map(|log| &log.node),
        )?;
        self.check(
            run,
            "package",
            self.package.as_ref(),
            found.iter().map(|log| &log.package),
        )?;
        found.retain(|log| self.selects(log));
        if found.is_empty() {
            let failure =
                Failure::new(FailureKind::NoInput, format!("no log of run {run} matches"));
            return Err(failure.help(format!("`ddt logs {run} --path` lists them all")));
        }
        Ok(found)
    }

    fn selects(&self, log: &LogFile) -> bool {
        self.node.as_ref().is_none_or(|node| *node == log.node)
            && self
                .package
                .as_ref()
                .is_none_or(|package| *package == log.package)
    }

    fn check<'logs>(
        &self,
        run: &Name,
        what: &str,
        name: Option<&Name>,
        known: impl Iterator<Item = &'logs Name>,
    ) -> Result<(), Failure> {
        let known: Vec<Name> = known.cloned().collect();
        match name.filter(|name| !known.contains(name)) {
            None => Ok(()),
            Some(name) => {
                let failure = Failure::refused(format!("run {run} has no log of {what} {name}"));
                Err(suggest(
                    failure,
                    name.as_str(),
                    &known,
                    &format!("`ddt logs {run} --path` lists them all"),
                ))
            }
        }
    }
}

fn suggest(failure: Failure, written: &str, known: &[Name], otherwise: &str) -> Failure {
    match closest(written, known.iter().map(Name::as_str)) {
        Some(meant) => failure.help(format!("did you mean `{meant}`?")),
        None => failure.help(otherwise),
    }
}

//! `ddt logs`: what the steps of a run wrote.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;

use super::words::cannot_print;
use crate::document::closest;
use crate::exit::ExitCode;
use crate::failure::{Failure, FailureKind};
use crate::name::Name;
use crate::report::escape::escape;
use crate::store::logs::{self, LogFile};

/// A longer line is shown in several.
const LONGEST_LINE: u64 = 64 * 1024;

/// Show the logs of a run.
#[derive(Clone, Debug, Args)]
pub(super) struct LogsArgs {
    /// The run; `latest` is the newest.
    #[arg(value_name = "RUN", default_value = "latest")]
    run: String,
    /// Only those of this node.
    #[arg(long, value_name = "NODE")]
    node: Option<Name>,
    /// Only those of this package.
    #[arg(long, value_name = "PACKAGE")]
    package: Option<Name>,
    /// Print where they are instead.
    #[arg(long)]
    path: bool,
    /// Print every byte as it is, without headings; a terminal may act on it.
    #[arg(long, conflicts_with = "path")]
    raw: bool,
}

impl LogsArgs {
    /// Prints the logs that were asked for to `out`, by component, package and node.
    pub(super) fn run(self, logs_dir: &Utf8Path, out: &mut dyn io::Write) -> Result<ExitCode, Failure> {
        let run = self.find_run(logs_dir)?;
        for log in self.matching(logs_dir, &run)? {
            match (self.path, self.raw) {
                (true, _) => writeln!(out, "{}", log.path).map_err(cannot_print)?,
                (_, true) => copy(&log.path, out)?,
                _ => show(&log, out)?,
            }
        }
        Ok(ExitCode::Done)
    }

    fn find_run(&self, logs_dir: &Utf8Path) -> Result<Name, Failure> {
        let runs = logs::runs(logs_dir)?;
        if runs.is_empty() {
            return Err(Failure::new(
                FailureKind::NoInput,
                format!("there are no logs in {logs_dir}"),
            ));
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
            return Err(Failure::new(
                FailureKind::NoInput,
                format!("run {run} has no logs"),
            ));
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
        match found.is_empty() {
            true => Err(Failure::new(
                FailureKind::NoInput,
                format!("no log of run {run} matches"),
            )),
            false => Ok(found),
        }
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

fn show(log: &LogFile, out: &mut dyn io::Write) -> Result<(), Failure> {
    let LogFile {
        component,
        package,
        node,
        path,
    } = log;
    writeln!(out, "==> {component}/{package} on {node} <==").map_err(cannot_print)?;
    let mut reader = open(path)?;
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = (&mut reader)
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut line);
        if read.map_err(|error| cannot_read(path, &error))? == 0 {
            return Ok(());
        }
        let text = line.strip_suffix(b"\n").unwrap_or(&line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        writeln!(out, "{}", escape(text)).map_err(cannot_print)?;
    }
}

fn copy(path: &Utf8PathBuf, out: &mut dyn io::Write) -> Result<(), Failure> {
    io::copy(&mut open(path)?, out)
        .map(drop)
        .map_err(cannot_print)
}

fn open(path: &Utf8Path) -> Result<BufReader<File>, Failure> {
    let file = File::open(path).map_err(|error| cannot_read(path, &error))?;
    Ok(BufReader::new(file))
}

fn cannot_read(path: &Utf8Path, error: &io::Error) -> Failure {
    Failure::environment(format!("cannot read {path}")).because(error)
}

#[cfg(test)]
mod tests;

//! Shows logs while they grow, until their run has ended.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Seek, SeekFrom, Write};
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};

use super::LogsArgs;
use super::print::{Trouble, heading};
use crate::cli::runtime;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::name::Name;
use crate::report::escape::escape;
use crate::store::Store;
use crate::store::logs::{self, LogFile};

/// How often is looked whether there is more.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// The logs of one run, and how far each was shown.
pub(super) struct Following<'a> {
    arguments: &'a LogsArgs,
    logs_dir: &'a Utf8Path,
    run: Name,
    shown: BTreeMap<Utf8PathBuf, u64>,
    /// The log whose heading stands last.
    current: Option<Utf8PathBuf>,
}

impl<'a> Following<'a> {
    pub(super) fn new(arguments: &'a LogsArgs, logs_dir: &'a Utf8Path, run: Name) -> Self {
        Self {
            arguments,
            logs_dir,
            run,
            shown: BTreeMap::new(),
            current: None,
        }
    }

    /// Shows whole lines as they come; what has no end is shown at the end of the run.
    pub(super) fn run(
        mut self,
        state_dir: &Utf8Path,
        out: &mut dyn Write,
    ) -> Result<ExitCode, Failure> {
        let store = Store::open_to_read(state_dir)?;
        runtime()?.block_on(async {
            let mut looks = tokio::time::interval(LOOK_EVERY);
            loop {
                looks.tick().await;
                // The run before its logs: what it wrote last is shown.
                let goes_on = self.goes_on(&store)?;
                match self.show(!goes_on, out) {
                    // A reader that has seen enough is no error.
                    Err(Trouble::Print(error)) if error.kind() == ErrorKind::BrokenPipe => {
                        return Ok(ExitCode::Done);
                    }
                    shown => shown?,
                }
                if !goes_on {
                    return Ok(ExitCode::Done);
                }
            }
        })
    }

    fn goes_on(&self, store: &Store) -> Result<bool, Failure> {
        let records = store.records(None)?;
        match records.iter().find(|record| record.run == self.run) {
            Some(record) => Ok(store.is_driven(record)?),
            None => Ok(false),
        }
    }

    fn show(&mut self, to_the_end: bool, out: &mut dyn Write) -> Result<(), Trouble> {
        let found = logs::of_run(self.logs_dir, &self.run).unwrap_or_default();
        for log in found.iter().filter(|log| self.arguments.selects(log)) {
            self.show_log(log, to_the_end, out)?;
        }
        out.flush().map_err(Trouble::Print)
    }

    fn show_log(
        &mut self,
        log: &LogFile,
        to_the_end: bool,
        out: &mut dyn Write,
    ) -> Result<(), Trouble> {
        let unreadable = |error| Trouble::Read(log.path.clone(), error);
        let mut reader = BufReader::new(File::open(&log.path).map_err(unreadable)?);
        let from = self.shown.get(&log.path).copied().unwrap_or_default();
        reader.seek(SeekFrom::Start(from)).map_err(unreadable)?;
        let mut line = Vec::new();
        let mut upto = from;
        while reader.read_until(b'\n', &mut line).map_err(unreadable)? > 0 {
            if !line.ends_with(b"\n") && !to_the_end {
                break;
            }
            upto += line.len() as u64;
            self.print(log, &line, out).map_err(Trouble::Print)?;
            line.clear();
        }
        self.shown.insert(log.path.clone(), upto);
        Ok(())
    }

    fn print(&mut self, log: &LogFile, line: &[u8], out: &mut dyn Write) -> std::io::Result<()> {
        if self.current.as_ref() != Some(&log.path) {
            heading(log, out)?;
            self.current = Some(log.path.clone());
        }
        writeln!(out, "{}", escape(line.trim_ascii_end()))
    }
}

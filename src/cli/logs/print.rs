//! From a log file to the output.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};

use camino::{Utf8Path, Utf8PathBuf};

use crate::failure::Failure;
use crate::report::escape::escape;
use crate::store::logs::LogFile;

/// A longer line, in bytes, is shown in several.
const LONGEST_LINE: u64 = 64 * 1024;

/// Why a log is not shown to its end.
pub(super) enum Trouble {
    /// It cannot be read.
    Read(Utf8PathBuf, io::Error),
    /// Nobody takes it.
    Print(io::Error),
}

/// Prints a log for people, under a heading: nothing in it can act on a terminal.
pub(super) fn escaped(log: &LogFile, out: &mut dyn Write) -> Result<(), Trouble> {
    let path = &log.path;
    heading(log, out).map_err(Trouble::Print)?;
    let mut reader = open(path)?;
    let mut line = Vec::new();
    while next_line(&mut reader, &mut line).map_err(|error| Trouble::Read(path.clone(), error))? {
        writeln!(out, "{}", escape(&line)).map_err(Trouble::Print)?;
    }
    Ok(())
}

/// Prints the line that says whose log follows.
pub(super) fn heading(log: &LogFile, out: &mut dyn Write) -> io::Result<()> {
    let LogFile {
        component,
        package,
        node,
        ..
    } = log;
    writeln!(out, "==> {component}/{package} on {node} <==")
}

/// Reads a line without its end, and says whether there was one.
fn next_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let bytes = reader.take(LONGEST_LINE).read_until(b'\n', line)?;
    if line.pop_if(|byte| *byte == b'\n').is_some() {
        line.pop_if(|byte| *byte == b'\r');
    }
    Ok(bytes > 0)
}

/// Prints every byte of a log as it is.
pub(super) fn raw(path: &Utf8Path, out: &mut dyn Write) -> Result<(), Trouble> {
    let mut reader = open(path)?;
    loop {
        let bytes = reader
            .fill_buf()
            .map_err(|error| Trouble::Read(path.to_owned(), error))?;
        if bytes.is_empty() {
            return Ok(());
        }
        out.write_all(bytes).map_err(Trouble::Print)?;
        let count = bytes.len();
        reader.consume(count);
    }
}

fn open(path: &Utf8Path) -> Result<BufReader<File>, Trouble> {
    let file = File::open(path).map_err(|error| Trouble::Read(path.to_owned(), error))?;
    Ok(BufReader::new(file))
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Read(path, error) => {
                Self::environment(format!("cannot read {path}")).because(&error)
            }
            Trouble::Print(error) => Self::environment("cannot print the result").because(&error),
        }
    }
}

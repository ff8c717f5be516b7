//! Where text goes: standard output for results, standard error for everything else.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use super::look::{ColorChoice, Look, Stream};
use super::trouble::locked;

/// A stream to write to. Clones write to the same one, in turn.
#[derive(Clone)]
pub struct Output {
    out: Arc<Mutex<Box<dyn Write + Send>>>,
    /// What it is connected to.
    pub stream: Stream,
    /// How text may look there.
    pub look: Look,
}

impl Output {
    /// Wraps a stream.
    pub fn new(out: Box<dyn Write + Send>, stream: Stream, look: Look) -> Self {
        Self {
            out: Arc::new(Mutex::new(out)),
            stream,
            look,
        }
    }

    /// This process's standard output. `variable` reads an environment variable.
    pub fn stdout(color: ColorChoice, variable: impl Fn(&str) -> Option<String>) -> Self {
        let stream = Stream::stdout();
        let look = Look::of(color, stream, variable);
        Self::new(Box::new(io::stdout()), stream, look)
    }

    /// This process's standard error. `variable` reads an environment variable.
    pub fn stderr(color: ColorChoice, variable: impl Fn(&str) -> Option<String>) -> Self {
        let stream = Stream::stderr();
        let look = Look::of(color, stream, variable);
        Self::new(Box::new(io::stderr()), stream, look)
    }

    /// Writes a text and flushes it.
    pub fn print(&self, text: &str) -> io::Result<()> {
        let mut out = locked(&self.out);
        out.write_all(text.as_bytes())?;
        out.flush()
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        locked(&self.out).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        locked(&self.out).flush()
    }
}

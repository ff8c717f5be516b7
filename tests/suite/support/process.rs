//! A run of `ddt` as a process: to wait for, to signal, to kill; and what it said.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// A `ddt` that runs. Dropping it kills it.
#[derive(Debug)]
pub(crate) struct Running {
    child: Option<Child>,
    directory: PathBuf,
}

/// What a signal asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Signal {
    /// Ctrl-C.
    Interrupt,
    /// What a service manager sends first.
    Terminate,
    /// The terminal is gone.
    HangUp,
    /// Takes its processor away.
    Pause,
    /// Gives it back.
    Continue,
}

impl Running {
    pub(crate) fn start(mut command: Command, directory: &Path) -> Self {
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("ddt starts");
        Self {
            child: Some(child),
            directory: directory.to_owned(),
        }
    }

    /// The same, with standard error in a file, to be read while it runs.
    pub(crate) fn start_telling(mut command: Command, directory: &Path, file: &Path) -> Self {
        let told = fs::File::create(file).expect("a file");
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(told)
            .spawn()
            .expect("ddt starts");
        Self {
            child: Some(child),
            directory: directory.to_owned(),
        }
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.as_ref().expect("ddt runs").id()
    }

    /// Whether it has ended by itself.
    pub(crate) fn has_ended(&mut self) -> bool {
        let child = self.child.as_mut().expect("ddt runs");
        child.try_wait().expect("a child").is_some()
    }

    /// Sends a signal to ddt alone.
    pub(crate) fn signal(&self, signal: Signal) {
        let name = match signal {
            Signal::Interrupt => "INT",
            Signal::Terminate => "TERM",
            Signal::HangUp => "HUP",
            Signal::Pause => "STOP",
            Signal::Continue => "CONT",
        };
        send(name, &self.id().to_string());
    }

    /// `kill -9`: what runs on the nodes goes on.
    pub(crate) fn kill(mut self) {
        let mut child = self.child.take().expect("ddt runs");
        child.kill().expect("a child can be killed");
        child.wait().expect("a child ends");
    }

    /// Waits until it ends by itself.
    pub(crate) fn end(mut self) -> Ended {
        let child = self.child.take().expect("ddt runs");
        let output = child.wait_with_output().expect("a child ends");
        Ended::new(&output, &self.directory)
    }
}

/// Sends a signal, by its name without `SIG`, to a process of this test.
#[track_caller]
pub(crate) fn send(signal: &str, process: &str) {
    let status = Command::new("kill").args(["-s", signal, process]).status();
    assert!(
        status.expect("kill starts").success(),
        "{process} got no {signal}"
    );
}

impl Drop for Running {
    fn drop(&mut self) {
        let Some(child) = &mut self.child else { return };
        // It may have ended already.
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// How a run of `ddt` ended, and what it said; the working directory reads `[DIR]`.
#[derive(Debug)]
pub(crate) struct Ended {
    code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    fn new(output: &Output, directory: &Path) -> Self {
        let text = |bytes| String::from_utf8(Vec::from(bytes)).expect("ddt says UTF-8");
        let real = fs::canonicalize(directory).expect("the working directory");
        let redact = |text: String| {
            let text = text.replace(&*real.to_string_lossy(), "[DIR]");
            text.replace(&*directory.to_string_lossy(), "[DIR]")
        };
        Self {
            code: output.status.code(),
            stdout: redact(text(&output.stdout[..])),
            stderr: redact(text(&output.stderr[..])),
        }
    }

    /// Asserts the exit code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        let Self { stdout, stderr, .. } = &self;
        assert_eq!(
            self.code,
            Some(code),
            "the exit code\n--- stdout\n{stdout}\n--- stderr\n{stderr}"
        );
        self
    }

    /// Whether it died of a signal.
    pub(crate) fn was_killed(&self) -> bool {
        self.code.is_none()
    }

    /// Asserts that a text stands in what was said, on whichever stream.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        let Self { stdout, stderr, .. } = &self;
        let said = stdout.contains(text) || stderr.contains(text);
        assert!(
            said,
            "`{text}` is not said\n--- stdout\n{stdout}\n--- stderr\n{stderr}"
        );
        self
    }

    /// Asserts that a text does not stand in what was said.
    #[track_caller]
    pub(crate) fn does_not_say(self, text: &str) -> Self {
        let Self { stdout, stderr, .. } = &self;
        let said = stdout.contains(text) || stderr.contains(text);
        assert!(
            !said,
            "`{text}` is said\n--- stdout\n{stdout}\n--- stderr\n{stderr}"
        );
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).expect("standard output is JSON")
    }
}

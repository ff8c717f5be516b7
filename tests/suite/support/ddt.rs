//! The `ddt` binary in a sealed environment: nothing of the machine's or the user's settings reaches it.

use super::fleet::Fleet;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

const DDT: &str = env!("CARGO_BIN_EXE_ddt");

/// Gives a command a fixed environment: search path, home, locale, time zone, width, no colour.
pub(crate) fn seal(command: &mut Command, home: &Path) {
    command
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
        .env("HOME", home)
        .env("LC_ALL", "C.UTF-8")
        .env("TZ", "UTC")
        .env("COLUMNS", "80")
        .env("NO_COLOR", "1");
}

/// An empty working directory and a home for runs of `ddt`; removed with the value.
#[derive(Debug)]
pub(crate) struct Workspace {
    temporary: TempDir,
}

impl Workspace {
    pub(crate) fn new() -> Self {
        let temporary = tempfile::Builder::new()
            .prefix("ddt-test-")
            .tempdir()
            .expect("a temporary directory");
        for directory in ["home", "work"] {
            std::fs::create_dir(temporary.path().join(directory)).expect("a directory");
        }
        Self { temporary }
    }

    /// The working directory of the runs.
    pub(crate) fn path(&self) -> PathBuf {
        self.temporary.path().join("work")
    }

    /// Writes a file of the working directory, and makes its directories.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).expect("directories");
        }
        std::fs::write(&path, content).expect("a file");
        path
    }

    /// A run of `ddt` on this machine.
    pub(crate) fn ddt<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = Command::new(DDT);
        self.seal(&mut command);
        command.args(arguments);
        command
    }

    /// A run of `ddt` that reaches the hosts of a fleet.
    pub(crate) fn ddt_in<'a>(
        &self,
        fleet: &Fleet,
        arguments: impl IntoIterator<Item = &'a str>,
    ) -> Command {
        let mut command = fleet.client_command(DDT);
        command
            .env("HOME", self.temporary.path().join("home"))
            .current_dir(self.path());
        command.args(arguments);
        command
    }

    fn seal(&self, command: &mut Command) {
        seal(command, &self.temporary.path().join("home"));
        command.current_dir(self.path());
    }
}

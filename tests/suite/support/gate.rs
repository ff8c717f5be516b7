//! A place where a step waits until the test lets it go on: whatever happens meanwhile happens in mid-step.

use super::wait::until;
use std::fs;
use std::path::PathBuf;

/// A directory with marks. Once open, it stays open; when it is removed, nobody waits at it any more.
#[derive(Debug)]
pub(crate) struct Gate {
    directory: PathBuf,
}

impl Gate {
    pub(super) fn new(directory: PathBuf) -> Self {
        fs::create_dir(&directory).expect("a directory");
        Self { directory }
    }

    /// What a step has to run to wait here, in shell.
    pub(crate) fn wait_here(&self) -> String {
        let gate = self.directory.display();
        format!(
            ": >'{gate}'/\"at-$DDT_NODE\"\n\
             while [ -d '{gate}' ] && [ ! -e '{gate}/open' ]; do sleep 0.02; done"
        )
    }

    /// Waits until a step on a node waits here, or has passed.
    #[track_caller]
    pub(crate) fn reached_by(&self, node: &str) {
        let mark = self.directory.join(format!("at-{node}"));
        until(&format!("a step on {node} reaches the gate"), || {
            mark.exists()
        });
    }

    /// Lets everybody pass, from now on.
    pub(crate) fn open(&self) {
        fs::write(self.directory.join("open"), "").expect("a mark");
    }
}

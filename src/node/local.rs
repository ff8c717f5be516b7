//! The local transport: a shell of this machine, confined to a sandbox by its `root`.

use std::process::Stdio;

use async_trait::async_trait;
use tokio::process::Command;

use super::NodeError;
use super::channel::{Channel, Link};
use super::script::{Bootstrap, PATH};

/// Starts shells on this machine.
pub(super) struct Local {
    bootstrap: Bootstrap,
    shell: Vec<String>,
    path: String,
}

impl Local {
    /// A sandbox as the bootstrap describes it.
    pub(super) fn new(bootstrap: Bootstrap) -> Self {
        Self {
            bootstrap,
            shell: vec!["sh".into()],
            path: PATH.into(),
        }
    }

    /// The same with another shell and other tools, as other machines have them.
    #[cfg(test)]
    pub(super) fn with_shell(mut self, shell: &[&str], path: &str) -> Self {
        self.shell = shell.iter().map(|word| (*word).to_owned()).collect();
        self.path = path.to_owned();
        self
    }

    /// In a process group of its own: an interrupt at the terminal is for ddt alone.
    fn command(&self) -> Command {
        let mut words = self.shell.iter().cloned().chain(self.bootstrap.arguments());
        let mut command = Command::new(words.next().unwrap_or_default());
        command
            .args(words)
            .env_clear()
            .env("PATH", &self.path)
            .env("LC_ALL", "C")
            .envs(std::env::var_os("HOME").map(|home| ("HOME", home)))
            .envs(std::env::var_os("TMPDIR").map(|directory| ("TMPDIR", directory)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        command
    }
}

#[async_trait]
impl Link for Local {
    async fn open(&mut self) -> Result<Channel, NodeError> {
        let no_shell = |error| NodeError::Unreachable(format!("cannot start a shell: {error}"));
        let mut child = self.command().spawn().map_err(no_shell)?;
        let (Some(input), Some(output), Some(errors)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(NodeError::Unreachable("the shell has no streams".into()));
        };
        Ok(Channel {
            input: Box::new(input),
            output: Box::new(output),
            errors: Box::new(errors),
            process: Box::new(child),
        })
    }

    fn explain(&self, said: &str) -> NodeError {
        NodeError::Unreachable(format!("the shell did not start the runner: {said}"))
    }

    async fn disconnect(&mut self) {}
}

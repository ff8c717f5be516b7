//! The runner's text, and how a shell on a node is told to run it.

use std::sync::LazyLock;

use camino::Utf8Path;

use super::target::{Become, Purpose};
use super::{NodeError, words};

/// The runner as it is sent: without its comments, every one of which begins with `# `, and not
/// indented. What it writes to files has no such line.
pub(super) static RUNNER: LazyLock<String> = LazyLock::new(|| {
    let lines = SOURCE.split_inclusive('\n');
    let lines = lines.map(|line| line.trim_start_matches(' '));
    lines
        .filter(|line| !line.starts_with("# ") && *line != "#\n")
        .collect()
});

/// One POSIX shell script, kept in files by what its parts do.
const SOURCE: &str = concat!(
    include_str!("runner/protocol.sh"),
    include_str!("runner/machine.sh"),
    include_str!("runner/facts.sh"),
    include_str!("runner/payload.sh"),
    include_str!("runner/prune.sh"),
    include_str!("runner/fetch.sh"),
    include_str!("runner/attempt.sh"),
    include_str!("runner/secrets.sh"),
    include_str!("runner/steps.sh"),
    include_str!("runner/records.sh"),
    include_str!("runner/watch.sh"),
    include_str!("runner/serve.sh"),
);

/// The line with which the runner says that it is ready for requests.
pub(super) const READY: &[u8] = b"\nddt-runner ready\n";

/// Where a node's tools are looked for, whatever the login says.
pub(super) const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// How one session's runner is started.
#[derive(Clone, Debug)]
pub(super) struct Bootstrap {
    root: String,
    mode: &'static str,
}

impl Bootstrap {
    /// A runner for the files below `root`, the node's own where it is `None`.
    pub(super) fn new(root: Option<&Utf8Path>, purpose: Purpose) -> Result<Self, NodeError> {
        let root = root.map_or("", |root| root.as_str().trim_end_matches('/'));
        let mode = match purpose {
            Purpose::Deploy => "records",
            Purpose::DryRun => "scratch",
        };
        Ok(Self {
            root: format!("={}", words::encode(root)?),
            mode,
        })
    }

    /// The arguments of a POSIX shell: it reads the runner from its input and becomes it.
    pub(super) fn arguments(&self) -> [String; 5] {
        [
            "-c".into(),
            format!("runner=$(head -c {}); eval \"$runner\"", RUNNER.len()),
            "ddt-runner".into(),
            self.root.clone(),
            self.mode.into(),
        ]
    }

    /// The command line for a login shell, of whatever kind: nothing in it is more than
    /// a word in single quotes, none of which holds a quote.
    pub(super) fn command_line(&self, privilege: Become) -> String {
        let (prefix, home) = match privilege {
            Become::Login => ("", "\"$HOME\""),
            Become::Sudo => ("sudo -n ", "/root"),
        };
        let [flag, program, name, root, mode] = self.arguments();
        format!(
            "exec {prefix}env -i HOME={home} PATH={PATH} LC_ALL=C \
             sh {flag} '{program}' {name} '{root}' {mode}"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::RUNNER;

    #[test]
    fn the_runner_is_sent_without_its_comments_and_with_the_scripts_that_it_writes() {
        let mut lines = RUNNER.lines();
        assert!(lines.all(|line| !line.starts_with("# ") && !line.starts_with(' ')));
        assert!(RUNNER.contains("<<SCRIPT || return\n#!/bin/sh\n"));
    }
}

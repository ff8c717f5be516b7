//! What a deployment executes and writes, as strace sees it: where its secrets are.

use super::Place;
use crate::support::process::{Ended, Running};
use crate::support::skip::skip;
use std::fs;
use std::process::Command;

/// Every argument, every environment, and everything written by ddt and by what it started on its node.
pub(super) struct Trace(String);

impl Place {
    /// Deploys to its end. `None` where nothing can be traced (the test is then recorded as skipped, and should return).
    pub(super) fn deploy_traced(&self) -> Option<(Ended, Trace)> {
        let traceable = Command::new("strace")
            .args(["-qq", "-o", "/dev/null", "true"])
            .status();
        if !traceable.is_ok_and(|status| status.success()) {
            skip("strace cannot trace here");
            return None;
        }
        let trace = self.path("../trace");
        let deploy = self.workspace.ddt(["deploy", "zone.hjson"]);
        let environment = deploy.get_envs();
        let mut command = Command::new("strace");
        command
            .args(["-f", "-v", "-y", "-qq", "-s", "1000000"])
            .args(["-e", "trace=execve,write,writev,pwrite64", "-o"])
            .arg(&trace)
            .arg(deploy.get_program())
            .args(deploy.get_args())
            .env_clear()
            .envs(environment.filter_map(|(key, value)| Some((key, value?))))
            .current_dir(self.workspace.path());
        let ended = Running::start(command, &self.workspace.path()).end();
        let trace = fs::read_to_string(trace).expect("a trace");
        assert!(trace.contains("/curl\", [\"curl\", \"-q\", \"-K\", \"-\","));
        Some((ended.exits(0), Trace(trace)))
    }
}

impl Trace {
    /// Asserts that words are where only the one at the other end of a pipe reads them: ddt gives them to the runner, and
    /// the runner to curl.
    #[track_caller]
    pub(super) fn has_in_pipes_alone(&self, words: &[&str]) {
        let (piped, elsewhere): (Vec<&str>, Vec<&str>) = self
            .lines_with(words)
            .partition(|line| line.contains("write(") && line.contains("<pipe:["));
        assert!(piped.len() >= 2, "{piped:#?}");
        assert!(elsewhere.is_empty(), "{elsewhere:#?}");
    }

    /// Asserts that words are nowhere.
    #[track_caller]
    pub(super) fn lacks(&self, words: &[&str]) {
        let found: Vec<&str> = self.lines_with(words).collect();
        assert!(found.is_empty(), "{found:#?}");
    }

    fn lines_with(&self, words: &[&str]) -> impl Iterator<Item = &str> {
        let has = |line: &&str| words.iter().any(|word| line.contains(word));
        self.0.lines().filter(has)
    }
}

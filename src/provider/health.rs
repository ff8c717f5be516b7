//! The health command of a rollout, run on the controller.

use std::time::Duration;

use async_trait::async_trait;
use camino::Utf8PathBuf;

use super::program::{Limits, ProgramRequest, output};
use crate::engine::health::{Health, HealthRequest};
use crate::name::Name;

/// How long a health command may take.
const TIME: Duration = Duration::from_secs(300);

/// What it may print; nobody reads it.
const BYTES: u64 = 16 << 20;

/// Runs health commands in a directory, with the words `DDT_RUN`, `DDT_ZONE`, `DDT_BATCH`
/// and `DDT_NODES` in their environment, and none other of ddt's own.
#[derive(Clone, Debug)]
pub struct HealthCommands {
    directory: Utf8PathBuf,
}

impl HealthCommands {
    /// Runs them in a directory, from which their path is taken, too, where it has a slash.
    pub fn new(directory: impl Into<Utf8PathBuf>) -> Self {
        Self {
            directory: directory.into(),
        }
    }

    /// A name without a slash is searched for as in a shell.
    fn program(&self, name: &str) -> Utf8PathBuf {
        match name.contains('/') {
            true => self.directory.join(name),
            false => name.into(),
        }
    }
}

#[async_trait]
impl Health for HealthCommands {
    async fn check(&self, request: &HealthRequest) -> Result<(), String> {
        let Some((name, arguments)) = request.command.split_first() else {
            return Ok(());
        };
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let nodes: Vec<&str> = request.nodes.iter().map(Name::as_str).collect();
        let (nodes, batch) = (nodes.join(" "), request.batch.to_string());
        let variables = [
            ("DDT_RUN", request.run.as_str()),
            ("DDT_ZONE", request.mzone.as_str()),
            ("DDT_BATCH", &batch),
            ("DDT_NODES", &nodes),
        ];
        let program = self.program(name);
        let said = output(ProgramRequest {
            program: &program,
            arguments: &arguments,
            directory: Some(&self.directory),
            variables: &variables,
            limits: Limits {
                time: TIME,
                bytes: BYTES,
            },
        });
        match said.await {
            Ok(_) => Ok(()),
            Err(error) => Err(format!("the health command {name}: {error}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(command: &[&str]) -> HealthRequest {
        let name = |text: &str| text.parse().expect("a name");
        HealthRequest {
            command: command.iter().map(|word| (*word).to_owned()).collect(),
            run: name("run-1"),
            mzone: name("mzone-1"),
            batch: 2,
            nodes: vec![name("node-1"), name("node-2")],
        }
    }

    async fn check(command: &[&str]) -> Result<(), String> {
        let health = HealthCommands::new(env!("CARGO_MANIFEST_DIR"));
        health.check(&request(command)).await
    }

    #[tokio::test]
    async fn knows_what_it_is_run_for() {
        let told =
            r#"test "$DDT_RUN $DDT_ZONE $DDT_BATCH $DDT_NODES" = "run-1 mzone-1 2 node-1 node-2""#;
        assert_eq!(check(&["sh", "-c", told]).await, Ok(()));
        assert_eq!(check(&["sh", "-c", "test -f Cargo.toml"]).await, Ok(()));
    }

    #[tokio::test]
    async fn says_what_is_wrong() {
        let failed = check(&["sh", "-c", "echo three volumes are down >&2; exit 4"]).await;
        insta::assert_snapshot!(failed.expect_err("it fails"), @"the health command sh: it ended with exit status: 4, and said: three volumes are down");
        let absent = check(&["./no-such-program"]).await.expect_err("it fails");
        assert!(
            absent.starts_with("the health command ./no-such-program: cannot run "),
            "{absent}"
        );
    }

    #[tokio::test]
    async fn arguments_are_not_read_by_a_shell() {
        assert_eq!(
            check(&["test", "$(exit 1)", "=", "$(exit 1)"]).await,
            Ok(())
        );
    }
}

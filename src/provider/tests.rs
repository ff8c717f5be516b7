#![expect(clippy::unwrap_used, reason = "a test ends where a value is missing")]

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::TempDir;

use super::*;

/// How long a process may take to be gone that was killed.
const GONE_WITHIN: Duration = Duration::from_secs(60);

/// A program in a directory of its own.
struct Program {
    directory: TempDir,
}

impl Program {
    fn new(script: &str) -> Self {
        let program = Self {
            directory: TempDir::new().unwrap(),
        };
        std::fs::write(program.path("program"), format!("#!/bin/sh\n{script}")).unwrap();
        let permissions = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(program.path("program"), permissions).unwrap();
        program
    }

    fn path(&self, name: &str) -> Utf8PathBuf {
        Utf8PathBuf::from_path_buf(self.directory.path().join(name)).unwrap()
    }

    async fn run(&self, limits: Limits) -> Result<Vec<u8>, ProgramError> {
        output(ProgramRequest {
            directory: None,
            variables: &[],
            program: &self.path("program"),
            arguments: &[],
            limits,
        })
        .await
    }

    /// The processes that the program has noted, itself among them.
    fn noted(&self) -> Vec<String> {
        let noted = std::fs::read_to_string(self.path("noted")).unwrap();
        noted.lines().map(str::to_owned).collect()
    }
}

/// Starts a process that does not end, and notes both.
const WITH_A_CHILD: &str = "sleep 1000 &\nprintf '%s\\n' $$ $! > noted\n";

fn is_there(pid: &str) -> bool {
    let stat = std::fs::read_to_string(Utf8Path::new("/proc").join(pid).join("stat"));
    // What is left of a process that nobody has waited for is none.
    stat.is_ok_and(|stat| !stat.rsplit(") ").next().unwrap().starts_with('Z'))
}

async fn are_gone(program: &Program) {
    let noted = program.noted();
    assert_eq!(noted.len(), 2, "{noted:?}");
    let gone = async {
        while noted.iter().any(|pid| is_there(pid)) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let ended = tokio::time::timeout(GONE_WITHIN, gone).await;
    assert!(ended.is_ok(), "still there: {noted:?}");
}

#[tokio::test]
async fn a_program_that_takes_too_long_is_killed_with_what_it_started() {
    let program = Program::new(&format!("{WITH_A_CHILD}wait\n"));
    let limits = Limits {
        time: Duration::from_secs(2),
        ..Limits::default()
    };
    let error = program.run(limits).await.unwrap_err();
    insta::assert_snapshot!(error, @"it has not ended within 2 seconds");
    are_gone(&program).await;
}

#[tokio::test]
async fn the_limit_holds_for_what_a_program_leaves_behind() {
    let program = Program::new(WITH_A_CHILD);
    let limits = Limits {
        time: Duration::from_secs(2),
        ..Limits::default()
    };
    let error = program.run(limits).await.unwrap_err();
    assert!(matches!(error, ProgramError::Time(_)), "{error}");
    are_gone(&program).await;
}

#[tokio::test]
async fn a_program_that_prints_too_much_is_killed_with_what_it_started() {
    let program = Program::new(&format!("{WITH_A_CHILD}exec yes\n"));
    let limits = Limits {
        bytes: 1000,
        ..Limits::default()
    };
    let error = program.run(limits).await.unwrap_err();
    insta::assert_snapshot!(error, @"it printed more than 1000 bytes");
    are_gone(&program).await;
}

#[tokio::test]
async fn what_leaves_the_programs_streams_may_go_on() {
    let script =
        "sleep 1000 </dev/null >/dev/null 2>&1 &\nprintf '%s\\n' $$ $! > noted\necho done\n";
    let program = Program::new(script);
    let printed = program.run(Limits::default()).await.unwrap();
    assert_eq!(printed, b"done\n");
    let left = program.noted().pop().unwrap();
    assert!(is_there(&left));
    let killed = std::process::Command::new("kill").arg(&left).status();
    assert!(killed.unwrap().success());
}

//! `--watch`: lints again whenever a file has changed. The files are asked, not the system:
//! that works on every file system, and for the very files that are linted.

use std::pin::pin;
use std::time::{Duration, SystemTime};

use camino::Utf8PathBuf;

use super::{LintArgs, inputs};
use crate::cli::context::Context;
use crate::cli::files::STDIN;
use crate::cli::{show_failure, tell};
use crate::exit::ExitCode;
use crate::failure::Failure;

/// How long a change may go unnoticed.
const INTERVAL: Duration = Duration::from_millis(500);

/// What a file looks like from outside; another is another content.
type Look = (Utf8PathBuf, Option<(SystemTime, u64)>);

/// Lints, and lints again after every change, until the user interrupts. The exit code is
/// that of the last time.
pub(super) fn watch(
    arguments: &LintArgs,
    context: &Context,
    mut lint: impl FnMut() -> Result<ExitCode, Failure>,
) -> Result<ExitCode, Failure> {
    if arguments.paths.iter().any(|path| path == STDIN) {
        return Err(Failure::refused("standard input cannot be watched")
            .help("name files or directories, or leave --watch out"));
    }
    crate::cli::runtime()?.block_on(async {
        let mut interrupt = pin!(tokio::signal::ctrl_c());
        loop {
            let before = looks(arguments, context);
            let ended = lint().unwrap_or_else(|failure| {
                show_failure(context, &failure);
                failure.kind.exit_code()
            });
            tell("watching for changes; Ctrl-C ends\n");
            while looks(arguments, context) == before {
                let pause = tokio::time::timeout(INTERVAL, &mut interrupt);
                if pause.await.is_ok() {
                    return Ok(ended);
                }
            }
        }
    })
}

/// Every input as it is now. That there is none is a look of its own.
fn looks(arguments: &LintArgs, context: &Context) -> Vec<Look> {
    let inputs = inputs::find(arguments, context).unwrap_or_default();
    let inputs = inputs.into_iter();
    inputs
        .map(|input| {
            let path = context.working_directory.join(&input.shown);
            let metadata = path.metadata().ok();
            let state = metadata.and_then(|data| Some((data.modified().ok()?, data.len())));
            (input.shown, state)
        })
        .collect()
}

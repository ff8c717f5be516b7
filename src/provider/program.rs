//! Runs a program for what it prints: arguments instead of a shell, and nothing without a bound.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};

/// What of a program's standard error is kept, in bytes.
const KEPT_ERRORS: u64 = 4096;

/// Variables that are ddt's own, its credentials among them, and no business of the program.
const OWN_VARIABLES: &str = "DDT_";

/// What to run.
#[derive(Clone, Debug)]
pub struct ProgramRequest<'a> {
    /// The program, absolute, or a name to search for.
    pub program: &'a Utf8Path,
    /// Where it runs; by default in its own directory.
    pub directory: Option<&'a Utf8Path>,
    /// What it finds in its environment beside what is not ddt's.
    pub variables: &'a [(&'a str, &'a str)],
    /// What it is told.
    pub arguments: &'a [&'a str],
    /// How long and how much.
    pub limits: Limits,
}

/// What a program may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Until it has ended.
    pub time: Duration,
    /// The most bytes it may print.
    pub bytes: u64,
}

impl Default for Limits {
    /// A minute, and as much as a document may have.
    fn default() -> Self {
        Self {
            time: Duration::from_secs(60),
            bytes: 64 << 20,
        }
    }
}

/// Why a program gave no result.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// It cannot be started, or not be listened to.
    #[error("cannot run {program}: {cause}")]
    Run {
        /// The program.
        program: Utf8PathBuf,
        /// The system's reason.
        cause: std::io::Error,
    },
    /// It has not ended in time, and was killed.
    #[error("it has not ended within {} seconds", .0.as_secs())]
    Time(Duration),
    /// It printed too much, and was killed.
    #[error("it printed more than {0} bytes")]
    Bytes(u64),
    /// It failed by its own account.
    #[error("it ended with {status}{}", said(.stderr))]
    Failed {
        /// How it ended.
        status: ExitStatus,
        /// The beginning of what it wrote to standard error.
        stderr: String,
    },
}

fn said(stderr: &str) -> String {
    match stderr.trim() {
        "" => ", and said nothing".to_owned(),
        text => format!(", and said: {text}"),
    }
}

/// What a program prints. It gets no input, and none of ddt's own variables. One that takes
/// too much is killed with all that it started, but for what left its process group.
pub async fn output(request: ProgramRequest<'_>) -> Result<Vec<u8>, ProgramError> {
    let mut running = start(&request).map_err(|cause| request.failed(cause))?;
    let listened = tokio::time::timeout(request.limits.time, listen(&mut running, &request)).await;
    let (stdout, stderr, status) = match listened {
        Ok(heard) => heard?,
        Err(_) => return Err(ProgramError::Time(request.limits.time)),
    };
    match status.success() {
        true => Ok(stdout),
        false => Err(ProgramError::Failed {
            status,
            stderr: String::from_utf8_lossy(&stderr).into_owned(),
        }),
    }
}

/// A program in a process group of its own, which is killed when this is dropped before
/// the program has ended.
struct Running {
    child: Child,
}

impl Drop for Running {
    fn drop(&mut self) {
        // As long as nobody has waited for the program, its id is nobody else's.
        let id = self.child.id().and_then(|id| i32::try_from(id).ok());
        if let Some(group) = id.and_then(Pid::from_raw) {
            // It may have ended meanwhile.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

fn start(request: &ProgramRequest<'_>) -> std::io::Result<Running> {
    let mut command = Command::new(request.program.as_std_path());
    command.args(request.arguments);
    if let Some(directory) = request.directory.or_else(|| request.program.parent()) {
        command.current_dir(directory);
    }
    for (name, _) in std::env::vars_os() {
        if name
            .as_encoded_bytes()
            .starts_with(OWN_VARIABLES.as_bytes())
        {
            command.env_remove(name);
        }
    }
    let child = command
        .envs(request.variables.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()?;
    Ok(Running { child })
}

/// Waits for the program only when all that it started has said its last: until then its
/// process group can be told by its id.
async fn listen(
    running: &mut Running,
    request: &ProgramRequest<'_>,
) -> Result<(Vec<u8>, Vec<u8>, ExitStatus), ProgramError> {
    let child = &mut running.child;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let all_of_it = async {
        let bytes = request.limits.bytes;
        let printed = read(stdout, bytes + 1).await;
        let printed = printed.map_err(|cause| request.failed(cause))?;
        match printed.len() as u64 > bytes {
            true => Err(ProgramError::Bytes(bytes)),
            false => Ok(printed),
        }
    };
    let beginning = async {
        let kept = keep(stderr).await;
        kept.map_err(|cause| request.failed(cause))
    };
    let (stdout, stderr) = tokio::try_join!(all_of_it, beginning)?;
    let status = child.wait().await.map_err(|cause| request.failed(cause))?;
    Ok((stdout, stderr, status))
}

async fn read(stream: Option<impl AsyncRead + Unpin>, bytes: u64) -> std::io::Result<Vec<u8>> {
    let mut read = Vec::new();
    if let Some(stream) = stream {
        stream.take(bytes).read_to_end(&mut read).await?;
    }
    Ok(read)
}

/// The beginning of what is written; the rest is read too, so that the writer can go on.
async fn keep(stream: Option<impl AsyncRead + Unpin>) -> std::io::Result<Vec<u8>> {
    let Some(mut stream) = stream else {
        return Ok(Vec::new());
    };
    let kept = read(Some(&mut stream), KEPT_ERRORS).await?;
    tokio::io::copy(&mut stream, &mut tokio::io::sink()).await?;
    Ok(kept)
}

impl ProgramRequest<'_> {
    fn failed(&self, cause: std::io::Error) -> ProgramError {
        ProgramError::Run {
            program: self.program.to_owned(),
            cause,
        }
    }
}

//! Files as they were at a revision of the git repository that they are in.
//!
//! Offline: git is asked for what it has, and may fetch nothing.

use std::io::{self, Seek, Write};
use std::process::{Command, Stdio};

use camino::{Utf8Path, Utf8PathBuf};

#[cfg(test)]
mod tests;

/// What would make git look at another repository than the one around the directory.
const REDIRECTIONS: [&str; 4] = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"];

/// Files of one directory at a revision.
#[derive(Clone, Copy, Debug)]
pub struct RevisionRequest<'a> {
    /// The directory, absolute.
    pub directory: &'a Utf8Path,
    /// The revision, as git spells it: a branch, a tag, a commit, `HEAD~1`.
    pub revision: &'a str,
    /// The names of the files.
    pub names: &'a [&'a str],
}

/// Why a revision cannot be looked at.
#[derive(Debug, thiserror::Error)]
pub enum RevisionError {
    /// The program cannot be run.
    #[error("cannot run git in {directory}")]
    Git {
        /// Where.
        directory: Utf8PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The program refuses, most likely because there is no repository.
    #[error("git cannot read {directory}: {said}")]
    Refused {
        /// Where.
        directory: Utf8PathBuf,
        /// What git says, in one line.
        said: String,
    },
    /// There is no such revision.
    #[error("the git repository of {directory} has no revision `{revision}`")]
    UnknownRevision {
        /// Where.
        directory: Utf8PathBuf,
        /// What was asked for.
        revision: String,
    },
    /// Git is asked line by line.
    #[error("{0:?} has a line break, which git cannot be asked for")]
    LineBreak(String),
    /// The program's answer is not in the form that its manual describes.
    #[error("git's answer for {directory} is not understood")]
    Answer {
        /// Where.
        directory: Utf8PathBuf,
    },
}

/// The contents of the files at the revision, in the order of their names; `None` for one
/// that was no file then. One process reads them all.
pub fn read(request: RevisionRequest<'_>) -> Result<Vec<Option<Vec<u8>>>, RevisionError> {
    let RevisionRequest {
        directory,
        revision,
        names,
    } = request;
    let words = std::iter::once(&revision).chain(names);
    if let Some(word) = words.into_iter().find(|word| word.contains('\n')) {
        return Err(RevisionError::LineBreak((*word).to_owned()));
    }
    let mut questions = vec![format!("{revision}^{{commit}}")];
    questions.extend(names.iter().map(|name| format!("{revision}:./{name}")));
    let answered = ask(directory, &questions)?;
    let mut answers = Answers {
        rest: &answered,
        directory,
    };
    let mut contents = Vec::with_capacity(questions.len());
    for question in &questions {
        contents.push(answers.next(question)?);
    }
    match contents.remove(0) {
        Some(_) => Ok(contents),
        None => Err(RevisionError::UnknownRevision {
            directory: directory.to_owned(),
            revision: revision.to_owned(),
        }),
    }
}

/// What git answers to the questions. They come from a file, so that neither side waits
/// for the other to read.
fn ask(directory: &Utf8Path, questions: &[String]) -> Result<Vec<u8>, RevisionError> {
    let cannot = |source: io::Error| RevisionError::Git {
        directory: directory.to_owned(),
        source,
    };
    let mut input = tempfile::tempfile().map_err(cannot)?;
    let text = questions.join("\n") + "\n";
    input.write_all(text.as_bytes()).map_err(cannot)?;
    input.rewind().map_err(cannot)?;
    let mut command = Command::new("git");
    REDIRECTIONS.iter().for_each(|name| {
        command.env_remove(name);
    });
    let output = command
        .args(["-C", directory.as_str(), "cat-file", "--batch"])
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C")
        .stdin(Stdio::from(input))
        .output()
        .map_err(cannot)?;
    match output.status.success() {
        true => Ok(output.stdout),
        false => Err(RevisionError::Refused {
            directory: directory.to_owned(),
            said: last_line(&output.stderr),
        }),
    }
}

fn last_line(said: &[u8]) -> String {
    let said = String::from_utf8_lossy(said);
    let line = said.lines().rfind(|line| !line.trim().is_empty());
    line.map_or_else(|| "it says nothing".to_owned(), str::to_owned)
}

/// The answers of `git cat-file --batch`, one after the other.
struct Answers<'a> {
    rest: &'a [u8],
    directory: &'a Utf8Path,
}

impl<'a> Answers<'a> {
    /// The content of the object that was asked for; `None` where there is none, and for a
    /// directory.
    fn next(&mut self, question: &str) -> Result<Option<Vec<u8>>, RevisionError> {
        let end = self.rest.iter().position(|byte| *byte == b'\n');
        let head = self.take(end.ok_or_else(|| self.unclear())?)?;
        let head = String::from_utf8_lossy(head);
        let words = head.strip_prefix(question).map(str::trim);
        if matches!(words, Some("missing" | "ambiguous")) {
            return Ok(None);
        }
        let mut words = head.split(' ').skip(1);
        let kind = words.next().unwrap_or_default();
        let length = words.next().and_then(|length| length.parse().ok());
        let content = self.take(length.ok_or_else(|| self.unclear())?)?;
        let is_content = matches!(kind, "blob" | "commit");
        Ok(is_content.then(|| content.to_vec()))
    }

    /// The next bytes; the line break behind them is left out.
    fn take(&mut self, length: usize) -> Result<&'a [u8], RevisionError> {
        let taken = self.rest.split_at_checked(length);
        let taken = taken.and_then(|(taken, rest)| Some((taken, rest.strip_prefix(b"\n")?)));
        let (taken, rest) = taken.ok_or_else(|| self.unclear())?;
        self.rest = rest;
        Ok(taken)
    }

    fn unclear(&self) -> RevisionError {
        RevisionError::Answer {
            directory: self.directory.to_owned(),
        }
    }
}

//! Facts from a response. A node's word is typed, bounded and checked here; what does not
//! hold is said, and never guessed at.

use std::collections::BTreeSet;
use std::slice::Iter;

use camino::Utf8Path;

use super::attempt::{AttemptRecord, AttemptState};
use super::facts::{ComponentFacts, Facts, ReleaseLine, ReleaseOutcome, UnknownContent};
use super::receipt::{Fields, boot_id};
use super::response::{Part, Response, attempt_id, unexpected};
use super::{ComponentFiles, FactsQuery, NodeError, receipt};
use crate::name::Name;

/// The most bytes of a file that is read.
const LARGEST_FILE: usize = 1 << 20;

/// The most bytes of a stage.
const LONGEST_STAGE: usize = 128;

/// How much of an unknown content is shown.
const EXCERPT: usize = 400;

/// Reads the facts that answer a query.
pub(super) fn read(query: &FactsQuery, response: &Response) -> Result<Facts, NodeError> {
    let machine = Fields::of(response.expect_part("machine")?)?;
    let files: Vec<&Part> = response.all("file").collect();
    let mut files = files.iter();
    let mut facts = Facts {
        boot_id: boot_id(machine.text("boot")?)?,
        arch: word(machine.text("arch")?)?,
        privileged: machine.text("privileged")? == "yes",
        free_kib: free_kib(response.expect_part("machine")?)?,
        epoch: machine.parse("epoch")?,
        components: Default::default(),
        payloads: payloads(query, response),
        last_attempt: last_attempt(response)?,
    };
    for component in &query.components {
        let read = component_facts(component, &mut files)?;
        facts.components.insert(component.component.clone(), read);
    }
    Ok(facts)
}

fn word(text: &str) -> Result<String, NodeError> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if text.is_empty() || text.len() > 32 || !text.bytes().all(is_word) {
        return Err(unexpected("arch", text));
    }
    Ok(text.to_owned())
}

/// The fourth column of the last line of `df -Pk`, counted from the capacity's `%`: the
/// name of a device may hold spaces.
fn free_kib(part: &Part) -> Result<u64, NodeError> {
    let line = part.text()?.lines().last().unwrap_or("");
    let mut words = line
        .split_whitespace()
        .rev()
        .skip_while(|word| !word.ends_with('%'));
    let free = words.nth(1).and_then(|word| word.parse().ok());
    free.ok_or_else(|| unexpected("free space", line))
}

fn payloads(query: &FactsQuery, response: &Response) -> BTreeSet<crate::digest::Digest> {
    let present: BTreeSet<&str> = response
        .all("payload")
        .filter_map(|part| part.heading.get(1))
        .map(String::as_str)
        .collect();
    query
        .payloads
        .iter()
        .filter(|digest| present.contains(digest.hex()))
        .cloned()
        .collect()
}

fn last_attempt(response: &Response) -> Result<Option<AttemptRecord>, NodeError> {
    response.part("last").map(attempt).transpose()
}

/// Reads the attempts of a run.
pub(super) fn attempts(run: &Name, response: &Response) -> Result<Vec<AttemptRecord>, NodeError> {
    let read = response.all("attempt").map(|part| {
        let record = attempt(part)?;
        match record.id.run == *run {
            true => Ok(record),
            false => Err(unexpected("attempt", "one of another run")),
        }
    });
    read.collect()
}

fn attempt(part: &Part) -> Result<AttemptRecord, NodeError> {
    let words = part.heading.get(1..).unwrap_or_default();
    let strange = || unexpected("last", &words.join(" "));
    let [id @ .., tag, digest, state] = words else {
        return Err(strange());
    };
    Ok(AttemptRecord {
        id: attempt_id(&id.join(" ")).ok_or_else(strange)?,
        tag: tag.parse().map_err(|_| strange())?,
        digest: digest.parse().map_err(|_| strange())?,
        state: attempt_state(state, part)?,
    })
}

fn attempt_state(word: &str, part: &Part) -> Result<AttemptState, NodeError> {
    match word {
        "running" | "unconfirmed" => Ok(AttemptState::Running),
        "unrecorded" => Ok(AttemptState::Unrecorded),
        "vanished" => Ok(AttemptState::Vanished),
        "ended" => receipt::read(part).map(AttemptState::Ended),
        "awaiting" => Ok(AttemptState::AwaitingReboot(receipt::read(part)?.boot_id)),
        other => Err(unexpected("state", other)),
    }
}

/// What stands in one file, or why that is not known.
enum Content<'part> {
    Absent,
    Text(&'part str),
    Unknown(UnknownContent),
}

fn component_facts(
    files: &ComponentFiles,
    parts: &mut Iter<'_, &Part>,
) -> Result<ComponentFacts, NodeError> {
    let mut facts = ComponentFacts::default();
    match content(&files.stage, parts)? {
        Content::Absent => {}
        Content::Text(text) => match stage(text) {
            Ok(stage) => facts.stage = Some(stage),
            Err(reason) => facts
                .unknown
                .push(unknown(&files.stage, reason, text.as_bytes())),
        },
        Content::Unknown(unknown) => facts.unknown.push(unknown),
    }
    match content(&files.releases, parts)? {
        Content::Absent => {}
        Content::Text(text) => match releases(text) {
            Ok(lines) => facts.releases = lines,
            Err((reason, line)) => {
                facts
                    .unknown
                    .push(unknown(&files.releases, &reason, line.as_bytes()));
            }
        },
        Content::Unknown(unknown) => facts.unknown.push(unknown),
    }
    let Some(network) = &files.network else {
        return Ok(facts);
    };
    match content(network, parts)? {
        Content::Absent => {}
        Content::Text(text) => facts.personalities = Some(personalities(text)),
        Content::Unknown(unknown) => facts.unknown.push(unknown),
    }
    Ok(facts)
}

fn content<'part>(
    path: &Utf8Path,
    parts: &mut Iter<'_, &'part Part>,
) -> Result<Content<'part>, NodeError> {
    let part = parts
        .next()
        .ok_or_else(|| unexpected(path.as_str(), "nothing"))?;
    let refuse = |reason| Ok(Content::Unknown(unknown(path, reason, &part.body)));
    match part.heading.get(1).map_or("", String::as_str) {
        "absent" => Ok(Content::Absent),
        "unreadable" => refuse("it cannot be read"),
        "regular" if part.body.len() > LARGEST_FILE => refuse("it is larger than 1 MiB"),
        "regular" if part.body.contains(&0) => refuse("it holds a NUL byte"),
        "regular" => match std::str::from_utf8(&part.body) {
            Ok(text) => Ok(Content::Text(text)),
            Err(_) => refuse("it is not UTF-8"),
        },
        "other" => refuse("it is not a regular file"),
        other => Err(unexpected(path.as_str(), other)),
    }
}

fn unknown(path: &Utf8Path, reason: &str, bytes: &[u8]) -> UnknownContent {
    let text = String::from_utf8_lossy(bytes.get(..EXCERPT).unwrap_or(bytes));
    UnknownContent {
        path: path.to_string(),
        reason: reason.to_owned(),
        excerpt: text.into_owned(),
    }
}

fn stage(text: &str) -> Result<String, &'static str> {
    let line = text.strip_suffix('\n').unwrap_or(text);
    if line.contains('\n') {
        Err("a stage is one line")
    } else if line.trim().is_empty() {
        Err("it is empty")
    } else if line.len() > LONGEST_STAGE || line.chars().any(char::is_control) {
        Err("no stage looks like this")
    } else {
        Ok(line.to_owned())
    }
}

/// The lines, or why one of them is none and its text.
fn releases(text: &str) -> Result<Vec<ReleaseLine>, (String, &str)> {
    if !text.is_empty() && !text.ends_with('\n') {
        let last = text.lines().last().unwrap_or("");
        return Err(("its last line has no end".into(), last));
    }
    let numbered = text.lines().enumerate();
    numbered
        .map(|(index, line)| {
            release_line(line).ok_or_else(|| (format!("line {} is not ddt's", index + 1), line))
        })
        .collect()
}

/// Reads `TIME PACKAGE BUNDLE:TAG DIGEST RUN OUTCOME`.
fn release_line(line: &str) -> Option<ReleaseLine> {
    let words: Vec<&str> = line.split(' ').collect();
    let [time, package, release, digest, run, outcome] = words.as_slice() else {
        return None;
    };
    let (bundle, tag) = release.split_once(':')?;
    let _: jiff::Timestamp = time.parse().ok()?;
    Some(ReleaseLine {
        time: (*time).to_owned(),
        package: package.parse().ok()?,
        bundle: bundle.parse().ok()?,
        tag: tag.parse().ok()?,
        digest: digest.parse().ok()?,
        run: run.parse().ok()?,
        outcome: match *outcome {
            "deployed" => ReleaseOutcome::Deployed,
            "rolled-back" => ReleaseOutcome::RolledBack,
            _ => return None,
        },
    })
}

/// The words of the last `NODE_TYPES=…`, quoted or not, between commas or spaces.
fn personalities(text: &str) -> BTreeSet<String> {
    let mut values = text.lines().filter_map(|line| {
        let (key, value) = line.split_once('=')?;
        (key.trim() == "NODE_TYPES").then_some(value)
    });
    let value = values.next_back().unwrap_or("").trim();
    let quoted = ['"', '\''].into_iter().find_map(|quote| {
        let rest = value.strip_prefix(quote)?;
        rest.split_once(quote).map(|(inside, _)| inside)
    });
    let plain = || value.split('#').next().unwrap_or("");
    quoted
        .unwrap_or_else(plain)
        .split([',', ' ', '\t'])
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests;

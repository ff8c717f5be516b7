//! A response, taken apart: named parts of raw bytes.

use super::NodeError;
use super::attempt::AttemptId;
use super::facts::BootId;
use super::quote::quote;

/// What the runner answered. Everything in it is a node's word: to be checked.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Response {
    parts: Vec<Part>,
}

/// A named piece of a response.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// The words of its heading, the name first.
    pub(super) heading: Vec<String>,
    /// Its bytes.
    pub(super) body: Vec<u8>,
}

impl Part {
    /// Its name.
    pub(super) fn name(&self) -> &str {
        self.heading.first().map_or("", String::as_str)
    }

    /// Its bytes as text, which the runner's own words always are.
    pub(super) fn text(&self) -> Result<&str, NodeError> {
        std::str::from_utf8(&self.body)
            .map_err(|_| unexpected(self.name(), "bytes that are no text"))
    }
}

impl Response {
    /// Takes apart what came up to the end of the response `id`.
    pub(super) fn read(id: &str, bytes: &[u8]) -> Result<Self, NodeError> {
        let border = format!("\n{id} ");
        let mut parts = Vec::new();
        for piece in split(bytes, border.as_bytes()).skip(1) {
            let end = piece.iter().position(|byte| *byte == b'\n');
            let (heading, body) = piece.split_at(end.unwrap_or(piece.len()));
            let heading = String::from_utf8_lossy(heading);
            parts.push(Part {
                heading: heading.split_whitespace().map(str::to_owned).collect(),
                body: body.get(1..).unwrap_or_default().to_vec(),
            });
        }
        Self { parts }.refusal()
    }

    /// The parts of a name, in order.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Part> {
        self.parts.iter().filter(move |part| part.name() == name)
    }

    /// The first part of a name.
    pub(super) fn part(&self, name: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.name() == name)
    }

    /// The part that must be there.
    pub(super) fn expect_part(&self, name: &str) -> Result<&Part, NodeError> {
        self.part(name).ok_or_else(|| unexpected(name, "nothing"))
    }

    fn refusal(self) -> Result<Self, NodeError> {
        match self.part("problem") {
            Some(part) => Err(problem(part)),
            None => Ok(self),
        }
    }
}

/// An answer that the runner never gives.
pub(super) fn unexpected(what: &str, got: &str) -> NodeError {
    NodeError::Protocol(format!("{what}: {}", quote(got)))
}

/// The pieces between the borders.
fn split<'a>(bytes: &'a [u8], border: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    let mut rest = Some(bytes);
    std::iter::from_fn(move || {
        let bytes = rest?;
        let found = bytes
            .windows(border.len())
            .position(|window| window == border);
        let (piece, after) = match found {
            Some(at) => (&bytes[..at], Some(&bytes[at + border.len()..])),
            None => (bytes, None),
        };
        rest = after;
        Some(piece)
    })
}

fn problem(part: &Part) -> NodeError {
    let said = String::from_utf8_lossy(&part.body);
    match part.heading.get(1).map_or("", String::as_str) {
        "epoch" => match said.trim().parse() {
            // `ours` is filled in by the request, which knows it.
            Ok(seen) => NodeError::StaleEpoch { seen, ours: 0 },
            Err(_) => unexpected("epoch", &said),
        },
        "started" => NodeError::AlreadyStarted,
        "unknown" => NodeError::UnknownAttempt,
        "vanished" => NodeError::Vanished,
        "busy" => busy(&said),
        "space" => NodeError::Space(quote(&said)),
        "watch" => NodeError::Unwatched(quote(&said)),
        "digest" => NodeError::Digest(quote(&said)),
        "secrets" => NodeError::Secrets(quote(&said)),
        "state" => NodeError::State(quote(&said)),
        "newer" => NodeError::Newer(quote(&said)),
        "same-boot" => NodeError::SameBoot(BootId(quote(&said))),
        other => unexpected(other, &said),
    }
}

fn busy(said: &str) -> NodeError {
    match attempt_id(said) {
        Some(id) => NodeError::Busy(Box::new(id)),
        None => unexpected("busy", said),
    }
}

/// Reads `RUN COMPONENT PACKAGE NUMBER`.
pub(super) fn attempt_id(text: &str) -> Option<AttemptId> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let [run, component, package, number] = words.as_slice() else {
        return None;
    };
    Some(AttemptId {
        run: run.parse().ok()?,
        component: component.parse().ok()?,
        package: package.parse().ok()?,
        number: number.parse().ok()?,
    })
}

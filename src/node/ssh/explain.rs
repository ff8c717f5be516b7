//! What ssh says, sorted into what it means.

use super::super::NodeError;
use super::super::quote::quote;

/// Why there is no connection.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// sshd dropped it before looking at it, as it does when too many come at once.
    Crowded(String),
    /// It is of no use to try again at once.
    Final(NodeError),
}

const HOST_KEY: [&str; 4] = [
    "REMOTE HOST IDENTIFICATION HAS CHANGED",
    "Host key verification failed",
    "host key is known for",
    "no matching host key type",
];

const LOGIN: [&str; 3] = [
    "Permission denied",
    "Too many authentication failures",
    "No more authentication methods",
];

const CROWDED: [&str; 4] = [
    "kex_exchange_identification",
    "Exceeded MaxStartups",
    "Connection closed by",
    "Connection reset by",
];

/// Sorts what a master wrote to its log before it gave up.
pub(super) fn connect(said: &str) -> Refusal {
    let has = |phrases: &[&str]| phrases.iter().any(|phrase| said.contains(phrase));
    let quoted = quote(&strip_art(said));
    if has(&HOST_KEY) {
        Refusal::Final(NodeError::HostKey(quoted))
    } else if has(&LOGIN) {
        Refusal::Final(NodeError::Authentication(quoted))
    } else if has(&CROWDED) {
        Refusal::Crowded(quoted)
    } else {
        Refusal::Final(NodeError::Unreachable(quoted))
    }
}

/// Sorts what a shell said that was to become the runner.
pub(super) fn shell(said: &str) -> NodeError {
    NodeError::Unreachable(format!("its shell did not start the runner: {said}"))
}

/// Sorts why a command got no channel: the connection is gone.
pub(super) fn channel(error: &openssh::Error) -> NodeError {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    NodeError::Transport(quote(&text))
}

/// Leaves out the frames that ssh draws around its warnings.
fn strip_art(said: &str) -> String {
    let is_art = |line: &&str| !line.trim().is_empty() && line.trim().chars().all(|c| c == '@');
    let lines: Vec<&str> = said.lines().filter(|line| !is_art(line)).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_what_ssh_says() {
        let sorted = [
            "No ED25519 host key is known for [127.0.0.1]:22 and you have requested strict \
             checking.\r\nHost key verification failed.",
            "@@@@@@@@\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\n@@@@@@@@",
            "root@127.0.0.1: Permission denied (publickey).",
            "ssh: connect to host 127.0.0.1 port 1: Connection refused",
            "ssh: Could not resolve hostname nowhere: Name or service not known",
            "kex_exchange_identification: read: Connection reset by peer",
        ]
        .map(|said| match connect(said) {
            Refusal::Crowded(text) => format!("again: {text}"),
            Refusal::Final(error) => error.to_string(),
        });
        insta::assert_snapshot!(sorted.join("\n"));
    }
}

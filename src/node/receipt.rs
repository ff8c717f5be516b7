//! Reading a receipt as the runner writes it: a line per field, `end` last.

use std::collections::BTreeMap;
use std::str::FromStr;

use super::NodeError;
use super::attempt::{AttemptOutcome, Receipt, StepKind};
use super::facts::BootId;
use super::quote::quote;
use super::response::{Part, attempt_id, unexpected};
use super::words::decode;

/// The fields of a receipt or of the machine's facts: the first word of a line, the rest.
pub(super) struct Fields<'text>(BTreeMap<&'text str, &'text str>);

impl<'text> Fields<'text> {
    /// The fields of a part.
    pub(super) fn of(part: &'text Part) -> Result<Self, NodeError> {
        let lines = part.text()?.lines();
        Ok(Self(
            lines.filter_map(|line| line.split_once(' ')).collect(),
        ))
    }

    /// A field's text.
    pub(super) fn text(&self, name: &str) -> Result<&'text str, NodeError> {
        let value = self.0.get(name).copied();
        value.ok_or_else(|| unexpected(name, "nothing"))
    }

    /// A field's value.
    pub(super) fn parse<Value: FromStr>(&self, name: &str) -> Result<Value, NodeError> {
        let text = self.text(name)?;
        text.parse().map_err(|_| unexpected(name, text))
    }
}

/// Reads the receipt in a part.
pub(super) fn read(part: &Part) -> Result<Receipt, NodeError> {
    let fields = Fields::of(part)?;
    let id = fields.text("attempt")?;
    let head = fields.text("head")?;
    let outcome = fields.text("outcome")?;
    Ok(Receipt {
        id: attempt_id(id).ok_or_else(|| unexpected("attempt", id))?,
        epoch: fields.parse("epoch")?,
        digest: fields.parse("digest")?,
        boot_id: boot_id(fields.text("boot")?)?,
        journal_head: decode(head).ok_or_else(|| unexpected("head", head))?,
        started: fields.parse("started")?,
        ended: fields.parse("ended")?,
        outcome: read_outcome(outcome).ok_or_else(|| unexpected("outcome", outcome))?,
        log_bytes: fields.parse("log")?,
    })
}

/// Reads a boot id: a short word.
pub(super) fn boot_id(text: &str) -> Result<BootId, NodeError> {
    let is_word = |character: char| character.is_ascii_alphanumeric() || character == '-';
    if text.is_empty() || text.len() > 64 || !text.chars().all(is_word) {
        return Err(unexpected("boot id", text));
    }
    Ok(BootId(text.to_owned()))
}

fn read_outcome(text: &str) -> Option<AttemptOutcome> {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    match word {
        "succeeded" => Some(AttemptOutcome::Succeeded),
        "awaiting-reboot" => Some(AttemptOutcome::AwaitingReboot),
        "undone" => Some(AttemptOutcome::Undone),
        "exited" => step_and_number(rest).map(|(step, code)| AttemptOutcome::Exited { step, code }),
        "signalled" => {
            step_and_number(rest).map(|(step, signal)| AttemptOutcome::Signalled { step, signal })
        }
        "timed-out" => read_kind(rest).map(|step| AttemptOutcome::TimedOut { step }),
        "stopped" => read_kind(rest).map(|step| AttemptOutcome::Stopped { step }),
        "refused" => Some(AttemptOutcome::RecordRefused {
            reason: quote(rest),
        }),
        _ => None,
    }
}

fn step_and_number(text: &str) -> Option<(StepKind, u8)> {
    let (step, number) = text.split_once(' ')?;
    let number = number.parse().ok().filter(|number| *number > 0)?;
    Some((read_kind(step)?, number))
}

fn read_kind(word: &str) -> Option<StepKind> {
    match word {
        "check" => Some(StepKind::Check),
        "deploy" => Some(StepKind::Deploy),
        "verify" => Some(StepKind::Verify),
        "rollback" => Some(StepKind::Rollback),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(outcome: &str) -> Part {
        let digest = crate::digest::Digest::of(b"bundle");
        let body = format!(
            "attempt r1 hostos hostos-boot-release 2\nepoch 7\ndigest {digest}\nhead a\\0040b\n\
             boot 1-2\nstarted 10\nended 12\nlog 3\noutcome {outcome}\nend\n"
        );
        Part {
            heading: vec!["receipt".into()],
            body: body.into_bytes(),
        }
    }

    fn outcome(text: &str) -> Result<AttemptOutcome, NodeError> {
        read(&part(text)).map(|receipt| receipt.outcome)
    }

    #[test]
    fn reads_every_outcome() {
        let step = StepKind::Deploy;
        assert_eq!(outcome("succeeded"), Ok(AttemptOutcome::Succeeded));
        assert_eq!(
            outcome("awaiting-reboot"),
            Ok(AttemptOutcome::AwaitingReboot)
        );
        assert_eq!(outcome("undone"), Ok(AttemptOutcome::Undone));
        assert_eq!(
            outcome("exited deploy 255"),
            Ok(AttemptOutcome::Exited { step, code: 255 })
        );
        assert_eq!(
            outcome("signalled deploy 9"),
            Ok(AttemptOutcome::Signalled { step, signal: 9 })
        );
        assert_eq!(
            outcome("timed-out deploy"),
            Ok(AttemptOutcome::TimedOut { step })
        );
        assert_eq!(
            outcome("stopped deploy"),
            Ok(AttemptOutcome::Stopped { step })
        );
        let reason = "/etc/x was changed".to_owned();
        assert_eq!(
            outcome("refused /etc/x was changed"),
            Ok(AttemptOutcome::RecordRefused { reason })
        );
    }

    #[test]
    fn refuses_what_the_runner_does_not_write() {
        for text in [
            "",
            "done",
            "exited deploy 0",
            "exited deploy 256",
            "exited x 1",
            "timed-out",
        ] {
            assert!(
                matches!(outcome(text), Err(NodeError::Protocol(_))),
                "{text}"
            );
        }
        insta::assert_snapshot!(
            outcome("do\x1bne").expect_err("no outcome"),
            @r"answered what the runner does not say: outcome: do\u{1b}ne"
        );
    }
}

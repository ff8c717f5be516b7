//! Applies fixes in rounds, until none is left or none can be applied.

use std::collections::{BTreeMap, BTreeSet};

use super::verify::holds;
use crate::document::{Diagnostic, Fix, Safety, Source};
use crate::hjson::{self, Edit, Span, SyntaxErrorKind};
use crate::lint::linter::Linter;
use crate::lint::subject::Subject;

/// Fixes that wait for others to be applied wait for at most so many rounds.
const ROUNDS: usize = 20;

/// A document after its fixes.
#[derive(Clone, Debug)]
pub struct Fixed {
    /// The document as it is now.
    pub subject: Subject,
    /// What is still found in it.
    pub findings: Vec<Diagnostic>,
    /// How many findings were fixed.
    pub count: usize,
}

impl Linter<'_> {
    /// Applies the fixes of a document: the safe ones, and the others where `allowed` says so.
    ///
    /// Fixes that touch wait for the next round, in which the document is linted anew. Whatever the fixes are, the text
    /// has no more syntax errors afterwards than before, and safe ones keep the value that the document has: one that
    /// would not is not applied. A file that is not UTF-8 stays as it is.
    pub fn fix(&self, subject: &Subject, allowed: Safety) -> Fixed {
        let mut fixed = Fixed {
            subject: subject.clone(),
            findings: self.lint(subject),
            count: 0,
        };
        let is_text = is_text(subject);
        for _ in (0..ROUNDS).filter(|_| is_text) {
            let Some((subject, count)) = round(&fixed, allowed) else {
                break;
            };
            fixed = Fixed {
                findings: self.lint(&subject),
                subject,
                count: fixed.count + count,
            };
        }
        fixed
    }
}

/// Whether the text that was parsed is what stands in the file.
fn is_text(subject: &Subject) -> bool {
    let errors = &subject.parsed.errors;
    !errors.iter().any(|error| {
        matches!(
            error.kind,
            SyntaxErrorKind::Utf16 | SyntaxErrorKind::InvalidUtf8
        )
    })
}

/// The document after the fixes that can be applied at once, and how many these are. Guesses wait for safe fixes.
fn round(fixed: &Fixed, allowed: Safety) -> Option<(Subject, usize)> {
    let safeties = [Safety::Safe, Safety::Unsafe].into_iter();
    let mut rounds = safeties.filter(|safety| *safety <= allowed);
    rounds.find_map(|safety| {
        let fixes = fixed.findings.iter().filter_map(|one| one.fix.as_ref());
        let fixes: Vec<&Fix> = fixes.filter(|fix| fix.safety == safety).collect();
        let change = Change {
            subject: &fixed.subject,
            safety,
        };
        let accepted = change.accepted(&apart(&fixes));
        let after = change.after(&accepted)?;
        let is_changed = after.source.text() != fixed.subject.source.text();
        is_changed.then_some((after, accepted.len()))
    })
}

/// The fixes that do not touch an earlier one. Equal ones are one change.
fn apart<'a>(fixes: &[&'a Fix]) -> Vec<&'a Fix> {
    let mut taken = Taken::default();
    let mut known: BTreeSet<&[Edit]> = BTreeSet::new();
    let mut apart = fixes.to_vec();
    apart.retain(|fix| {
        let is_known = known.contains(fix.edits.as_slice());
        let fits = is_known || !fix.edits.iter().any(|edit| taken.touches(edit.span));
        if fits {
            known.insert(&fix.edits);
            fix.edits.iter().for_each(|edit| taken.take(edit.span));
        }
        fits
    });
    apart
}

/// The ends of the places that are changed, by their start. Those of different fixes do not touch.
#[derive(Default)]
struct Taken(BTreeMap<usize, usize>);

impl Taken {
    fn take(&mut self, span: Span) {
        let end = self.0.entry(span.start).or_default();
        *end = span.end.max(*end);
    }

    fn touches(&self, span: Span) -> bool {
        let before = self.0.range(..=span.end).next_back();
        before.is_some_and(|(_, end)| *end >= span.start)
    }
}

/// A change of one document.
struct Change<'a> {
    subject: &'a Subject,
    safety: Safety,
}

impl Change<'_> {
    /// Those of the fixes that, together, keep their promise. One that does not is found by halving.
    fn accepted<'f>(&self, fixes: &[&'f Fix]) -> Vec<&'f Fix> {
        if fixes.is_empty() || self.holds(fixes) {
            return fixes.to_vec();
        }
        if fixes.len() == 1 {
            return Vec::new();
        }
        let (left, right) = fixes.split_at(fixes.len() / 2);
        let left = self.accepted(left);
        let both = [left.clone(), self.accepted(right)].concat();
        match self.holds(&both) {
            true => both,
            false => left,
        }
    }

    fn holds(&self, fixes: &[&Fix]) -> bool {
        let after = self.after(fixes);
        after.is_some_and(|after| holds(self.subject, &after, self.safety))
    }

    fn after(&self, fixes: &[&Fix]) -> Option<Subject> {
        let edits = fixes.iter().flat_map(|fix| fix.edits.iter().cloned());
        let text = hjson::apply(self.subject.source.text(), &edits.collect::<Vec<_>>())?;
        Some(Subject {
            parsed: hjson::parse(&text),
            source: Source::new(self.subject.source.path(), text),
            ..self.subject.clone()
        })
    }
}

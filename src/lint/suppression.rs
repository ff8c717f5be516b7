//! Comments that suppress findings: `# ddt: ignore[DDT502] until=2026-12-31 reason`.
//!
//! They stand on a line of their own, because a comment behind a value is part of it. One
//! covers the member below it; `ignore-file` covers the file.

mod directive;

use jiff::{Timestamp, tz::TimeZone};

use super::context::Surroundings;
use super::finding::{Finding, Place};
use super::linter::Linter;
use super::registry::{RULES, rule};
use super::rule::Rule;
use super::rules::{suppression_policy, unknown_rule, unused_suppression};
use super::selection::Selection;
use super::subject::Subject;
use crate::document::{Diagnostic, Fix, Severity};
use crate::hjson::{KeyPath, Span};
use directive::{Directive, Named};

/// The suppressions of one document.
pub(super) struct Suppressions<'a> {
    subject: &'a Subject,
    directives: Vec<Directive<'a>>,
    not_understood: Vec<Span>,
    surroundings: &'a Surroundings,
    selection: &'a Selection,
}

impl<'a> Suppressions<'a> {
    /// Reads them; where the time is not known none of them expires.
    pub(super) fn of(subject: &'a Subject, linter: Linter<'a>) -> Self {
        let read = directive::directives(subject.source.text(), &subject.parsed.tree);
        let mut directives = Vec::new();
        let mut not_understood = Vec::new();
        for one in read {
            match one {
                Ok(directive) => directives.push(directive),
                Err(span) => not_understood.push(span),
            }
        }
        Self {
            subject,
            directives,
            not_understood,
            surroundings: linter.surroundings,
            selection: linter.selection,
        }
    }

    /// Takes away what is suppressed, and adds what is wrong with the suppressions.
    pub(super) fn apply(mut self, mut found: Vec<Diagnostic>) -> Vec<Diagnostic> {
        found.retain(|diagnostic| !self.suppress(diagnostic));
        for directive in &self.directives {
            let named = directive.named.iter();
            found.extend(named.filter_map(|named| self.name_fault(directive, named)));
            found.extend(self.date_fault(directive));
            found.extend(self.reason_fault(directive));
        }
        let not_understood = self.not_understood.iter();
        found.extend(not_understood.map(|span| self.not_understood(*span)));
        found
    }

    /// Whether a directive covers a finding; that directive is then of use.
    fn suppress(&mut self, diagnostic: &Diagnostic) -> bool {
        let rule = diagnostic.code.and_then(rule);
        let (Some(rule), Some(place)) = (rule, diagnostic.primary()) else {
            return false;
        };
        let now = self.surroundings.now;
        let mut suppressed = false;
        let covering = self.directives.iter_mut();
        for directive in covering.filter(|directive| directive.covers(place.span.start)) {
            let expired = has_expired(directive, now);
            for named in directive.named.iter_mut().filter(|named| named.names(rule)) {
                named.used = true;
                suppressed |= self.selection.is_ignorable(rule) && !expired;
            }
        }
        suppressed
    }

    fn name_fault(&self, directive: &Directive<'_>, named: &Named<'_>) -> Option<Diagnostic> {
        let fault = |rule: &Rule, message: String, help: &str| {
            Some(self.fault(rule, named.span, message, help))
        };
        let is_unignorable =
            |rule: &&&Rule| named.names(rule) && !self.selection.is_ignorable(rule);
        let unignorable = RULES.iter().find(is_unignorable);
        match &named.selector {
            Err(error) => fault(
                &unknown_rule::RULE,
                error.to_string(),
                "correct the code, or delete the comment",
            )
            .map(|diagnostic| match &error.meant {
                Some(meant) => diagnostic.fix(Fix::respell(self.text(), named.span, meant)),
                None => diagnostic,
            }),
            Ok(_) if unignorable.is_some_and(|rule| !rule.is_ignorable()) => fault(
                &suppression_policy::RULE,
                format!("`{}` cannot be suppressed", named.text),
                "correct the syntax error instead",
            ),
            Ok(_) if unignorable.is_some() => fault(
                &suppression_policy::RULE,
                format!("`{}` cannot be suppressed in this project", named.text),
                "correct what it finds; ddt.hjson says that it is unignorable",
            ),
            Ok(_) if self.is_unused(named) => fault(
                &unused_suppression::RULE,
                format!("`{}` does not fire here", named.text),
                "delete the comment",
            )
            .map(|diagnostic| diagnostic.fix(self.without(directive, named))),
            Ok(_) => None,
        }
    }

    /// Whether a rule is suppressed in vain. One of which too little is known to speak may speak elsewhere.
    fn is_unused(&self, named: &Named<'_>) -> bool {
        let mut meant = RULES.iter().filter(|rule| named.names(rule));
        let could_fire = meant.all(|rule| rule.docs.given.is_known(self.surroundings));
        !named.used && named.selector.is_ok() && could_fire
    }

    /// Takes a rule out of a directive, and the directive away where it has no other.
    fn without(&self, directive: &Directive<'_>, named: &Named<'_>) -> Fix {
        match directive.named.iter().all(|other| self.is_unused(other)) {
            true => directive.deleted(self.text()),
            false => directive.without(named),
        }
    }

    fn text(&self) -> &'a str {
        self.subject.source.text()
    }

    fn date_fault(&self, directive: &Directive<'_>) -> Option<Diagnostic> {
        let until = directive
            .until
            .filter(|_| has_expired(directive, self.surroundings.now))?;
        let message = format!("`until={until}` has passed");
        let help = "correct what is suppressed, or renew the date";
        Some(self.fault(&suppression_policy::RULE, directive.span, message, help))
    }

    fn reason_fault(&self, directive: &Directive<'_>) -> Option<Diagnostic> {
        let message = "the suppression gives no reason".to_owned();
        let help = "write the reason behind the `]`";
        let fault = self.fault(&suppression_policy::RULE, directive.span, message, help);
        (!directive.has_reason).then(|| fault.severity(Severity::Warning))
    }

    fn not_understood(&self, span: Span) -> Diagnostic {
        let message = "this comment for ddt is not understood".to_owned();
        let help =
            "write `# ddt: ignore[CODE] reason`, or `# ddt: ignore[CODE] until=YYYY-MM-DD reason`";
        self.fault(&suppression_policy::RULE, span, message, help)
    }

    fn fault(&self, rule: &Rule, span: Span, message: String, help: &str) -> Diagnostic {
        Finding::new(message)
            .at(Place::Text(KeyPath::root(), span), "")
            .help(help)
            .locate(rule, &self.subject.source, &self.subject.parsed.tree)
    }
}

/// Whether the last day of a directive is over, in UTC.
fn has_expired(directive: &Directive<'_>, now: Option<Timestamp>) -> bool {
    let today = now.map(|now| now.to_zoned(TimeZone::UTC).date());
    directive
        .until
        .zip(today)
        .is_some_and(|(until, today)| until < today)
}

//! DDT107 invisible-character: a key or an unquoted value holds a character that cannot be seen.

use crate::document::{Fix, Severity};
use crate::hjson::{Edit, KeyPath, Span, Style};
use crate::lint::context::TextContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::rule::{Activation, Check, Fixable, Given, Rule, RuleDocs};
use crate::lint::text::{invisible_name, shorten, value_of};

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT107",
    name: "invisible-character",
    severity: Severity::Error,
    default: Activation::On,
    fixable: Fixable::Either,
    summary: "a key or an unquoted value holds a character that cannot be seen",
    docs: RuleDocs {
        why: "A no-break space before a key, copied from a web page, is part of the key: \
            the key looks right and is another one. Text direction marks can make a \
            value look like a different one.",
        fix: "Delete the character, or write it as `\\uXXXX` in double quotes.",
        bad: include_str!("../../../fixtures/lint/DDT107/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT107/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Text(check)],
};

fn check(text: &TextContext<'_>) -> Vec<Finding> {
    let schema = text.kind.schema();
    let mut findings = text.each_value(|walk, _| {
        let key = walk.member()?.key;
        let is_checked = |path: KeyPath| {
            let object = path.parent().unwrap_or_default();
            let visible = visible(key.raw());
            let is_written = text.tree.find(&object.clone().key(visible)).is_some();
            schema.is_some_and(|schema| schema.checks_keys(&object)) && !is_written
        };
        let found = Invisible::first(key.raw(), key.span().start)?;
        let subject = format!("key `{}`", shorten(&key.text()));
        Some(found.finding(&subject, walk.path(), is_checked(walk.path())))
    });
    findings.extend(text.each_value(|walk, value| {
        // An object is not searched: its text is that of all its members.
        if value.style() != Some(Style::Quoteless) {
            return None;
        }
        let found = Invisible::first(value.raw(), value.span().start)?;
        let is_checked = schema.is_some_and(|schema| schema.checks_text(&walk.path()));
        Some(found.finding(&value_of(walk), walk.path(), is_checked))
    }));
    findings
}

/// Characters that mean something else at the beginning of a text, once nothing stands in front of them.
const SYNTAX: [char; 10] = ['"', '\'', '{', '}', '[', ']', ',', ':', '#', '/'];

/// The first invisible character of a text that begins at `start`.
struct Invisible<'a> {
    raw: &'a str,
    start: usize,
    at: usize,
    character: char,
    name: &'static str,
}

impl<'a> Invisible<'a> {
    fn first(raw: &'a str, start: usize) -> Option<Self> {
        if raw.is_ascii() {
            return None;
        }
        let named = |(at, character)| Some((at, character, invisible_name(character)?));
        let (at, character, name) = raw.char_indices().find_map(named)?;
        Some(Self {
            raw,
            start,
            at,
            character,
            name,
        })
    }

    fn finding(&self, subject: &str, path: KeyPath, is_checked: bool) -> Finding {
        let (code, name) = (u32::from(self.character), self.name);
        let start = self.start + self.at;
        let span = Span::new(start, start + self.character.len_utf8());
        let finding = Finding::new(format!("U+{code:04X} ({name}) in {subject}"))
            .at(Place::Text(path, span), "")
            .help("delete it");
        match self.fix(is_checked) {
            Some(fix) => finding.fix(fix),
            None => finding,
        }
    }

    /// Deletes every invisible character of the text; a space in front of it becomes a plain one, so that it stays where
    /// it is. Where ddt checks what is written nothing else can be meant; elsewhere the character may be wanted. Nothing
    /// where there would be nothing left.
    fn fix(&self, is_checked: bool) -> Option<Fix> {
        let characters = self.raw.char_indices();
        let invisible = characters.filter(|(_, character)| invisible_name(*character).is_some());
        let margin = self.raw.len() - self.raw.trim_start().len();
        let edits: Vec<Edit> = invisible
            .map(|(at, character)| {
                let start = self.start + at;
                let place = Span::new(start, start + character.len_utf8());
                Edit::new(place, if at < margin { " " } else { "" })
            })
            .collect();
        let is_all = edits.iter().map(|edit| edit.span.len()).sum::<usize>() == self.raw.len();
        let mut visible = self
            .raw
            .chars()
            .filter(|one| invisible_name(*one).is_none());
        let is_syntax = visible
            .find(|one| !one.is_whitespace())
            .is_some_and(|one| SYNTAX.contains(&one));
        let fix = match is_checked && !is_syntax {
            true => Fix::safe("delete what cannot be seen", edits),
            false => Fix::guess("delete what cannot be seen", edits),
        };
        (!is_all).then_some(fix)
    }
}

/// A key as it looks.
fn visible(raw: &str) -> String {
    let is_visible = |character: &char| invisible_name(*character).is_none();
    let visible: String = raw.chars().filter(is_visible).collect();
    visible.trim_matches(['"', '\'']).to_owned()
}

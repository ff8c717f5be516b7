//! Checks a syntax tree against a document's schema, and reports everything at once.

mod keys;

use std::collections::BTreeSet;

use super::correction::correction;
use super::diagnostic::Diagnostic;
use super::fix::Fix;
use super::format;
use super::schema::{DocumentSchema, Shape};
use super::source::Source;
use super::suggest::closest;
use crate::hjson::{KeyPath, Kind, Member, Segment, Span, Style, Tree, Value};

/// Every way in which a tree is not the document that the schema describes.
pub(super) fn check(source: &Source, tree: &Tree, schema: &DocumentSchema) -> Vec<Diagnostic> {
    let mut checker = Checker {
        source,
        schema,
        diagnostics: Vec::new(),
        path: Vec::new(),
        meant: BTreeSet::new(),
    };
    // Only a text that could not be read at all has no root, and that is an error already.
    if let Some(root) = tree.root() {
        checker.value(root, schema.shape());
    }
    checker.without_consequences()
}

/// Walks a tree. The parser caps its depth, and so the recursion here.
struct Checker<'a> {
    source: &'a Source,
    schema: &'a DocumentSchema,
    diagnostics: Vec<Diagnostic>,
    path: Vec<Segment>,
    /// The keys that seem to be missing because they are misspelt or misplaced.
    meant: BTreeSet<KeyPath>,
}

impl Checker<'_> {
    /// What was found, without the keys that are missing only because they stand elsewhere.
    fn without_consequences(mut self) -> Vec<Diagnostic> {
        self.diagnostics.retain(|diagnostic| {
            let is_meant = diagnostic
                .path()
                .is_some_and(|path| self.meant.contains(path));
            diagnostic.code != Some("DDT202") || !is_meant
        });
        self.diagnostics
    }

    /// Where the value being looked at stands.
    fn here(&self) -> KeyPath {
        self.path.iter().cloned().collect()
    }

    /// Starts an error about the value being looked at.
    fn error(&self, code: &'static str, message: impl Into<String>, span: Span) -> Diagnostic {
        Diagnostic::error(message)
            .code(code)
            .at(self.source, span, "")
            .about(self.here())
    }

    fn value(&mut self, value: Value<'_>, shape: Shape<'_>) {
        let types = shape.types();
        if !types.is_empty() && !types.iter().any(|kind| accepts(kind, value.kind())) {
            return self.wrong_type(value, &types);
        }
        match value.kind() {
            Kind::Object => self.object(value, shape),
            Kind::Array => self.array(value, shape),
            Kind::Number if types.contains(&"integer") => self.whole_number(value, shape),
            _ if types.contains(&"string") => self.text(value, shape),
            _ => {}
        }
    }

    fn wrong_type(&mut self, value: Value<'_>, types: &[&str]) {
        let subject = self.subject();
        let found = value.kind();
        let message = format!("{subject} must be {}, found {found}", article(types[0]));
        let help = match types[0] {
            "object" => "write `{ key: value }`",
            "array" => "write `[ item ]`",
            "integer" => "write a whole number without quotes",
            _ => "write a text",
        };
        let error = self.error("DDT203", message, beginning(value, self.source.text()));
        self.diagnostics.push(error.help(help));
    }

    /// The thing being looked at, as messages name it.
    fn subject(&self) -> String {
        match self.path.last() {
            Some(Segment::Key(key)) => format!("`{key}`"),
            Some(Segment::Index(index)) => format!("item {}", index + 1),
            None => "the document".to_owned(),
        }
    }

    fn object(&mut self, object: Value<'_>, shape: Shape<'_>) {
        self.repeated_keys(object);
        let is_empty = object.members().next().is_none();
        if self.path.is_empty() && is_empty && shape.required().next().is_some() {
            return self.empty_document(shape);
        }
        self.missing_keys(object, shape);
        for member in object.members() {
            self.member(object, member, shape);
        }
    }

    fn member(&mut self, object: Value<'_>, member: Member<'_>, shape: Shape<'_>) {
        let key = member.key.text();
        self.path.push(Segment::Key(key.clone().into_owned()));
        match shape.member(&key) {
            Some(inner) => {
                let is_name = shape.has_named_members() && !shape.keys().any(|known| known == key);
                if let Some(fault) = is_name.then(|| format::check("ddt-name", &key)).flatten() {
                    let error = self.error(fault.code, fault.message, member.key.span());
                    self.diagnostics.push(error.help(fault.help));
                }
                self.value(member.value, inner);
            }
            None => self.unknown_key(object, member, shape),
        }
        self.path.pop();
    }

    fn array(&mut self, array: Value<'_>, shape: Shape<'_>) {
        let items = shape.items();
        for (index, item) in array.items().enumerate() {
            self.path.push(Segment::Index(index));
            self.value(item, items);
            self.path.pop();
        }
    }

    fn text(&mut self, value: Value<'_>, shape: Shape<'_>) {
        let text = value.text();
        let words = shape.words();
        if !words.is_empty() && !words.contains(&text.as_ref()) {
            return self.unknown_word(value, &words);
        }
        let Some(fault) = shape
            .format()
            .and_then(|format| format::check(format, &text))
        else {
            return;
        };
        let message = format!("{}: {}", self.subject(), fault.message);
        let span = part_of(value, &text, fault.range);
        let error = self.error(fault.code, message, span).help(fault.help);
        let format = shape.format().unwrap_or_default();
        let meant = correction(format, &text);
        let fix = meant.map(|meant| Fix::respell(self.source.text(), value.span(), &meant));
        self.diagnostics.push(Diagnostic { fix, ..error });
    }

    fn whole_number(&mut self, value: Value<'_>, shape: Shape<'_>) {
        let range = shape.range();
        let number = value.raw().parse::<i64>();
        if number.is_ok_and(|number| range.contains(&number)) {
            return;
        }
        let subject = self.subject();
        let (least, most) = (range.start(), range.end());
        let message = format!("{subject} must be a whole number from {least} to {most}");
        let error = self.error("DDT203", message, value.span());
        self.diagnostics.push(error.help("correct the number"));
    }

    fn unknown_word(&mut self, value: Value<'_>, words: &[&str]) {
        let text = value.text();
        let message = format!("{} cannot be `{text}`", self.subject());
        let listed: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        let meant = closest(&text, words.iter().copied());
        let fix = meant.map(|word| Fix::respell(self.source.text(), value.span(), word));
        let help = match meant {
            Some(word) => format!("did you mean `{word}`?"),
            None => format!("write one of {}", listed.join(", ")),
        };
        let error = self.error("DDT203", message, value.span()).help(help);
        self.diagnostics.push(Diagnostic { fix, ..error });
    }
}

/// Whether a schema type takes a kind of value. A text takes numbers and literals as
/// they are written: `3.10` is the text `3.10`.
fn accepts(kind: &str, value: Kind) -> bool {
    match kind {
        "string" => matches!(value, Kind::String | Kind::Number | Kind::Bool),
        "boolean" => value == Kind::Bool,
        "integer" | "number" => value == Kind::Number,
        "object" => value == Kind::Object,
        "array" => value == Kind::Array,
        _ => true,
    }
}

fn article(kind: &str) -> String {
    match kind {
        "object" | "array" | "integer" => format!("an {kind}"),
        "string" => "a text".to_owned(),
        other => format!("a {other}"),
    }
}

/// The place of a part of a text, where the text stands in the source as it is; else of
/// the whole value.
fn part_of(value: Value<'_>, text: &str, range: std::ops::Range<usize>) -> Span {
    let span = value.span();
    let offset = match value.style() {
        Some(Style::Quoteless | Style::Literal) => 0,
        Some(Style::DoubleQuoted | Style::SingleQuoted) => 1,
        _ => return span,
    };
    let start = span.start + offset;
    let as_written = value.raw().get(offset..offset + text.len()) == Some(text);
    match as_written && !range.is_empty() {
        true => Span::new(start + range.start, start + range.end),
        false => span,
    }
}

/// Where a value begins: of an object or array only the bracket, or the first character.
pub(super) fn beginning(value: Value<'_>, text: &str) -> Span {
    let span = value.span();
    if !matches!(value.kind(), Kind::Object | Kind::Array) {
        return span;
    }
    let rest = text.get(span.start..).unwrap_or_default();
    let length = rest.chars().next().map_or(0, char::len_utf8);
    Span::new(span.start, span.start + length)
}

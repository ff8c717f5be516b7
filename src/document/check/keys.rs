//! The keys of objects: those that are unknown, misplaced, missing or repeated.

use std::collections::HashMap;

use super::super::diagnostic::Diagnostic;
use super::super::fix::Fix;
use super::super::schema::Shape;
use super::super::suggest::closest;
use super::{Checker, beginning};
use crate::hjson::{KeyPath, Member, Span, Value};

impl Checker<'_> {
    pub(super) fn empty_document(&mut self, shape: Shape<'_>) {
        let required: Vec<String> = shape.required().map(|key| format!("`{key}`")).collect();
        let error = self.error("DDT207", "the document is empty", Span::new(0, 0));
        let help = format!("write at least {}", required.join(" and "));
        self.diagnostics.push(error.help(help));
    }

    /// Reports a key that an object may not have; the path ends with it.
    pub(super) fn unknown_key(&mut self, object: Value<'_>, member: Member<'_>, shape: Shape<'_>) {
        let key = member.key.text();
        let is_nested = self.path.len() > 1;
        if is_nested && self.schema.has_root_key(&key) {
            self.meant.insert(KeyPath::from([key.as_ref()]));
            return self.misplaced_key(member);
        }
        let known: Vec<&str> = shape.keys().collect();
        let meant = closest(&key, known.iter().copied());
        let free = meant.filter(|meant| self.is_free(object, meant));
        let fix = free.map(|meant| Fix::respell(self.source.text(), member.key.span(), meant));
        let help = match meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None if known.is_empty() => "delete it".to_owned(),
            None => format!("known here: {}", known.join(", ")),
        };
        let message = format!("unknown key `{key}`");
        let error = self.error("DDT201", message, member.key.span()).help(help);
        self.diagnostics.push(Diagnostic { fix, ..error });
    }

    /// Whether the first misspelling of a key can take its place: it does not stand there yet.
    fn is_free(&mut self, object: Value<'_>, meant: &str) -> bool {
        let path = self.here().parent().unwrap_or_default().key(meant);
        self.meant.insert(path) && object.get(meant).is_none()
    }

    fn misplaced_key(&mut self, member: Member<'_>) {
        let message = format!("`{}` does not belong here", member.key.text());
        let error = self.error("DDT206", message, member.key.span());
        self.diagnostics
            .push(error.help("move it to the root of the document"));
    }

    pub(super) fn missing_keys(&mut self, object: Value<'_>, shape: Shape<'_>) {
        for key in shape.required().filter(|key| object.get(key).is_none()) {
            let message = format!("{} lacks `{key}`", self.subject());
            let path = self.here();
            let span = beginning(object, self.source.text());
            let error = self.error("DDT202", message, span).about(path.key(key));
            self.diagnostics.push(error.help(format!("add `{key}: …`")));
        }
    }

    pub(super) fn repeated_keys(&mut self, object: Value<'_>) {
        let mut seen = HashMap::new();
        for member in object.members() {
            let key = member.key.text();
            if let Some(first) = seen.insert(key.clone(), member.key.span()) {
                let place = self.source.position(first.start);
                let message = format!("`{key}` is repeated; the one at {place} is ignored");
                let path = self.here();
                let error = Diagnostic::error(message)
                    .code("DDT105")
                    .at(self.source, member.key.span(), "this one counts")
                    .about(path.key(key.as_ref()))
                    .at(self.source, first, "this one is ignored")
                    .help("keep one of them");
                self.diagnostics.push(error);
            }
        }
    }
}

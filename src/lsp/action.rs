//! The fixes of findings, as actions that an editor offers.

use gen_lsp_types::{
    CodeAction, CodeActionKind, DocumentChange, Edit as DocumentEdit,
    OptionalVersionedTextDocumentIdentifier, Range, TextDocumentEdit, TextDocumentIdentifier,
    WorkspaceEdit,
};

use super::finding;
use super::reading::Reading;
use crate::document::{Fix, Safety};
use crate::hjson::{Edit, Span, apply};

/// The document that actions change.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject<'a> {
    pub(super) document: &'a TextDocumentIdentifier,
    pub(super) version: i32,
    pub(super) reading: &'a Reading,
}

impl Subject<'_> {
    /// What can be done in a range; only actions of the kinds that are asked for.
    pub(super) fn actions(&self, range: Range, only: Option<&[CodeActionKind]>) -> Vec<CodeAction> {
        let is_asked = |kind: &CodeActionKind| {
            only.is_none_or(|only| only.iter().any(|asked| includes(asked, kind)))
        };
        let mut actions = Vec::new();
        if is_asked(&CodeActionKind::QuickFix) {
            actions.extend(self.quick_fixes(range));
        }
        if is_asked(&CodeActionKind::SourceFixAll) {
            actions.extend(self.fix_all());
        }
        actions
    }

    fn quick_fixes(&self, range: Range) -> impl Iterator<Item = CodeAction> {
        let text = self.reading.source().text();
        let asked = self.reading.positions.span(text, range);
        let touched = self.reading.findings.iter().filter(move |found| {
            let span = finding::span(found);
            span.start <= asked.end && asked.start <= span.end
        });
        touched.filter_map(|found| {
            let fix = found.fix.as_ref()?;
            let is_safe = fix.safety == Safety::Safe;
            let published = finding::diagnostic(&self.document.uri, self.reading, found);
            Some(CodeAction {
                title: fix.title.clone(),
                kind: Some(CodeActionKind::QuickFix),
                diagnostics: Some(vec![published]),
                is_preferred: Some(is_safe),
                edit: Some(self.edit(&fix.edits)),
                ..CodeAction::default()
            })
        })
    }

    /// All safe fixes at once. Of fixes that touch the same bytes the first one is made.
    fn fix_all(&self) -> Option<CodeAction> {
        let fixes = self.reading.findings.iter().take(finding::MOST);
        let fixes = fixes.filter_map(|found| found.fix.as_ref());
        let edits = compatible(self.reading.source().text(), fixes);
        (!edits.is_empty()).then(|| CodeAction {
            title: "apply all safe fixes of ddt".to_owned(),
            kind: Some(CodeActionKind::SourceFixAll),
            edit: Some(self.edit(&edits)),
            ..CodeAction::default()
        })
    }

    fn edit(&self, edits: &[Edit]) -> WorkspaceEdit {
        let document =
            OptionalVersionedTextDocumentIdentifier::new(Some(self.version), self.document.clone());
        let edits = self.reading.text_edits(edits).into_iter();
        let edits = edits.map(DocumentEdit::TextEdit).collect();
        let change = DocumentChange::TextDocumentEdit(TextDocumentEdit::new(document, edits));
        WorkspaceEdit::new(None, Some(vec![change]), None)
    }
}

/// The edits of the safe fixes that can be made together.
fn compatible<'a>(text: &str, fixes: impl Iterator<Item = &'a Fix>) -> Vec<Edit> {
    let mut taken: Vec<Edit> = Vec::new();
    for fix in fixes.filter(|fix| fix.safety == Safety::Safe) {
        let is_free = |edit: &Edit| taken.iter().all(|other| are_apart(edit.span, other.span));
        let fits = apply(text, &fix.edits).is_some();
        if fits && fix.edits.iter().all(is_free) {
            taken.extend(fix.edits.iter().cloned());
        }
    }
    taken.sort();
    taken
}

/// Whether two changes can be made in either order; two at one place cannot.
fn are_apart(one: Span, other: Span) -> bool {
    one.end < other.start || other.end < one.start
}

/// Whether a kind is asked for by name or by a kind above it: `source` includes `source.fixAll`.
fn includes(asked: &CodeActionKind, kind: &CodeActionKind) -> bool {
    let (asked, kind) = (String::from(asked.clone()), String::from(kind.clone()));
    let rest = kind.strip_prefix(&asked);
    asked.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn safe_fixes_that_do_not_touch_are_made_together() {
        let edit = |start, end| vec![Edit::new(Span::new(start, end), "x")];
        let fixes = [
            Fix::safe("one", edit(4, 6)),
            Fix::safe("touches one", edit(6, 7)),
            Fix::guess("unsafe", edit(0, 1)),
            Fix::safe("two", edit(0, 2)),
            Fix::safe("outside", edit(90, 91)),
        ];
        let expected = [edit(0, 2), edit(4, 6)].concat();
        assert_eq!(compatible("0123456789", fixes.iter()), expected);
    }

    #[test]
    fn a_kind_includes_those_below_it() {
        let fix_all = CodeActionKind::SourceFixAll;
        assert!(includes(&CodeActionKind::Source, &fix_all));
        assert!(includes(&CodeActionKind::Empty, &fix_all));
        assert!(!includes(&CodeActionKind::QuickFix, &fix_all));
        assert!(!includes(&CodeActionKind::Custom("sou".into()), &fix_all));
    }
}

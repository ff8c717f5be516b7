//! Fixes as the formats print them: replacements of places.

use crate::document::{Diagnostic, Source};
use crate::hjson::{ColumnUnit, Edit, Position, Span, apply};

/// A text to put between two places; columns in the unit that was asked for, the end is exclusive.
pub(super) struct Replacement {
    pub(super) start: Position,
    pub(super) end: Position,
    pub(super) text: String,
}

/// The changes of a finding's fix, in the order of the document. None at all where one of them cannot be told by
/// places: a byte order mark has no column.
pub(super) fn replacements(diagnostic: &Diagnostic, unit: ColumnUnit) -> Vec<Replacement> {
    let Some((source, mut edits)) = applicable(diagnostic) else {
        return Vec::new();
    };
    edits.sort();
    edits.dedup();
    let told = edits.iter().map(|edit| replacement(source, edit, unit));
    told.collect::<Option<_>>().unwrap_or_default()
}

/// All changes of a finding's fix as one, for formats that take each change for a fix of its own.
pub(super) fn one_replacement(diagnostic: &Diagnostic, unit: ColumnUnit) -> Option<Replacement> {
    let (source, edits) = applicable(diagnostic)?;
    let text = source.text();
    let start = edits.iter().map(|edit| edit.span.start).min()?;
    let end = edits.iter().map(|edit| edit.span.end).max()?;
    let changed = apply(text, &edits)?;
    let kept_behind = text.len().checked_sub(end)?;
    let between = changed.get(start..changed.len().checked_sub(kept_behind)?)?;
    replacement(source, &Edit::new(Span::new(start, end), between), unit)
}

/// The document and the edits of a fix that can be applied to it.
fn applicable(diagnostic: &Diagnostic) -> Option<(&Source, Vec<Edit>)> {
    let source = &diagnostic.primary()?.source;
    let edits = &diagnostic.fix.as_ref()?.edits;
    apply(source.text(), edits)?;
    Some((source, edits.clone()))
}

fn replacement(source: &Source, edit: &Edit, unit: ColumnUnit) -> Option<Replacement> {
    let start = source.position_in(edit.span.start, unit);
    let end = source.position_in(edit.span.end, unit);
    let is_told = start != end || edit.span.is_empty();
    is_told.then(|| Replacement {
        start,
        end,
        text: edit.replacement.clone(),
    })
}

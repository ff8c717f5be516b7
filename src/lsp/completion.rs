//! What could be written next.

use gen_lsp_types::{
    CompletionItem, CompletionItemKind, CompletionItemTextEdit, Documentation, MarkupContent,
    MarkupKind, TextEdit,
};

use super::cursor;
use super::knowledge::Knowledge;
use super::placeholder::{self, Place, Wanted};
use super::reading::Reading;
use crate::hjson::KeyPath;
use crate::lint::DocumentKind;

/// Something that could stand at the place.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Candidate {
    label: String,
    kind: CompletionItemKind,
    /// Said beside the label.
    detail: Option<String>,
    description: Option<String>,
}

/// What could be written at an offset.
pub(super) fn items(
    reading: &Reading,
    knowledge: &Knowledge,
    offset: usize,
) -> Vec<CompletionItem> {
    let Some(place) = placeholder::place(reading.source().text(), offset) else {
        return Vec::new();
    };
    // An empty document most likely becomes a manifest.
    let kind = match reading.subject.kind {
        DocumentKind::Unknown => DocumentKind::Manifest,
        kind => kind,
    };
    let (candidates, suffix) = match &place.wanted {
        Wanted::Key { object, has_colon } => {
            let suffix = if *has_colon { "" } else { ": " };
            (keys(kind, &place, object, knowledge), suffix)
        }
        Wanted::Value(path) => (values(kind, path, knowledge), ""),
    };
    let range = reading.range(place.word);
    let items = candidates.into_iter().map(|candidate| {
        let edit = TextEdit::new(range, format!("{}{suffix}", candidate.label));
        candidate.item(edit)
    });
    items.collect()
}

/// The keys an object may have and has not: those of the schema, and the names it takes.
fn keys(
    kind: DocumentKind,
    place: &Place,
    object: &KeyPath,
    knowledge: &Knowledge,
) -> Vec<Candidate> {
    let mut candidates = known_keys(kind, object);
    if kind == DocumentKind::Manifest {
        candidates.extend(names(object, knowledge));
    }
    let written = place.tree.find(object);
    candidates
        .retain(|candidate| written.is_none_or(|object| object.get(&candidate.label).is_none()));
    candidates
}

fn known_keys(kind: DocumentKind, object: &KeyPath) -> Vec<Candidate> {
    let outline = kind.schema().and_then(|schema| schema.outline(object));
    let keys = outline.iter().flat_map(|outline| outline.keys());
    let keys = keys.map(|key| Candidate {
        label: key.key.to_owned(),
        kind: CompletionItemKind::Property,
        detail: key.is_required.then(|| "required".to_owned()),
        description: key.description.map(str::to_owned),
    });
    keys.collect()
}

/// The components that are defined, and the packages of one.
fn names(object: &KeyPath, knowledge: &Knowledge) -> Vec<Candidate> {
    match *cursor::keys(object).as_slice() {
        ["components"] => components(knowledge),
        ["components", component, "packages"] => {
            let definition = knowledge.definition(component).into_iter();
            let packages = definition.flat_map(|known| &known.document.value.packages);
            let packages = packages.map(|package| {
                let required = package.required.is_yes();
                Candidate {
                    detail: required.then(|| "required when fresh".to_owned()),
                    ..Candidate::named(package.package.as_str(), CompletionItemKind::Module)
                }
            });
            packages.collect()
        }
        _ => Vec::new(),
    }
}

fn components(knowledge: &Knowledge) -> Vec<Candidate> {
    let names = knowledge
        .definitions
        .iter()
        .map(|known| &known.document.value.component);
    names
        .map(|name| Candidate::named(name.as_str(), CompletionItemKind::Class))
        .collect()
}

/// The values a key may have, where they can be listed.
fn values(kind: DocumentKind, path: &KeyPath, knowledge: &Knowledge) -> Vec<Candidate> {
    match (kind, cursor::keys(path).as_slice()) {
        (DocumentKind::Manifest, ["mzone"]) => {
            let zones = knowledge.inventories.iter();
            let zones = zones.map(|inventory| inventory.value.mzone.as_str());
            zones
                .map(|zone| Candidate::named(zone, CompletionItemKind::Value))
                .collect()
        }
        (DocumentKind::Manifest, ["components", _, "requires"]) => components(knowledge),
        _ => {
            let outline = kind.schema().and_then(|schema| schema.outline(path));
            let words = outline.map_or_else(Vec::new, |outline| outline.words());
            let words = words.into_iter();
            words
                .map(|word| Candidate::named(word, CompletionItemKind::EnumMember))
                .collect()
        }
    }
}

impl Candidate {
    fn named(label: &str, kind: CompletionItemKind) -> Self {
        Self {
            label: label.to_owned(),
            kind,
            detail: None,
            description: None,
        }
    }

    fn item(self, edit: TextEdit) -> CompletionItem {
        // What is required comes first.
        let rank = if self.detail.is_some() { 0 } else { 1 };
        let documentation = self.description.map(|value| {
            Documentation::MarkupContent(MarkupContent {
                kind: MarkupKind::Markdown,
                value,
            })
        });
        CompletionItem {
            sort_text: Some(format!("{rank}{}", self.label)),
            label: self.label,
            kind: Some(self.kind),
            detail: self.detail,
            documentation,
            text_edit: Some(CompletionItemTextEdit::TextEdit(edit)),
            ..CompletionItem::default()
        }
    }
}

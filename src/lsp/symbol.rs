//! The outline of a document: components and packages, nodes and groups.

use gen_lsp_types::{DocumentSymbol, SymbolKind};

use super::reading::Reading;
use crate::hjson::{Member, Span, Value};
use crate::lint::DocumentKind;

/// The named things of a document, in written order.
pub(super) fn symbols(reading: &Reading) -> Vec<DocumentSymbol> {
    let Some(root) = reading.tree().root() else {
        return Vec::new();
    };
    match reading.subject.kind {
        DocumentKind::Manifest => members(root, "components")
            .map(|component| component_symbol(reading, component))
            .collect(),
        DocumentKind::Inventory => {
            let nodes = named(reading, root, "nodes", SymbolKind::Object);
            nodes
                .chain(named(reading, root, "groups", SymbolKind::Array))
                .collect()
        }
        DocumentKind::Component => definition_symbols(reading, root).collect(),
        DocumentKind::Bundle => named(reading, root, "steps", SymbolKind::Function).collect(),
        DocumentKind::Project | DocumentKind::Lock | DocumentKind::Unknown => Vec::new(),
    }
}

fn component_symbol(reading: &Reading, component: Member<'_>) -> DocumentSymbol {
    let packages = members(component.value, "packages").map(|package| {
        let tag = package.value.get("tag").filter(|tag| tag.style().is_some());
        DocumentSymbol {
            detail: tag.map(|tag| tag.text().into_owned()),
            ..symbol(reading, package, SymbolKind::Package)
        }
    });
    DocumentSymbol {
        children: Some(packages.collect()),
        ..symbol(reading, component, SymbolKind::Module)
    }
}

/// The packages of a component definition, which are items.
fn definition_symbols(reading: &Reading, root: Value<'_>) -> impl Iterator<Item = DocumentSymbol> {
    let packages = root.get("packages").into_iter().flat_map(Value::items);
    packages.filter_map(|package| {
        let name = package.get("package")?;
        name.style()?;
        let name_span = name.span();
        Some(at(
            reading,
            name.text().into_owned(),
            SymbolKind::Package,
            [package.span(), name_span],
        ))
    })
}

fn named(
    reading: &Reading,
    root: Value<'_>,
    key: &str,
    kind: SymbolKind,
) -> impl Iterator<Item = DocumentSymbol> {
    members(root, key).map(move |member| symbol(reading, member, kind))
}

fn members<'tree>(value: Value<'tree>, key: &str) -> impl Iterator<Item = Member<'tree>> {
    value.get(key).into_iter().flat_map(Value::members)
}

fn symbol(reading: &Reading, member: Member<'_>, kind: SymbolKind) -> DocumentSymbol {
    let (key, value) = (member.key.span(), member.value.span());
    let whole = Span::new(key.start, value.end.max(key.end));
    at(reading, member.key.text().into_owned(), kind, [whole, key])
}

fn at(reading: &Reading, name: String, kind: SymbolKind, spans: [Span; 2]) -> DocumentSymbol {
    let [whole, selected] = spans.map(|span| reading.range(span));
    // An editor refuses all symbols if one has no name.
    let name = match name.trim().is_empty() {
        true => "(unnamed)".to_owned(),
        false => name,
    };
    DocumentSymbol::new(name, None, kind, None, None, whole, selected, None)
}

//! Reads a document: syntax, shape, then the typed value.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::check::{beginning, check};
use super::diagnostic::Diagnostic;
use super::schema::DocumentSchema;
use super::source::Source;
use super::syntax;
use super::typed::typed;
use crate::hjson::{self, KeyPath, Span, Tree, Value};

/// A typed document, and where everything in it stands.
#[derive(Clone, Debug)]
pub struct Document<T> {
    /// The text it was read from.
    pub source: Source,
    /// Its syntax tree.
    pub tree: Tree,
    /// What it says.
    pub value: T,
}

impl<T: DeserializeOwned + JsonSchema> Document<T> {
    /// Reads the bytes of a file. All errors are reported at once.
    pub fn read_bytes(path: &str, bytes: &[u8]) -> Result<Self, Vec<Diagnostic>> {
        let parsed = hjson::parse_bytes(bytes);
        let source = Source::new(path, parsed.tree.source());
        Self::from_parsed(source, parsed)
    }

    /// Reads a text. All errors are reported at once.
    pub fn read(source: Source) -> Result<Self, Vec<Diagnostic>> {
        let parsed = hjson::parse(source.text());
        Self::from_parsed(source, parsed)
    }

    fn from_parsed(source: Source, parsed: hjson::Parsed) -> Result<Self, Vec<Diagnostic>> {
        let mut diagnostics = syntax_errors(&source, &parsed);
        if diagnostics.is_empty() {
            diagnostics = shape_errors::<T>(&source, &parsed.tree);
        }
        match diagnostics.is_empty() {
            true => Self::from_tree(source, parsed.tree).map_err(|error| vec![*error]),
            false => Err(diagnostics),
        }
    }

    /// Gives a tree its type. A tree with the shape of the type has it, so an error here is
    /// rare; it is the first one found.
    pub fn from_tree(source: Source, tree: Tree) -> Result<Self, Box<Diagnostic>> {
        match typed(&tree) {
            Ok(value) => Ok(Self {
                source,
                tree,
                value,
            }),
            Err(fault) => {
                let span = span_of(&tree, &fault.path);
                let diagnostic = Diagnostic::error(fault.message).code("DDT203");
                let placed = diagnostic.at(&source, span, "").about(fault.path);
                Err(Box::new(placed))
            }
        }
    }
}

/// The syntax errors of a text, as diagnostics.
pub fn syntax_errors(source: &Source, parsed: &hjson::Parsed) -> Vec<Diagnostic> {
    parsed
        .errors
        .iter()
        .map(|error| syntax::diagnostic(source, error))
        .collect()
}

/// Every way in which a tree does not have the shape of a type.
pub fn shape_errors<T: JsonSchema>(source: &Source, tree: &Tree) -> Vec<Diagnostic> {
    DocumentSchema::of::<T>().check(source, tree)
}

impl DocumentSchema {
    /// Every way in which a tree is not the document that this schema describes.
    pub fn check(&self, source: &Source, tree: &Tree) -> Vec<Diagnostic> {
        check(source, tree, self)
    }

    /// Whether the document may have a key at its root.
    pub fn has_root_key(&self, key: &str) -> bool {
        self.shape().keys().any(|known| known == key)
    }
}

impl<T> Document<T> {
    /// Where a value stands; its nearest parent where it does not.
    pub fn span(&self, path: &KeyPath) -> Span {
        span_of(&self.tree, path)
    }

    /// Where a value begins: of an object or an array only the bracket. Its nearest parent's
    /// beginning where it does not stand.
    pub fn beginning(&self, path: &KeyPath) -> Span {
        let value = nearest(&self.tree, path);
        value.map_or(Span::new(0, 0), |value| {
            beginning(value, self.source.text())
        })
    }

    /// Where a key stands; its nearest parent's value where it does not.
    pub fn key_span(&self, path: &KeyPath) -> Span {
        self.tree.key_span(path).unwrap_or_else(|| self.span(path))
    }
}

fn span_of(tree: &Tree, path: &KeyPath) -> Span {
    nearest(tree, path).map_or(Span::new(0, 0), |value| value.span())
}

/// The value at a path, or the nearest one around it.
fn nearest<'tree>(tree: &'tree Tree, path: &KeyPath) -> Option<Value<'tree>> {
    let mut paths = std::iter::successors(Some(path.clone()), KeyPath::parent);
    paths.find_map(|path| tree.find(&path))
}

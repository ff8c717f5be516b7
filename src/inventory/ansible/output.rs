//! The JSON that a program printed, with the places of what is wrong with it.

use std::collections::BTreeMap;

use camino::Utf8Path;
use serde_json::{Map, Value as Json};

use crate::document::{Diagnostic, Source};
use crate::hjson::{self, KeyPath, Span, Tree};

/// What a program printed.
pub(super) struct Output {
    source: Source,
    /// The same text, for the places: JSON is HJSON.
    tree: Tree,
    pub(super) root: Map<String, Json>,
    errors: Vec<Diagnostic>,
}

impl Output {
    /// Reads an object in JSON; nothing else is an inventory.
    pub(super) fn read(program: &Utf8Path, bytes: &[u8]) -> Result<Self, Vec<Diagnostic>> {
        let tree = hjson::parse_bytes(bytes).tree;
        let source = Source::new(format!("{program} --list"), tree.source());
        let read = serde_json::from_slice::<Map<String, Json>>(bytes);
        match read {
            Ok(root) => Ok(Self {
                source,
                tree,
                root,
                errors: Vec::new(),
            }),
            Err(error) => Err(vec![not_json(&source, &error)]),
        }
    }

    /// What was found to be wrong, if anything was.
    pub(super) fn into_errors(self) -> Result<(), Vec<Diagnostic>> {
        match self.errors.is_empty() {
            true => Ok(()),
            false => Err(self.errors),
        }
    }

    /// The variables of every host that has its own.
    pub(super) fn host_variables(&mut self) -> BTreeMap<String, Map<String, Json>> {
        let path = KeyPath::from(["_meta", "hostvars"]);
        let meta = self.root.get("_meta").and_then(|meta| meta.get("hostvars"));
        let Some(Json::Object(hosts)) = meta.cloned() else {
            let message = "the output has no object `_meta.hostvars`";
            let help =
                "print the variables of all hosts there; ddt does not ask for each with `--host`";
            self.wrong("DDT202", message, &path, help);
            return BTreeMap::new();
        };
        let named = hosts.into_iter();
        named
            .map(|(host, variables)| {
                let path = path.clone().key(&host);
                let variables = self.object(Some(variables), &path);
                (host, variables)
            })
            .collect()
    }

    /// The object in a place; nothing is an empty one.
    pub(super) fn object(&mut self, value: Option<Json>, path: &KeyPath) -> Map<String, Json> {
        match value {
            Some(Json::Object(object)) => object,
            None | Some(Json::Null) => Map::new(),
            Some(_) => {
                self.wrong_type(path, "an object");
                Map::new()
            }
        }
    }

    /// The names in a place; nothing is no name.
    pub(super) fn names(&mut self, value: Option<&Json>, path: &KeyPath) -> Vec<String> {
        let items = match value {
            Some(Json::Array(items)) => items,
            None | Some(Json::Null) => return Vec::new(),
            Some(_) => {
                self.wrong_type(path, "an array of names");
                return Vec::new();
            }
        };
        let mut names = Vec::new();
        for (index, item) in items.iter().enumerate() {
            match item.as_str() {
                Some(name) => names.push(name.to_owned()),
                None => self.wrong_type(&path.clone().index(index), "a name"),
            }
        }
        names
    }

    pub(super) fn wrong_type(&mut self, path: &KeyPath, expected: &str) {
        let message = format!("`{path}` must be {expected}");
        let help = "print JSON as `ansible-inventory --list` does";
        self.wrong("DDT203", &message, path, help);
    }

    pub(super) fn wrong(&mut self, code: &'static str, message: &str, path: &KeyPath, help: &str) {
        let value = || self.tree.find(path).map(|value| value.span());
        let span = self.tree.key_span(path).or_else(value);
        let error = Diagnostic::error(message)
            .code(code)
            .at(&self.source, span.unwrap_or(Span::new(0, 0)), "")
            .about(path.clone())
            .help(help);
        self.errors.push(error);
    }
}

fn not_json(source: &Source, error: &serde_json::Error) -> Diagnostic {
    let text = source.text();
    let lines = text.split_inclusive('\n');
    let above: usize = lines
        .take(error.line().saturating_sub(1))
        .map(str::len)
        .sum();
    let place = text.floor_char_boundary(above + error.column().saturating_sub(1));
    Diagnostic::error(format!("the output is not an object in JSON: {error}"))
        .code("DDT001")
        .at(source, Span::new(place, place), "")
        .help("print JSON as `ansible-inventory --list` does, and nothing else")
}

//! Checks what a change of a document did to it.

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value as Json;

use crate::bundle::BundleDescriptor;
use crate::component::ComponentDefinition;
use crate::document::{Document, Safety};
use crate::hjson::{Segment, Value, Walk};
use crate::inventory::Inventory;
use crate::lint::kind::DocumentKind;
use crate::lint::subject::Subject;
use crate::lint::text::invisible_name;
use crate::manifest::Manifest;
use crate::project::Project;

/// Whether a change may stand: it breaks no syntax, and a safe one keeps what the document says.
pub(super) fn holds(before: &Subject, after: &Subject, safety: Safety) -> bool {
    let broken = |subject: &Subject| subject.parsed.errors.len();
    broken(after) <= broken(before) && (safety == Safety::Unsafe || says_the_same(before, after))
}

/// Whether two documents say the same. Of one that ddt refuses to read only its texts can be compared, and those without
/// the characters that nobody sees.
fn says_the_same(before: &Subject, after: &Subject) -> bool {
    match typed(before) {
        Some(value) => typed(after) == Some(value),
        None => texts(before) == texts(after),
    }
}

/// What a document says by its type; the order of members does not count.
fn typed(subject: &Subject) -> Option<Json> {
    match subject.kind {
        DocumentKind::Manifest => typed_as::<Manifest>(subject),
        DocumentKind::Inventory => typed_as::<Inventory>(subject),
        DocumentKind::Component => typed_as::<ComponentDefinition>(subject),
        DocumentKind::Bundle => typed_as::<BundleDescriptor>(subject),
        DocumentKind::Project => typed_as::<Project>(subject),
        DocumentKind::Lock | DocumentKind::Unknown => None,
    }
}

fn typed_as<T: Serialize + DeserializeOwned + JsonSchema>(subject: &Subject) -> Option<Json> {
    let schema = subject.kind.schema()?;
    let (source, tree) = (&subject.source, &subject.parsed.tree);
    let has_shape = schema.check(source, tree).is_empty();
    let document = Document::<T>::from_tree(source.clone(), tree.clone());
    let document = document.ok().filter(|_| has_shape)?;
    serde_json::to_value(document.value).ok()
}

/// Every scalar with its path, sorted; empty objects and arrays too.
fn texts(subject: &Subject) -> Vec<(Vec<String>, String)> {
    let mut walk = subject.parsed.tree.walk();
    let mut texts = Vec::new();
    while let Some(value) = walk.next() {
        texts.extend(text(&walk, value));
    }
    texts.sort();
    texts
}

fn text(walk: &Walk<'_>, value: Value<'_>) -> Option<(Vec<String>, String)> {
    let text = match value.style() {
        Some(_) => visible(&value.text()),
        None if value.members().next().is_none() && value.items().next().is_none() => {
            value.kind().to_string()
        }
        None => return None,
    };
    let path = walk.path();
    let segments = path.segments().iter().map(|segment| match segment {
        Segment::Key(key) => visible(key),
        Segment::Index(index) => format!("[{index}]"),
    });
    Some((segments.collect(), text))
}

fn visible(text: &str) -> String {
    let is_visible = |character: &char| invisible_name(*character).is_none();
    text.chars().filter(is_visible).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds_for(before: &str, after: &str, safety: Safety) -> bool {
        let subject =
            |text: &str| Subject::of_kind("a.hjson", text.as_bytes(), DocumentKind::Manifest);
        holds(&subject(before), &subject(after), safety)
    }

    fn manifest(inner: &str) -> String {
        format!(
            "{{\n  mzone: m1\n  components: {{\n    hostos: {{\n      packages: {{\n{inner}\n      }}\n    }}\n  }}\n}}\n"
        )
    }

    const TAG: &str = "tag: 1.2.3-20220622T070711Z_1412be2";

    #[test]
    fn a_safe_change_keeps_the_value() {
        let (one, other) = (
            format!("a: {{\n{TAG}\n}}"),
            "b: {\ntag: 1.2.4-20220622T070711Z_1412be2\n}",
        );
        let before = manifest(&format!("{one}\n{other}"));
        let swapped = manifest(&format!("{other}\n# moved\n{one}"));
        assert!(holds_for(&before, &swapped, Safety::Safe));
        assert!(!holds_for(&before, &manifest(&one), Safety::Safe));
        assert!(holds_for(&before, &manifest(&one), Safety::Unsafe));
        assert!(!holds_for(
            &before,
            &before.replace("m1", "m2"),
            Safety::Safe
        ));
    }

    #[test]
    fn what_was_a_number_for_a_bundle_stays_one() {
        let config =
            |value: &str| manifest(&format!("a: {{\n{TAG}\nconfig: {{\nx: {value}\n}}\n}}"));
        assert!(!holds_for(
            &config("3.10"),
            &config("\"3.10\""),
            Safety::Safe
        ));
        assert!(holds_for(
            &config("'3.10'"),
            &config("\"3.10\""),
            Safety::Safe
        ));
    }

    #[test]
    fn of_a_refused_document_the_texts_are_compared() {
        let refused = "{\n  mzone: m1\n  colour: 'x'\n  \u{a0}size: 3.10\n}\n";
        let same = "{\n  size: \"3.10\"\n  colour: x\n  mzone: m1\n}\n";
        assert!(holds_for(refused, same, Safety::Safe));
        assert!(!holds_for(
            refused,
            &same.replace("3.10", "3.1"),
            Safety::Safe
        ));
    }

    #[test]
    fn no_change_breaks_the_syntax() {
        assert!(!holds_for("{ a: 1 }", "{ a: x }", Safety::Unsafe));
        assert!(holds_for("{ a: x }", "{ a: 1 }", Safety::Unsafe));
    }
}

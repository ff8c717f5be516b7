//! Prints a value as plain HJSON that other parsers cannot misread.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write;

use super::member::{Items, Member};
use super::value::{Kind, Value};

/// A container whose entries are not all printed yet.
enum Open<'tree> {
    Object(std::vec::IntoIter<Member<'tree>>),
    Array(Items<'tree>),
}

/// Prints a value: every bracket and every value ends its line, keys and strings are in double quotes, numbers and
/// literals stand as in the source, and of repeated keys only the last is printed.
///
/// There are no commas, and there must be none: read into a string field, a number is taken up to the end of its line.
pub fn canonical(value: &Value<'_>) -> String {
    let mut printed = String::new();
    let mut open: Vec<Open<'_>> = start(*value, &mut printed).into_iter().collect();
    while let Some(container) = open.last_mut() {
        if let Some(next) = step(container, &mut printed) {
            open.extend(start(next, &mut printed));
        } else {
            printed.push_str(if matches!(container, Open::Object(_)) {
                "}\n"
            } else {
                "]\n"
            });
            open.pop();
        }
    }
    printed
}

/// Prints a scalar, or opens a container.
fn start<'tree>(value: Value<'tree>, printed: &mut String) -> Option<Open<'tree>> {
    match value.kind() {
        Kind::Object => {
            printed.push_str("{\n");
            return Some(Open::Object(effective_members(value).into_iter()));
        }
        Kind::Array => {
            printed.push_str("[\n");
            return Some(Open::Array(value.items()));
        }
        Kind::String => print_string(&value.text(), printed),
        Kind::Number | Kind::Bool | Kind::Null => printed.push_str(value.raw()),
    }
    printed.push('\n');
    None
}

/// Prints the key of the next entry, if it has one, and returns its value.
fn step<'tree>(container: &mut Open<'tree>, printed: &mut String) -> Option<Value<'tree>> {
    match container {
        Open::Array(items) => items.next(),
        Open::Object(members) => {
            let member = members.next()?;
            print_string(&member.key.text(), printed);
            printed.push_str(": ");
            Some(member.value)
        }
    }
}

/// Lists the members of an object without those that a later one repeats.
pub(super) fn effective_members(value: Value<'_>) -> Vec<Member<'_>> {
    let mut members: Vec<Member<'_>> = value.members().collect();
    let last: HashMap<Cow<'_, str>, usize> = members
        .iter()
        .enumerate()
        .map(|(number, member)| (member.key.text(), number))
        .collect();
    let mut numbers = 0..;
    members.retain(|member| last.get(&member.key.text()).copied() == numbers.next());
    members
}

/// Prints a text in double quotes, as JSON has them.
pub(super) fn print_string(text: &str, printed: &mut String) {
    printed.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => printed.extend(['\\', character]),
            '\n' => printed.push_str("\\n"),
            control if control.is_control() => {
                // Writing to a string cannot fail.
                let _ = write!(printed, "\\u{:04x}", u32::from(control));
            }
            other => printed.push(other),
        }
    }
    printed.push('"');
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::parse;
    use super::*;

    fn printed(source: &str) -> String {
        let parsed = parse(source);
        assert_eq!(parsed.errors, [], "{source}");
        canonical(&parsed.tree.root().expect("there is a root"))
    }

    #[test]
    fn every_value_ends_its_line() {
        insta::assert_snapshot!(printed("a: x, \"y\"\nlist: [1, true\n {}]\n'b': null, a: 3.10"), @r#"
        {
        "list": [
        1
        true
        {
        }
        ]
        "b": null
        "a": 3.10
        }
        "#);
    }

    #[test]
    fn a_number_typed_as_a_string_keeps_its_digits() {
        let text = printed("{a: 3.10\n b: 1e3, c: 887e123 }\n");
        let typed: BTreeMap<String, String> =
            deser_hjson::from_str(&text).expect("canonical text is readable");
        assert_eq!(
            typed.into_values().collect::<Vec<_>>(),
            ["3.10", "1e3", "887e123"]
        );
    }

    #[test]
    fn values_that_typing_would_alter_survive() {
        let text =
            printed("[\n *.deb\n //x\n 'aé'\n '''\n two\n  lines\n '''\n \"\\u0000\\u007f\"\n]");
        let typed: Vec<String> = deser_hjson::from_str(&text).expect("canonical text is readable");
        assert_eq!(typed, ["*.deb", "aé", "two\n lines", "\0\u{7f}"]);
    }
}

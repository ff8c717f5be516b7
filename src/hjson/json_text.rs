//! Prints a value as JSON, for every other tool.

use super::canonical::{effective_members, print_string};
use super::member::{Items, Member};
use super::value::{Kind, Value};

/// A container whose entries are not all printed yet.
struct Open<'tree> {
    entries: Entries<'tree>,
    /// What comes before the next entry.
    separator: &'static str,
}

enum Entries<'tree> {
    Members(std::vec::IntoIter<Member<'tree>>),
    Items(Items<'tree>),
}

/// Prints a value as JSON, two spaces per level, with a line break at the end. Members keep their order, of repeated keys
/// only the last is printed, and numbers keep all their digits.
pub fn json_text(value: &Value<'_>) -> String {
    let mut printed = String::new();
    let mut open: Vec<Open<'_>> = start(*value, &mut printed).into_iter().collect();
    while let Some(mut container) = open.pop() {
        let depth = open.len();
        match container.entries.next() {
            Some((key, value)) => {
                printed.push_str(container.separator);
                container.separator = ",";
                break_line(depth + 1, &mut printed);
                if let Some(key) = key {
                    print_string(&key, &mut printed);
                    printed.push_str(": ");
                }
                open.push(container);
                open.extend(start(value, &mut printed));
            }
            None => {
                if !container.separator.is_empty() {
                    break_line(depth, &mut printed);
                }
                printed.push(container.entries.closing_bracket());
            }
        }
    }
    printed.push('\n');
    printed
}

/// Prints a scalar, or opens a container.
fn start<'tree>(value: Value<'tree>, printed: &mut String) -> Option<Open<'tree>> {
    let entries = match value.kind() {
        Kind::Object => Entries::Members(effective_members(value).into_iter()),
        Kind::Array => Entries::Items(value.items()),
        Kind::String => {
            print_string(&value.text(), printed);
            return None;
        }
        Kind::Number | Kind::Bool | Kind::Null => {
            printed.push_str(value.raw());
            return None;
        }
    };
    printed.push(entries.opening_bracket());
    Some(Open {
        entries,
        separator: "",
    })
}

fn break_line(depth: usize, printed: &mut String) {
    printed.push('\n');
    printed.push_str(&"  ".repeat(depth));
}

impl<'tree> Entries<'tree> {
    /// Returns the next entry, with its key if it has one.
    fn next(&mut self) -> Option<(Option<std::borrow::Cow<'tree, str>>, Value<'tree>)> {
        match self {
            Self::Members(members) => {
                let member = members.next()?;
                Some((Some(member.key.text()), member.value))
            }
            Self::Items(items) => Some((None, items.next()?)),
        }
    }

    fn opening_bracket(&self) -> char {
        match self {
            Self::Members(_) => '{',
            Self::Items(_) => '[',
        }
    }

    fn closing_bracket(&self) -> char {
        match self {
            Self::Members(_) => '}',
            Self::Items(_) => ']',
        }
    }
}

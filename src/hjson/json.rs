//! Turns a value into untyped JSON.

use serde_json::{Map, Number, Value as Json};

use super::member::{Items, Members};
use super::value::{Kind, Value};

/// A container whose entries are not all converted yet.
enum Open<'tree> {
    Object {
        members: Members<'tree>,
        done: Map<String, Json>,
        key: String,
    },
    Array {
        items: Items<'tree>,
        done: Vec<Json>,
    },
}

/// Converts a value. Of repeated keys the last wins; whole numbers stay whole if they fit 64 bits, others become doubles.
pub fn to_json(value: &Value<'_>) -> Json {
    let mut open = Vec::new();
    let mut next = Some(*value);
    loop {
        let mut done = match next {
            Some(value) => match start(value) {
                Ok(scalar) => Some(scalar),
                Err(container) => {
                    open.push(container);
                    None
                }
            },
            None => open.pop().map(finish),
        };
        let Some(container) = open.last_mut() else {
            return done.unwrap_or_default();
        };
        next = step(container, done.take());
    }
}

/// Converts a scalar, or opens a container.
fn start(value: Value<'_>) -> Result<Json, Open<'_>> {
    match value.kind() {
        Kind::Object => Err(Open::Object {
            members: value.members(),
            done: Map::new(),
            key: String::new(),
        }),
        Kind::Array => Err(Open::Array {
            items: value.items(),
            done: Vec::new(),
        }),
        Kind::String => Ok(Json::String(value.text().into_owned())),
        Kind::Number => Ok(number(value.raw())),
        Kind::Bool => Ok(Json::Bool(value.raw() == "true")),
        Kind::Null => Ok(Json::Null),
    }
}

/// Keeps a converted entry, and returns the next one to convert.
fn step<'tree>(container: &mut Open<'tree>, converted: Option<Json>) -> Option<Value<'tree>> {
    match container {
        Open::Object { members, done, key } => {
            if let Some(json) = converted {
                done.insert(std::mem::take(key), json);
            }
            let member = members.next()?;
            *key = member.key.text().into_owned();
            Some(member.value)
        }
        Open::Array { items, done } => {
            done.extend(converted);
            items.next()
        }
    }
}

fn finish(container: Open<'_>) -> Json {
    match container {
        Open::Object { done, .. } => Json::Object(done),
        Open::Array { done, .. } => Json::Array(done),
    }
}

fn number(raw: &str) -> Json {
    let whole = raw
        .parse()
        .map(u64::into)
        .or_else(|_| raw.parse().map(i64::into));
    let number: Option<Number> = whole.ok().or_else(|| Number::from_f64(raw.parse().ok()?));
    number.map_or(Json::Null, Json::Number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::parse;
    use super::*;

    #[test]
    fn values_become_json() {
        let parsed = parse(
            "{a: [1, -2, 18446744073709551615, 18446744073709551616, 1.5e1, -0], b: {}, c: null, b: true}",
        );
        let root = parsed.tree.root().expect("there is a root");
        let numbers = json!([
            1,
            -2,
            18_446_744_073_709_551_615_u64,
            18_446_744_073_709_551_616.0,
            15.0,
            0
        ]);
        assert_eq!(to_json(&root), json!({"a": numbers, "b": true, "c": null}));
    }
}

//! Tests of the config schema: what is said, where, and what is never done.

use serde_json::{Value, json};

use super::{ConfigSchema, Part};

/// Everything that a schema says of a config.
fn said(schema: &Value, config: &Value) -> String {
    let schema = ConfigSchema::new(schema).expect("the schema is valid");
    let faults = schema.check(config);
    let lines = faults.iter().map(|fault| {
        let part = match fault.part {
            Part::Value => "value",
            Part::Key => "key",
            Part::Secret => "secret",
        };
        let help = fault.help.as_deref().unwrap_or("-");
        let description = fault.description.as_deref().unwrap_or("-");
        format!(
            "{part} {}: {} | {help} | {description}",
            fault.path, fault.message
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Everything that is wrong with a schema.
fn wrong(schema: &Value) -> String {
    let faults = ConfigSchema::new(schema).map(|_| "it is taken").err();
    let faults = faults.expect("the schema is invalid");
    let lines = faults.iter().map(|fault| {
        let help = fault.help.as_deref().unwrap_or("-");
        format!("{}: {} | {help}", fault.path, fault.message)
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn everything_wrong_is_said_at_once_with_its_place() {
    let schema = json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["workers", "listen"],
        "properties": {
            "workers": {"type": "integer", "minimum": 1, "maximum": 64},
            "listen": {"type": "string", "description": "where clients connect, HOST:PORT"},
            "level": {"enum": ["debug", "info", "error"]},
            "enabled": {"type": "boolean"},
            "name": {"type": "string", "pattern": "^[a-z]+$"},
            "peers": {"type": "array", "uniqueItems": true, "items": {"type": "string", "format": "ipv4"}},
        }
    });
    let config = json!({
        "workers": 0,
        "level": "inof",
        "enabled": "yes",
        "name": 3.1,
        "peers": ["10.0.0.1", "300.1.1.1"],
        "wrokers": 3,
        "zzz": {"a": "b"},
    });
    insta::assert_snapshot!(said(&schema, &config), @r#"
    value (root): `config` lacks `listen` | add `listen: …` | where clients connect, HOST:PORT
    value enabled: `config.enabled` must be `true` or `false`, found `yes` | write `true` or `false` | -
    value level: `config.level` cannot be `inof` | did you mean `info`? | -
    value name: `config.name` must be a text, found `3.1` | put it in quotes | -
    value peers[1]: `config.peers[1]` must be of the format `ipv4`, found `300.1.1.1` | - | -
    value workers: `config.workers` must be 1 or more, found `0` | - | -
    key wrokers: unknown key `wrokers` | did you mean `workers`? | -
    key zzz: unknown key `zzz` | known here: enabled, level, listen, name, peers, workers | -
    "#);
}

#[test]
fn sizes_and_forms_are_told_apart() {
    let schema = json!({
        "properties": {
            "a": {"minLength": 3}, "b": {"maxLength": 2}, "c": {"minItems": 1}, "d": {"maxItems": 1},
            "e": {"minProperties": 1}, "f": {"maxProperties": 1}, "g": {"uniqueItems": true},
            "h": {"contains": {"const": 1}}, "i": {"prefixItems": [{}], "items": false},
            "j": {"propertyNames": {"pattern": "^x"}}, "k": false,
            "l": {"anyOf": [{"type": "integer"}, {"enum": ["auto"]}]},
            "m": {"oneOf": [{"minimum": 1}, {"minimum": 2}]}, "n": {"not": {"const": "x"}},
            "o": {"exclusiveMinimum": 1}, "p": {"exclusiveMaximum": 1}, "q": {"multipleOf": 5},
            "r": {"const": "on"}, "s": {"type": ["integer", "null"]}, "t": {"maximum": 1},
        }
    });
    let config = json!({
        "a": "ab", "b": "abc", "c": [], "d": [1, 2], "e": {}, "f": {"a": 1, "b": 2}, "g": [1, 1],
        "h": [2], "i": [1, 2], "j": {"y": 1}, "k": 1, "l": "manual", "m": 3, "n": "x",
        "o": 1, "p": 1, "q": 7, "r": "off", "s": [], "t": 2,
    });
    insta::assert_snapshot!(said(&schema, &config), @r#"
    value a: `config.a` must have at least 3 characters | - | -
    value b: `config.b` must have at most 2 characters | - | -
    value c: `config.c` must have at least 1 item | - | -
    value d: `config.d` must have at most 1 item | - | -
    value e: `config.e` must have at least 1 key | - | -
    value f: `config.f` must have at most 1 key | - | -
    value g: `config.g` has the same item twice | - | -
    value h: `config.h` lacks an item that must be there | - | -
    key i[1]: `config.i[1]` may not be there | delete it | -
    value j: `config.j` may not have the key `y` | - | -
    key k: `config.k` may not be there | delete it | -
    value l: `config.l` has none of the forms that are taken | correct one of: `config.l` must be a whole number, found `manual`; `config.l` cannot be `manual` | -
    value m: `config.m` has several forms at once | - | -
    value n: `config.n` has a form that is not taken | - | -
    value o: `config.o` must be more than 1, found `1` | - | -
    value p: `config.p` must be less than 1, found `1` | - | -
    value q: `config.q` must be a multiple of 5, found `7` | - | -
    value r: `config.r` cannot be `off` | write `on` | -
    value s: `config.s` must be `null` or a whole number, found an array | - | -
    value t: `config.t` must be 1 or less, found `2` | - | -
    "#);
}

#[test]
fn values_are_quoted_short_and_secret_ones_not_at_all() {
    let schema = json!({"properties": {
        "token": {"type": "string", "writeOnly": true, "pattern": "^t-"},
        "password": {"type": "integer", "format": "password"},
        "motd": {"maximum": 1, "type": "integer"},
        "empty": {"type": "integer"},
    }});
    let config = json!({
        "token": "hunter2", "password": "hunter2", "motd": "x".repeat(500), "empty": "",
    });
    let said = said(&schema, &config);
    assert!(!said.contains("hunter2"));
    insta::assert_snapshot!(said, @r#"
    value empty: `config.empty` must be a whole number, found an empty text | write a number, without quotes, unit or comma | -
    value motd: `config.motd` must be a whole number, found `xxxxxxxxxxxxxxxxxxxxxxxx…` | write a number, without quotes, unit or comma | -
    secret password: `config.password` is not as its `type` wants it | correct it; it is a secret, and not shown | -
    secret token: `config.token` is not as its `pattern` wants it | correct it; it is a secret, and not shown | -
    "#);
}

#[test]
fn a_secret_stays_one_behind_a_reference_a_choice_and_an_object() {
    let schema = json!({
        "$defs": {"word": {"pattern": "^t-"}, "hidden": {"writeOnly": true, "pattern": "^t-"}},
        "properties": {
            "a": {"$ref": "#/$defs/word", "writeOnly": true},
            "b": {"$ref": "#/$defs/hidden"},
            "c": {"anyOf": [{"$ref": "#/$defs/word"}, {"type": "integer"}], "writeOnly": true},
            "d": {"anyOf": [{"$ref": "#/$defs/hidden"}, {"writeOnly": true, "type": "integer"}]},
            "e": {"properties": {"inner": {"maxLength": 1, "pattern": "^t-"}}, "writeOnly": true},
        },
    });
    let config = json!({
        "a": "hunter2", "b": "hunter2", "c": "hunter2", "d": "hunter2", "e": {"inner": "hunter2"},
    });
    let said = said(&schema, &config);
    assert!(!said.contains("hunter2"), "{said}");
    assert_eq!(said.matches("secret ").count(), 5, "{said}");
}

#[test]
fn a_config_that_the_schema_takes_is_taken() {
    let schema = json!({"$ref": "#/$defs/a", "$defs": {"a": {"type": "object"}}});
    assert_eq!(said(&schema, &json!({"a": 1})), "");
}

#[test]
fn an_invalid_schema_is_told_by_its_places() {
    insta::assert_snapshot!(wrong(&json!({"type": "objekt", "properties": {"a": {"minimum": "x"}}, "required": "a"})), @r#"
    properties.a.minimum: `config.properties.a.minimum` must be a number, found `x` | write a number, without quotes, unit or comma
    required: `config.required` must be an array, found `a` | -
    type: `config.type` has none of the forms that are taken | did you mean `object`?
    "#);
    insta::assert_snapshot!(wrong(&json!({"properties": {"a": {"pattern": "("}}})), @"properties.a.pattern: `config.properties.a.pattern` must be of the format `regex`, found `(` | -");
    insta::assert_snapshot!(wrong(&json!({"$schema": "https://example.com/mine"})), @r#""$schema": `$schema` names a version of JSON Schema that is not known: `https://example.com/mine` | write `https://json-schema.org/draft/2020-12/schema`, or leave it out"#);
}

#[test]
fn nothing_is_fetched() {
    insta::assert_snapshot!(wrong(&json!({"properties": {"a": {"$ref": "http://127.0.0.1:1/x.json"}}})), @r#"properties.a."$ref": `$ref` leaves the schema, and nothing is fetched: `http://127.0.0.1:1/x.json` | put what it leads to under `$defs`, and write `#/$defs/NAME`"#);
    insta::assert_snapshot!(wrong(&json!({"allOf": [{"$ref": "file:///etc/passwd"}]})), @r#"allOf[0]."$ref": `$ref` leaves the schema, and nothing is fetched: `file:///etc/passwd` | put what it leads to under `$defs`, and write `#/$defs/NAME`"#);
    insta::assert_snapshot!(wrong(&json!({"$ref": "#/$defs/absent"})), @r#""$ref": `$ref` leads nowhere: `/$defs/absent` | put what it leads to under `$defs`, and write `#/$defs/NAME`"#);
    insta::assert_snapshot!(wrong(&json!({"$ref": "#absent"})), @r#""$ref": `$ref` leads nowhere: `absent` | put what it leads to under `$defs`, and write `#/$defs/NAME`"#);
}

#[test]
fn what_several_vocabularies_say_is_said_once() {
    insta::assert_snapshot!(wrong(&json!({"items": [{"type": "integer"}]})), @"items: `config.items` must be `true` or `false` or an object, found an array | -");
}

#[test]
fn a_schema_that_leads_back_to_itself_ends() {
    for schema in [
        json!({"$ref": "#"}),
        json!({"allOf": [{"$ref": "#"}]}),
        json!({"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"}),
        json!({"$dynamicAnchor": "x", "$dynamicRef": "#x"}),
        json!({"properties": {"x": {"$ref": "#"}}}),
    ] {
        assert_eq!(said(&schema, &json!({"x": {"x": {}}})), "", "{schema}");
    }
}

#[test]
fn a_costly_pattern_is_an_error_and_not_a_wait() {
    let schema = json!({"properties": {"x": {"pattern": "^(a|aa)+\\1$"}}});
    let config = json!({"x": "a".repeat(40) + "b"});
    insta::assert_snapshot!(said(&schema, &config), @"value x: `config.x` cannot be checked: the pattern is too costly | - | -");
}

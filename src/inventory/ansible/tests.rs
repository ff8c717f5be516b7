#![expect(clippy::unwrap_used, reason = "a test ends where a value is missing")]

use proptest::prelude::*;

use super::*;
use crate::document::{Document, Source};
use crate::inventory::{Inventory, select};

const PRINTED: &str = r#"{
  "_meta": {
    "hostvars": {
      "web-1": { "ansible_host": "192.0.2.1", "ansible_port": "2222", "rack": "a" },
      "db-1": { "ddt_labels": { "rack": "b" }, "ansible_user": null },
      "elsewhere": {}
    }
  },
  "all": {
    "children": [ "ungrouped", "site", "spare" ],
    "vars": { "ansible_user": "deploy", "ddt_mzone": "mzone7204", "ddt_protected": "yes" }
  },
  "site": { "children": [ "web", "db" ], "vars": { "ansible_port": 22, "ddt_arch": "x86_64" } },
  "web": { "hosts": [ "web-1" ], "vars": { "ddt_arch": "aarch64" } },
  "db": [ "db-1" ],
  "spare": {}
}"#;

fn said(printed: &str) -> String {
    match translated("zones/hosts.py".into(), printed.as_bytes()) {
        Ok(text) => text,
        Err(errors) => {
            let lines = errors.iter().map(|error| {
                let label = error.primary().unwrap();
                let place = label.source.position(label.span.start);
                let code = error.code.unwrap_or_default();
                format!("{place} {code} {}", error.message)
            });
            lines.collect::<Vec<_>>().join("\n")
        }
    }
}

#[test]
fn is_an_inventory_in_ddts_own_keys() {
    let text = said(PRINTED);
    insta::assert_snapshot!(text);
    let inventory = Document::<Inventory>::read(Source::new("hosts.py", text));
    let inventory = inventory.unwrap().value;
    let selected = select(&inventory, "@site,!@web", &BTreeMap::new()).unwrap();
    assert_eq!(selected.len(), 1);
}

#[test]
fn the_zone_is_named_by_the_program_where_nothing_else_does() {
    let text = said(r#"{ "_meta": { "hostvars": {} }, "web": [ "web-1" ] }"#);
    assert!(text.contains(r#""mzone": "hosts""#), "{text}");
}

#[test]
fn says_what_is_wrong_and_where() {
    let wrong = [
        "",
        "Traceback (most recent call last):\n  …",
        "[]",
        "{ \"all\": 1 }",
        "{}",
        r#"{ "_meta": { "hostvars": { "a": 7 } }, "web": { "hosts": "a" } }"#,
        r#"{ "_meta": { "hostvars": {} }, "web": { "hosts": [ "a", 1 ] } }"#,
        r#"{ "_meta": { "hostvars": {} }, "a b": [] }"#,
        r#"{ "_meta": { "hostvars": {} }, "a": { "children": ["b"] }, "b": { "children": ["a"] } }"#,
    ];
    insta::assert_snapshot!(wrong.map(said).join("\n"));
}

#[test]
fn groups_that_multiply_are_refused() {
    let hosts: Vec<String> = (0..2_000).map(|number| format!("h{number}")).collect();
    let mut printed = json!({ "_meta": { "hostvars": {} }, "g0": hosts });
    for number in 1..1_000 {
        printed[format!("g{number}")] = json!({ "children": [format!("g{}", number - 1)] });
    }
    let text = said(&printed.to_string());
    assert!(text.contains("more than 1000000 members"), "{text}");
}

proptest! {
    #[test]
    fn any_output_is_read_or_refused(printed in "[\\[\\]{}\",:a-c_ ]{0,40}") {
        let _ = translated("hosts".into(), printed.as_bytes());
    }
}

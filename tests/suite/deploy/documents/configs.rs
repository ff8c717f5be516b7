//! A package's `config` is what its bundle's schema takes, or nothing is started.

use super::refused;
use crate::support::snapshot::assert_said;
use crate::support::zone::Zone;
use snapbox::str;

const PACKAGE: &str = "hostos-boot-release";

const SCHEMA: &str = r#"config: {
  "type": "object",
  "additionalProperties": false,
  "required": [ "listen" ],
  "properties": {
    "listen": { "type": "string", "description": "where clients connect, HOST:PORT" },
    "workers": { "type": "integer", "minimum": 1, "maximum": 64 },
    "level": { "enum": [ "debug", "info", "error" ] },
    "peers": { "type": "array", "items": { "type": "string" } },
    "token": { "type": "string", "writeOnly": true, "pattern": "^t-" }
  }
}"#;

/// A zone with one package that is handed a config, and whose bundle has a schema.
fn zone(config: &str) -> Zone {
    let mut zone = Zone::hostos(&["node-1"]);
    zone.release(PACKAGE).descriptor(SCHEMA).entry(config);
    zone.write_documents();
    zone
}

#[test]
fn all_that_a_bundle_does_not_take() {
    let config = "config: {\n            wrokers: 3\n            workers: 99\n            level: inof\n            \
                  peers: [\n              a\n              2\n            ]\n          }";
    assert_said(
        &refused(&zone(config)),
        str![[r#"
error: `config` lacks `listen`
    ╭─[manifest.hjson:9:19]
  8 │           tag: 3.0.6-20220602T124916Z_887ca13
  9 │           config: {
    ·                   ─
 10 │             wrokers: 3
    ╰────
  note: the config schema of hostos-boot-release:3.0.6-20220602T124916Z_887ca13 wants it so
  note: the bundle says: where clients connect, HOST:PORT
  help: add `listen: …`

error: unknown key `wrokers`
    ╭─[manifest.hjson:10:13]
  9 │           config: {
 10 │             wrokers: 3
    ·             ───────
 11 │             workers: 99
    ╰────
  note: the config schema of hostos-boot-release:3.0.6-20220602T124916Z_887ca13 wants it so
  help: did you mean `workers`?

error: `config.workers` must be 64 or less, found `99`
    ╭─[manifest.hjson:11:22]
 10 │             wrokers: 3
 11 │             workers: 99
    ·                      ──
 12 │             level: inof
    ╰────
  note: the config schema of hostos-boot-release:3.0.6-20220602T124916Z_887ca13 wants it so

error: `config.level` cannot be `inof`
    ╭─[manifest.hjson:12:20]
 11 │             workers: 99
 12 │             level: inof
    ·                    ────
 13 │             peers: [
    ╰────
  note: the config schema of hostos-boot-release:3.0.6-20220602T124916Z_887ca13 wants it so
  help: did you mean `info`?

error: `config.peers[1]` must be a text, found `2`
    ╭─[manifest.hjson:15:15]
 14 │               a
 15 │               2
    ·               ─
 16 │             ]
    ╰────
  note: the config schema of hostos-boot-release:3.0.6-20220602T124916Z_887ca13 wants it so
  help: put it in quotes

5 errors
error: not every `config` is what its release bundle takes; nothing was started

"#]],
    );
}

#[test]
fn a_config_that_is_left_out_and_must_not_be() {
    assert_said(
        &refused(&zone("")),
        str![[r#"
error: `config` lacks `listen`
   ╭─[manifest.hjson:7:9]
 6 │       packages: {
 7 │         hostos-boot-release: {
   ·         ───────────────────
 8 │           tag: 3.0.6-20220602T124916Z_887ca13
   ╰────
  note: the config schema of hostos-boot-release:3.0.6-20220602T124916Z_887ca13 wants it so
  note: the bundle says: where clients connect, HOST:PORT
  help: add `listen: …`

1 error
error: not every `config` is what its release bundle takes; nothing was started

"#]],
    );
}

#[test]
fn a_secret_in_a_config_is_not_shown() {
    let config = "config: {\n            listen: a:1\n            token: hunter2\n          }";
    let said = refused(&zone(config));
    assert!(!said.contains("hunter2"));
    assert_said(
        &said,
        str![[r#"
error: `config.token` is not as its `pattern` wants it
   ╭─[manifest.hjson:7:9]
 6 │       packages: {
 7 │         hostos-boot-release: {
   ·         ───────────────────
 8 │           tag: 3.0.6-20220602T124916Z_887ca13
   ╰────
  note: the config schema of hostos-boot-release:3.0.6-20220602T124916Z_887ca13 wants it so
  help: correct it; it is a secret, and not shown

1 error
error: not every `config` is what its release bundle takes; nothing was started

"#]],
    );
}

#[test]
fn every_verb_that_would_need_it_refuses_a_config() {
    let zone = zone("config: {\n            listen: 8080\n          }");
    for verb in [
        &["plan", "manifest.hjson"] as &[&str],
        &["deploy", "manifest.hjson", "--dry-run"],
        &["deploy", "manifest.hjson"],
    ] {
        zone.run(verb)
            .exits(2)
            .says("`config.listen` must be a text, found `8080`")
            .says("put it in quotes");
    }
    assert!(!zone.path("nodes").exists(), "a node was touched");
}

#[test]
fn a_config_that_the_bundle_takes() {
    let zone = zone("config: {\n            listen: \"8080\"\n            workers: 3\n          }");
    zone.run(&["deploy", "manifest.hjson"]).exits(0);
}

#[test]
fn a_schema_that_is_none() {
    let mut zone = Zone::hostos(&["node-1"]);
    zone.release(PACKAGE).descriptor(
        "config: {\n  \"type\": \"objekt\",\n  \"properties\": { \"a\": { \"minimum\": \"x\" } }\n}",
    );
    zone.write_documents();
    assert_said(
        &refused(&zone),
        str![[r#"
error: the config schema of hostos-boot-release is invalid: `config.properties.a.minimum` must be a number, found `x`
   ╭─[bundles/hostos-boot-release/3.0.6-20220602T124916Z_887ca13/bundle.hjson:5:37]
 4 │   "type": "objekt",
 5 │   "properties": { "a": { "minimum": "x" } }
   ·                                     ───
 6 │ }
   ╰────
  note: hostos-boot-release in manifest.hjson uses this bundle
  help: write a number, without quotes, unit or comma

error: the config schema of hostos-boot-release is invalid: `config.type` has none of the forms that are taken
   ╭─[bundles/hostos-boot-release/3.0.6-20220602T124916Z_887ca13/bundle.hjson:4:11]
 3 │ config: {
 4 │   "type": "objekt",
   ·           ────────
 5 │   "properties": { "a": { "minimum": "x" } }
   ╰────
  note: hostos-boot-release in manifest.hjson uses this bundle
  help: did you mean `object`?

2 errors
error: not every release bundle can be taken; nothing was started

"#]],
    );
}

#[test]
fn a_schema_that_is_elsewhere_is_not_fetched() {
    let mut zone = Zone::hostos(&["node-1"]);
    zone.release(PACKAGE)
        .descriptor("config: { \"$ref\": \"http://127.0.0.1:1/schema.json\" }");
    zone.write_documents();
    assert_said(
        &refused(&zone),
        str![[r#"
error: the config schema of hostos-boot-release is invalid: `$ref` leaves the schema, and nothing is fetched: `http://127.0.0.1:1/schema.json`
   ╭─[bundles/hostos-boot-release/3.0.6-20220602T124916Z_887ca13/bundle.hjson:3:19]
 2 │ tag: 3.0.6-20220602T124916Z_887ca13
 3 │ config: { "$ref": "http://127.0.0.1:1/schema.json" }
   ·                   ────────────────────────────────
 4 │ steps: {
   ╰────
  note: hostos-boot-release in manifest.hjson uses this bundle
  help: put what it leads to under `$defs`, and write `#/$defs/NAME`

1 error
error: not every release bundle can be taken; nothing was started

"#]],
    );
}

#[test]
fn a_bundle_with_an_invalid_schema_is_neither_built_nor_shown() {
    let mut zone = Zone::hostos(&["node-1"]);
    zone.release(PACKAGE)
        .descriptor("config: { \"type\": \"objekt\" }");
    zone.write_documents();
    let tree = format!("bundles/{PACKAGE}/3.0.6-20220602T124916Z_887ca13");
    for verb in [
        &["bundle", "inspect", &tree] as &[&str],
        &["bundle", "build", &tree, "-o", "layout"],
    ] {
        zone.run(verb)
            .exits(2)
            .says("the config schema of hostos-boot-release is invalid");
    }
    assert!(!zone.path("layout").exists(), "a layout was made");
}

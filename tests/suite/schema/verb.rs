//! `ddt schema`.

use crate::support::ddt::Workspace;
use crate::support::process::{Ended, Running};
use crate::support::snapshot::assert_said;
use crate::support::zone::Zone;
use ddt::schemas::SchemaKind;
use snapbox::str;
use std::fs;
use std::path::Path;

fn run(workspace: &Workspace, arguments: &[&str]) -> Ended {
    let command = workspace.ddt(arguments.iter().copied());
    Running::start(command, &workspace.path()).end()
}

#[test]
fn prints_the_files_of_the_folder_schemas() {
    let workspace = Workspace::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    for kind in SchemaKind::ALL {
        let printed = run(&workspace, &["schema", kind.name()]).exits(0).stdout;
        let committed = fs::read_to_string(folder.join(kind.file_name()));
        assert_eq!(printed, committed.expect("a schema"), "{}", kind.name());
    }
}

#[test]
fn prints_what_a_bundle_takes() {
    let workspace = Workspace::new();
    run(&workspace, &["bundle", "new", "demo"]).exits(0);
    let said = run(&workspace, &["schema", "config", "demo"]).exits(0);
    assert_said(
        &said.stdout,
        str![[r#"
{
  "additionalProperties": false,
  "properties": {},
  "type": "object"
}

"#]],
    );
}

#[test]
fn a_bundle_without_a_schema_takes_anything() {
    let zone = Zone::hostos(&["node-1"]);
    zone.write_documents();
    let bundle = "dir:bundles/hostos-boot-release:3.0.6-20220602T124916Z_887ca13";
    let said = zone.run(&["schema", "config", bundle]).exits(0);
    assert_said(
        &said.stdout,
        str![[r#"
{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "description": "hostos-boot-release:3.0.6-20220602T124916Z_887ca13 has no config schema: it takes any config",
  "type": "object"
}

"#]],
    );
}

#[test]
fn says_what_is_wrong() {
    let workspace = Workspace::new();
    let said: Vec<String> = [
        &["schema", "manifst"] as &[&str],
        &["schema", "config"],
        &["schema", "config", "absent"],
        &["schema", "config", "dir:layout/demo:0.1.0"],
    ]
    .into_iter()
    .map(|arguments| {
        let ended = run(&workspace, arguments).exits(2);
        assert_eq!(ended.stdout, "", "{arguments:?}");
        format!("$ ddt {}\n{}", arguments.join(" "), ended.stderr)
    })
    .collect();
    assert_said(
        &said.join("\n"),
        str![[r#"
$ ddt schema manifst
error: unrecognized subcommand 'manifst'

  tip: a similar subcommand exists: 'manifest'

Usage: ddt schema [OPTIONS] <COMMAND>

For more information, try '--help'.

$ ddt schema config
error: the following required arguments were not provided:
  <BUNDLE>

Usage: ddt schema config <BUNDLE>

For more information, try '--help'.

$ ddt schema config absent
error: `absent` is no directory and no bundle
  cause: `absent` is not a reference; write REPO/NAME:TAG

$ ddt schema config dir:layout/demo:0.1.0
error: cannot take the bundle dir:layout/demo:0.1.0
  cause: layout is not a directory; correct the `dir:` path, or create it

"#]],
    );
}

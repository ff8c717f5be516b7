//! `ddt fmt` on real files.

use std::collections::BTreeMap;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output, Stdio};

use snapbox::{data::Inline, str};

use super::support::ddt::Workspace;
use super::support::snapshot::assert_said;

const UNTIDY: &str = "{\n    mzone:   m1 // no comment\n\n\n\n  list: [1,2], # a comment\n}";
const TIDY: &str = "{\n  mzone: m1 // no comment\n\n  list: [ 1, 2 ] # a comment\n}\n";
const BROKEN: &str = "{ mzone: m1 }\n";

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// What a run printed on both streams, and how it ended.
fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
    let code = output.status.code().expect("an exit code");
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    format!("{out}{err}exit code {code}\n")
}

#[track_caller]
fn assert_ddt(workspace: &Workspace, arguments: &[&str], snapshot: Inline) {
    let output = workspace.ddt(arguments.iter().copied()).output();
    assert_said(&said(&output.expect("ddt runs")), snapshot);
}

/// A run with something on standard input.
fn with_input(workspace: &Workspace, arguments: &[&str], input: &str) -> Output {
    let mut command = workspace.ddt(arguments.iter().copied());
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn().expect("ddt starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(input.as_bytes()).expect("it reads");
    drop(stdin);
    child.wait_with_output().expect("it ends")
}

fn read(workspace: &Workspace, name: &str) -> String {
    std::fs::read_to_string(workspace.path().join(name)).expect("a file")
}

#[test]
fn files_are_formatted_in_place() {
    let workspace = Workspace::new();
    let path = workspace.write("zones/a.hjson", UNTIDY);
    workspace.write("zones/b.hjson", TIDY);
    workspace.write("zones/.hidden/c.hjson", UNTIDY);
    workspace.write("zones/notes.txt", UNTIDY);
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).expect("permissions");
    assert_ddt(
        &workspace,
        &["fmt"],
        str![[r#"
formatted zones/a.hjson
1 file formatted, 1 unchanged
exit code 0

"#]],
    );
    assert_eq!(read(&workspace, "zones/a.hjson"), TIDY);
    assert_eq!(read(&workspace, "zones/.hidden/c.hjson"), UNTIDY);
    let mode = path.metadata().expect("the file").permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    assert_ddt(
        &workspace,
        &["fmt", "zones"],
        str![[r#"
2 files unchanged
exit code 0

"#]],
    );
}

#[test]
fn a_check_changes_nothing_and_tells() {
    let workspace = Workspace::new();
    workspace.write("a.hjson", UNTIDY);
    workspace.write("b.hjson", TIDY);
    assert_ddt(
        &workspace,
        &["fmt", "--check"],
        str![[r#"
would format a.hjson
1 file would be formatted, 1 unchanged
exit code 1

"#]],
    );
    assert_eq!(read(&workspace, "a.hjson"), UNTIDY);
    assert_ddt(
        &workspace,
        &["fmt", "--check", "b.hjson"],
        str![[r#"
1 file unchanged
exit code 0

"#]],
    );
}

#[test]
fn a_diff_changes_nothing_and_shows() {
    let workspace = Workspace::new();
    workspace.write("a.hjson", UNTIDY);
    assert_ddt(
        &workspace,
        &["fmt", "--diff", "a.hjson"],
        str![[r#"
--- a.hjson
+++ a.hjson
@@ -1,7 +1,5 @@
 {
-    mzone:   m1 // no comment
+  mzone: m1 // no comment
 
-
-
-  list: [1,2], # a comment
-}
\ No newline at end of file
+  list: [ 1, 2 ] # a comment
+}
exit code 1

"#]],
    );
    assert_eq!(read(&workspace, "a.hjson"), UNTIDY);
    workspace.write("a.hjson", TIDY);
    assert_ddt(
        &workspace,
        &["fmt", "--diff", "--check"],
        str![[r#"
exit code 0

"#]],
    );
}

#[test]
fn standard_input_is_formatted_to_standard_output() {
    let workspace = Workspace::new();
    let formatted = with_input(&workspace, &["fmt", "-"], UNTIDY);
    assert_eq!(said(&formatted), format!("{TIDY}exit code 0\n"));
    let unchanged = with_input(&workspace, &["fmt", "-"], TIDY);
    assert_eq!(said(&unchanged), format!("{TIDY}exit code 0\n"));
    let named = ["fmt", "-", "--check", "--stdin-filename", "zones/a.hjson"];
    let checked = with_input(&workspace, &named, UNTIDY);
    assert_said(
        &said(&checked),
        str![[r#"
would format zones/a.hjson
exit code 1

"#]],
    );
    let broken = with_input(&workspace, &["fmt", "-"], BROKEN);
    assert_said(
        &said(&broken),
        str![[r#"
error[DDT002]: `{` opened at 1:1 never closes
   ╭─[stdin.hjson:1:1]
 1 │ { mzone: m1 }
   · ─        ──┬─
   · │          ╰── `m1 }` was read as one string, up to the end of the line
   ╰────
  help: put `}` on its own line; an unquoted string runs to the end of its line

1 error
error: 1 file is not HJSON; it stays as it is
exit code 2

"#]],
    );
}

#[test]
fn what_cannot_be_read_stays_as_it_is() {
    let workspace = Workspace::new();
    workspace.write("a.hjson", BROKEN);
    workspace.write("b.hjson", UNTIDY);
    workspace.write("c.hjson", "\u{feff}a: 1\n");
    assert_ddt(
        &workspace,
        &["fmt"],
        str![[r#"
formatted b.hjson
1 file formatted
error[DDT002]: `{` opened at 1:1 never closes
   ╭─[a.hjson:1:1]
 1 │ { mzone: m1 }
   · ─        ──┬─
   · │          ╰── `m1 }` was read as one string, up to the end of the line
   ╰────
  help: put `}` on its own line; an unquoted string runs to the end of its line

error[DDT003]: the file starts with a byte order mark; some parsers read the whole file as one string
   ╭─[c.hjson:1:1]
 1 │ \u{feff}a: 1
   · ────────
   ╰────
  help: delete the first three bytes of the file; save it as UTF-8 without BOM

2 errors
error: 2 files are not HJSON; they stay as they are
exit code 2

"#]],
    );
    assert_eq!(read(&workspace, "a.hjson"), BROKEN);
    assert_eq!(read(&workspace, "b.hjson"), TIDY);
    assert_ddt(
        &workspace,
        &["fmt", "a.hjson", "--check"],
        str![[r#"
error[DDT002]: `{` opened at 1:1 never closes
   ╭─[a.hjson:1:1]
 1 │ { mzone: m1 }
   · ─        ──┬─
   · │          ╰── `m1 }` was read as one string, up to the end of the line
   ╰────
  help: put `}` on its own line; an unquoted string runs to the end of its line

1 error
error: 1 file is not HJSON; it stays as it is
exit code 2

"#]],
    );
}

#[test]
fn a_document_becomes_json_with_its_order_and_digits() {
    let workspace = Workspace::new();
    workspace.write(
        "a.hjson",
        "# lost\nz: 3.10\na: [no, \"x\\ty\"\n'''\ntwo\nlines\n''']\nz: 18446744073709551616\ne: {}, l: []\n",
    );
    assert_ddt(
        &workspace,
        &["fmt", "--to", "json", "a.hjson"],
        str![[r#"
{
  "a": [
    "no, \"x\\ty\"",
    "two\nlines"
  ],
  "z": 18446744073709551616,
  "e": {},
  "l": []
}
exit code 0

"#]],
    );
    let output = with_input(&workspace, &["fmt", "--to", "json", "-"], BROKEN);
    assert_said(
        &said(&output),
        str![[r#"
error[DDT002]: `{` opened at 1:1 never closes
   ╭─[stdin.hjson:1:1]
 1 │ { mzone: m1 }
   · ─        ──┬─
   · │          ╰── `m1 }` was read as one string, up to the end of the line
   ╰────
  help: put `}` on its own line; an unquoted string runs to the end of its line

1 error
error: stdin.hjson is not HJSON
exit code 2

"#]],
    );
}

#[test]
fn the_sample_manifest_is_json_for_other_tools() {
    let workspace = Workspace::new();
    let sample = format!("{ROOT}/manifests/hostos/mzone7204.hjson");
    let output = workspace.ddt(["fmt", "--to", "json", &sample]).output();
    let output = output.expect("ddt runs").stdout;
    let json: serde_json::Value = serde_json::from_slice(&output).expect("JSON");
    let boot = &json["components"]["hostos"]["packages"]["hostos-boot-release"];
    assert_eq!(boot["tag"], "3.0.6-20220602T124916Z_887ca13");
    assert_eq!(boot["forcereboot"], "yes");
}

#[test]
fn json_becomes_hjson() {
    let workspace = Workspace::new();
    let json = r#"{"mzone":"m1","tag":"3.10","notes":"one\ntwo","flags":["--verbose"],"empty":""}"#;
    workspace.write("a.json", json);
    assert_ddt(
        &workspace,
        &["fmt", "--to", "hjson", "a.json"],
        str![[r#"
{
  mzone: m1
  tag: "3.10"
  notes:
    '''
    one
    two
    '''
  flags: [ "--verbose" ]
  empty: ""
}
exit code 0

"#]],
    );
    assert_ddt(
        &workspace,
        &["fmt", "a.json"],
        str![[r#"
error: a.json is JSON, and formatted it would be HJSON
  help: `ddt fmt --to hjson a.json` prints it as HJSON
exit code 2

"#]],
    );
    assert_eq!(read(&workspace, "a.json"), json);
}

#[test]
fn wrong_calls_say_what_to_type() {
    let workspace = Workspace::new();
    assert_ddt(
        &workspace,
        &["fmt"],
        str![[r#"
error: there is no `.hjson` file to format
  help: name a file, or a directory with `.hjson` files
exit code 3

"#]],
    );
    workspace.write("a.hjson", UNTIDY);
    workspace.write("b.hjson", UNTIDY);
    assert_ddt(
        &workspace,
        &["fmt", "c.hjson"],
        str![[r#"
error: there is no file or directory `c.hjson`
  help: name a file, or a directory with `.hjson` files
exit code 3

"#]],
    );
    assert_ddt(
        &workspace,
        &["fmt", "--to", "json"],
        str![[r#"
error: `--to` prints one document, not 2
  help: name one file, or `-` for standard input
exit code 2

"#]],
    );
    assert_ddt(
        &workspace,
        &["fmt", "-", "a.hjson"],
        str![[r#"
error: standard input is printed, files are changed: not both at once
  help: name `-` alone
exit code 2

"#]],
    );
    assert_ddt(
        &workspace,
        &["fmt", "--to", "json", "--check"],
        str![[r#"
error: the argument '--to <FORM>' cannot be used with '--check'

Usage: ddt fmt --to <FORM> [PATHS]...

For more information, try '--help'.
exit code 2

"#]],
    );
    assert_eq!(read(&workspace, "a.hjson"), UNTIDY);
}

#[test]
fn a_project_that_cannot_be_read_is_not_in_the_way() {
    let workspace = Workspace::new();
    workspace.write("ddt.hjson", "{registrys: {}}\n");
    assert_ddt(
        &workspace,
        &["fmt"],
        str![[r#"
formatted ddt.hjson
1 file formatted
exit code 0

"#]],
    );
}

#[test]
fn the_documents_of_this_project_are_formatted() {
    let documents = ["ddt.hjson", "manifests", "schemas", "src"];
    let workspace = Workspace::new();
    let mut command = workspace.ddt(["fmt", "--check"]);
    let output = command.args(documents).current_dir(ROOT).output();
    let said = said(&output.expect("ddt runs"));
    assert!(said.ends_with("unchanged\nexit code 0\n"), "{said}");
}

/// What a document gets wrong must still be seen after it was formatted.
#[test]
fn formatting_hides_nothing_from_the_linter() {
    let workspace = Workspace::new();
    let copied = Command::new("cp")
        .args(["-R", "fixtures/lint"])
        .arg(workspace.path())
        .current_dir(ROOT)
        .status();
    assert!(copied.expect("cp runs").success());
    let before = findings(&workspace);
    let formatted = workspace.ddt(["fmt", "lint"]).output();
    assert_eq!(formatted.expect("ddt runs").status.code(), Some(2));
    assert!(before.len() > 20, "the fixtures have findings");
    assert_eq!(findings(&workspace), before);
}

/// The codes that the linter finds, by file, but for the separators that formatting puts right.
fn findings(workspace: &Workspace) -> BTreeMap<String, Vec<String>> {
    let output = workspace
        .ddt(["lint", "lint", "--output", "concise"])
        .output();
    let text = String::from_utf8(output.expect("ddt runs").stdout).expect("text");
    let mut findings: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.contains("DDT109")) {
        let (path, rest) = line.split_once(':').expect("a path");
        let code = rest.split(['[', ']']).nth(1).expect("a code");
        findings
            .entry(path.to_owned())
            .or_default()
            .push(code.to_owned());
    }
    findings.values_mut().for_each(|codes| codes.sort());
    findings
}

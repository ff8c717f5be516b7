//! `ddt lsp` and an editor.

mod client;

use serde_json::{Value, json};

use crate::support::ddt::Workspace;
use client::Client;

const MANIFEST: &str = "\
{
  mzone: 'm👍1'
  components: {
    hostos: {
      packages: {
        hostos-boot-release: {
          tag: 3.0.6-20220602T124916Z_887ca13
          artifrepo: registry.example.com/team
          forcereboot: no
        }
      }
    }
  }
}
";

/// A manifest that is open in an editor.
struct Editor {
    workspace: Workspace,
    client: Client,
    uri: String,
}

impl Editor {
    fn open(text: &str) -> Self {
        Self::open_as("zone.hjson", text)
    }

    fn open_as(name: &str, text: &str) -> Self {
        let workspace = Workspace::new();
        workspace.write("ddt.hjson", "{\n  inventories: [ \"zones/m1.hjson\" ]\n}\n");
        let inventory = "{\n  mzone: mzone1\n  nodes: {\n    n1: {}\n  }\n}\n";
        workspace.write("zones/m1.hjson", inventory);
        let path = workspace.write(name, text);
        let mut client = Client::start(workspace.ddt(["lsp", "--stdio"]));
        let capabilities = client.initialize(&["utf-16"]);
        assert_eq!(capabilities["positionEncoding"], "utf-16");
        let uri = format!("file://{}", path.display());
        let document = json!({"uri": uri, "languageId": "hjson", "version": 1, "text": text});
        client.tell("textDocument/didOpen", json!({"textDocument": document}));
        Self {
            workspace,
            client,
            uri,
        }
    }

    fn change(&mut self, version: i32, changes: &Value) {
        let document = json!({"uri": self.uri, "version": version});
        let parameters = json!({"textDocument": document, "contentChanges": changes});
        self.client.tell("textDocument/didChange", parameters);
    }

    /// Asks about the document; `more` is added to the question.
    fn ask(&mut self, request: &str, more: &Value) -> Value {
        let mut parameters = json!({"textDocument": {"uri": self.uri}});
        let more = more.as_object().cloned().unwrap_or_default();
        parameters.as_object_mut().expect("an object").extend(more);
        self.client
            .ask(&format!("textDocument/{request}"), parameters)
    }

    fn ask_at(&mut self, request: &str, line: u32, character: u32) -> Value {
        self.ask(request, &at(line, character))
    }

    fn end(mut self) {
        self.client.ask("shutdown", Value::Null);
        self.client.tell("exit", Value::Null);
        assert_eq!(self.client.exit_code(), Some(0));
    }
}

fn at(line: u32, character: u32) -> Value {
    json!({"position": {"line": line, "character": character}})
}

fn codes(findings: &[Value]) -> Vec<&str> {
    let codes = findings.iter().map(|finding| finding["code"].as_str());
    codes.map(|code| code.expect("a code")).collect()
}

fn labels(items: &Value) -> Vec<&str> {
    let items = items.as_array().expect("a list").iter();
    items
        .map(|item| item["label"].as_str().expect("a label"))
        .collect()
}

#[test]
fn findings_follow_what_is_typed() {
    let mut editor = Editor::open(MANIFEST);
    let found = editor.client.findings(1);
    assert!(codes(&found).contains(&"DDT108"), "{found:?}");
    let quoted = found.iter().find(|found| found["code"] == "DDT108");
    let quoted = quoted.expect("single quotes are found");
    let range = json!({"start": {"line": 1, "character": 9}, "end": {"line": 1, "character": 15}});
    assert_eq!((&quoted["range"], &quoted["severity"]), (&range, &json!(2)));

    editor.change(2, &json!([{"range": range, "text": "mzone1"}]));
    assert_eq!(codes(&editor.client.findings(2)), [""; 0]);

    let range = json!({"start": {"line": 8, "character": 23}, "end": {"line": 8, "character": 25}});
    editor.change(3, &json!([{"range": range, "text": "on"}]));
    assert_eq!(codes(&editor.client.findings(3)), ["DDT204"]);
    editor.end();
}

#[test]
fn a_fix_makes_the_document_clean() {
    let text = MANIFEST.replace("m👍1", "mzone1");
    let mut editor = Editor::open(&text);
    let found = editor.client.findings(1);
    assert_eq!(codes(&found), ["DDT108"]);
    let asked = json!({"range": found[0]["range"], "context": {"diagnostics": found}});
    let actions = editor.ask("codeAction", &asked);
    let kinds: Vec<_> = actions
        .as_array()
        .expect("a list")
        .iter()
        .map(|action| action["kind"].clone())
        .collect();
    assert_eq!(kinds, ["quickfix", "source.fixAll"]);
    let change = &actions[0]["edit"]["documentChanges"][0];
    assert_eq!(change["textDocument"]["version"], 1);
    let edits = change["edits"].as_array().expect("edits").clone();
    let changes = edits
        .iter()
        .rev()
        .map(|edit| json!({"range": edit["range"], "text": edit["newText"]}));
    editor.change(2, &changes.collect());
    assert_eq!(codes(&editor.client.findings(2)), [""; 0]);
    editor.end();
}

#[test]
fn a_document_is_explained() {
    let text = MANIFEST.replace("'m👍1'", "mzone1");
    let mut editor = Editor::open(&text);
    let mut said = |line, character| {
        let hover = editor.ask_at("hover", line, character);
        hover["contents"]["value"]
            .as_str()
            .unwrap_or("nothing")
            .to_owned()
    };
    let tag = said(6, 20);
    assert!(
        tag.contains("built 2022-06-02 12:49:16 UTC") && tag.contains("`887ca13`"),
        "{tag}"
    );
    assert!(said(6, 11).starts_with("`tag` (required): The release to run"));
    assert!(said(5, 12).contains("sets the stage `pre-config`"));
    assert!(said(3, 6).contains("ready at `post-config`"));
    assert!(said(1, 10).starts_with("**mzone1**: 1 node"));
    assert_eq!(said(0, 0), "nothing");
    let symbols = editor.ask("documentSymbol", &json!({}));
    let package = &symbols[0]["children"][0];
    assert_eq!(
        (&symbols[0]["name"], &package["name"]),
        (&json!("hostos"), &json!("hostos-boot-release"))
    );
    editor.end();
}

#[test]
fn what_can_be_written_is_listed() {
    let text = MANIFEST.replace("'m👍1'", "mzone1");
    let mut editor = Editor::open(&text);
    let mut version = 1;
    let mut listed = |before: &str, half: &str, line, character| {
        version += 1;
        editor.change(version, &json!([{"text": text.replace(before, half)}]));
        let items = editor.ask_at("completion", line, character);
        labels(&items).join(" ")
    };
    assert_eq!(listed("mzone: mzone1", "mzone: ", 1, 9), "mzone1");
    let packages = listed("packages: {", "packages: {\n        h", 5, 9);
    assert!(packages.contains("hostos-config-release"), "{packages}");
    assert!(!packages.contains("hostos-boot-release"), "{packages}");
    let keys = listed("forcereboot: no", "f", 8, 11);
    assert_eq!(keys, "config digest flags forcereboot secrets");
    let words = listed("forcereboot: no", "forcereboot: ", 8, 23);
    assert_eq!(words, "yes no");
    editor.end();
}

#[test]
fn definitions_are_found() {
    let text = MANIFEST.replace("'m👍1'", "mzone1");
    let mut editor = Editor::open(&text);
    let zone = editor.ask_at("definition", 1, 10);
    let inventory = editor.workspace.path().join("zones/m1.hjson");
    assert_eq!(zone["uri"], format!("file://{}", inventory.display()));
    let package = editor.ask_at("definition", 5, 12);
    let uri = package["uri"].as_str().expect("a file").to_owned();
    let copy = uri.strip_prefix("file://").expect("a file").to_owned();
    let definition = std::fs::read_to_string(&copy).expect("a copy of the definition");
    let line = package["range"]["start"]["line"].as_u64().expect("a line");
    let line = definition
        .lines()
        .nth(usize::try_from(line).expect("a line"));
    assert_eq!(line.map(str::trim), Some("package: hostos-boot-release"));
    editor.end();
    assert!(
        !std::path::Path::new(&copy).exists(),
        "the copy goes with the server"
    );
}

#[test]
fn a_document_is_formatted() {
    let mut editor = Editor::open("{\nmzone:   mzone1\n components: {}\n}\n");
    let options = json!({"options": {"tabSize": 2, "insertSpaces": true}});
    let edits = editor.ask("formatting", &options);
    let edits = edits.as_array().expect("edits").clone();
    let changes = edits
        .iter()
        .map(|edit| json!({"range": edit["range"], "text": edit["newText"]}));
    editor.change(2, &changes.collect());
    assert_eq!(editor.ask("formatting", &options), json!([]));
    editor.end();
}

#[test]
fn a_project_is_held_against_the_command_line() {
    let text = "{\n  defaults: {\n    plan: {\n      jsno: true\n    }\n  }\n}\n";
    let mut editor = Editor::open_as("ddt.hjson", text);
    assert_eq!(codes(&editor.client.findings(1)), ["DDT209"]);
    editor.change(2, &json!([{"text": text.replace("jsno", "json")}]));
    assert_eq!(codes(&editor.client.findings(2)), [""; 0]);
    editor.end();
}

#[test]
fn a_lock_file_is_taken_for_nothing_else() {
    let mut editor = Editor::open_as("ddt.lock", MANIFEST);
    assert_eq!(codes(&editor.client.findings(1)), ["DDT706"]);
    assert_eq!(labels(&editor.ask_at("completion", 8, 11)), [""; 0]);
    assert_eq!(editor.ask("documentSymbol", &json!({})), json!([]));
    editor.change(2, &json!([{"text": ""}]));
    assert_eq!(codes(&editor.client.findings(2)), ["DDT706"]);
    assert_eq!(labels(&editor.ask_at("completion", 0, 0)), [""; 0]);
    editor.end();
}

#[test]
fn an_end_that_was_not_announced_is_an_error() {
    let workspace = Workspace::new();
    let mut client = Client::start(workspace.ddt(["lsp"]));
    let capabilities = client.initialize(&["utf-16", "utf-8"]);
    assert_eq!(capabilities["positionEncoding"], "utf-8");
    client.tell("exit", Value::Null);
    assert_eq!(client.exit_code(), Some(1));
    let cut_off = Client::start(workspace.ddt(["lsp"]));
    assert_eq!(cut_off.exit_code(), Some(1));
}

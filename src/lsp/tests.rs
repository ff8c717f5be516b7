//! A conversation may go any way: no order of messages, and no text, may stop the server.

use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;
use lsp_server::{Message, Notification, Request, Response};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Inbox, Knowledge, Next, Server, Workspace};
use crate::document::Source;

/// A world without files.
#[derive(Debug)]
struct Nothing;

impl Workspace for Nothing {
    fn knowledge(&mut self, _: Option<&Utf8Path>) -> Knowledge {
        Knowledge::built_in()
    }

    fn built_in_copy(&mut self, _: &Source) -> Option<Utf8PathBuf> {
        None
    }

    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }
}

const URI: &str = "file:///p/zone.hjson";

fn request(id: i32, method: &str, params: Value) -> Message {
    Message::Request(Request {
        id: id.into(),
        method: method.to_owned(),
        params,
    })
}

fn told(method: &str, params: Value) -> Message {
    Message::Notification(Notification {
        method: method.to_owned(),
        params,
    })
}

fn open(text: &str) -> Message {
    let document = json!({"uri": URI, "languageId": "hjson", "version": 1, "text": text});
    told("textDocument/didOpen", json!({"textDocument": document}))
}

/// What the server says to all of these, coming at once.
fn conversation(messages: Vec<Message>) -> Vec<Message> {
    let mut server = Server::new(Nothing);
    let mut inbox = Inbox::default();
    messages.into_iter().for_each(|message| inbox.push(message));
    let mut said = Vec::new();
    while !inbox.is_empty() {
        match server.step(&mut inbox) {
            Next::Send(messages) => said.extend(messages),
            Next::Exit { .. } => break,
        }
    }
    said
}

/// The codes of errors, by the number of the request.
fn refusals(said: &[Message]) -> Vec<(String, i32)> {
    let refused = said.iter().filter_map(|message| match message {
        Message::Response(Response {
            id,
            response_result: Err(error),
        }) => Some((id.to_string(), error.code)),
        _ => None,
    });
    refused.collect()
}

#[test]
fn what_cannot_be_done_is_refused_by_name() {
    let said = conversation(vec![
        request(1, "textDocument/hover", json!({})),
        request(2, "initialize", json!({})),
        request(3, "initialize", json!({})),
        request(4, "textDocument/nonsense", json!({})),
        request(5, "textDocument/hover", json!({"position": 1})),
        request(6, "shutdown", Value::Null),
        request(7, "textDocument/hover", json!({})),
    ]);
    let expected = [
        (1, -32002),
        (3, -32600),
        (4, -32601),
        (5, -32602),
        (7, -32600),
    ];
    assert_eq!(
        refusals(&said),
        expected.map(|(id, code)| (id.to_string(), code))
    );
}

#[test]
fn a_request_that_waits_can_be_cancelled() {
    let place = json!({"textDocument": {"uri": URI}, "position": {"line": 0, "character": 0}});
    let said = conversation(vec![
        request(1, "initialize", json!({})),
        request(2, "textDocument/hover", place),
        told("$/cancelRequest", json!({"id": 2})),
        told("$/cancelRequest", json!({"id": 99})),
    ]);
    assert_eq!(refusals(&said), [("2".to_owned(), -32800)]);
}

#[test]
fn only_the_last_of_many_changes_is_linted() {
    let change = |version: i32, text: &str| {
        let document = json!({"uri": URI, "version": version});
        let parameters = json!({"textDocument": document, "contentChanges": [{"text": text}]});
        told("textDocument/didChange", parameters)
    };
    let said = conversation(vec![
        request(1, "initialize", json!({})),
        open("{}"),
        change(2, "{ mzone: ["),
        change(3, "{ mzone: []\n components: {} }"),
    ]);
    let published: Vec<_> = said
        .iter()
        .filter_map(|message| match message {
            Message::Notification(told) => Some(told.params["version"].clone()),
            _ => None,
        })
        .collect();
    assert_eq!(published, [json!(3)]);
}

#[test]
fn other_documents_are_left_alone() {
    let said = conversation(vec![
        request(1, "initialize", json!({})),
        open("{ colour: 'blue' }"),
    ]);
    let found = said.iter().find_map(|message| match message {
        Message::Notification(told) => Some(told.params["diagnostics"].clone()),
        _ => None,
    });
    assert_eq!(found, Some(json!([])));
}

fn any_message() -> impl Strategy<Value = Message> {
    let text =
        r#"([{}\[\]:,"'#\n\r a-cé👍]|mzone|components|hostos|packages|tag|forcereboot|no){0,30}"#;
    let place = (0u32..9, 0u32..9)
        .prop_map(|(line, character)| json!({"line": line, "character": character}));
    let range =
        (place.clone(), place.clone()).prop_map(|(start, end)| json!({"start": start, "end": end}));
    let methods = prop::sample::select(vec![
        "textDocument/hover",
        "textDocument/completion",
        "textDocument/definition",
        "textDocument/documentSymbol",
        "textDocument/codeAction",
        "textDocument/formatting",
        "shutdown",
        "nonsense",
    ]);
    let asked = (methods, place, range.clone()).prop_map(|(method, position, range)| {
        let context = json!({"diagnostics": []});
        let options = json!({"tabSize": 2, "insertSpaces": true});
        let document = json!({"uri": URI});
        request(
            7,
            method,
            json!({"textDocument": document, "position": position, "range": range, "context": context, "options": options}),
        )
    });
    let changed = (range, text).prop_map(|(range, text)| {
        let document = json!({"uri": URI, "version": 2});
        let changes = json!([{"range": range, "text": text}]);
        told(
            "textDocument/didChange",
            json!({"textDocument": document, "contentChanges": changes}),
        )
    });
    prop_oneof![
        6 => asked,
        6 => changed,
        1 => text.prop_map(|text| open(&text)),
        1 => Just(told("textDocument/didClose", json!({"textDocument": {"uri": URI}}))),
        1 => Just(told("textDocument/didSave", json!({"textDocument": {"uri": URI}}))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_request_is_answered_whatever_happened_before(
        messages in prop::collection::vec(any_message(), 0..20)
    ) {
        let is_request = |message: &&Message| matches!(message, Message::Request(_));
        let is_answer = |message: &&Message| matches!(message, Message::Response(_));
        let asked = messages.iter().filter(is_request).count();
        let start = vec![request(1, "initialize", json!({})), open("{ mzone: m1 }")];
        let said = conversation([start, messages].concat());
        prop_assert_eq!(said.iter().filter(is_answer).count(), asked + 1);
    }
}

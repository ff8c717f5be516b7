//! The server: messages change it, and what it says are messages.

mod requests;

use std::collections::BTreeMap;
use std::sync::Arc;

use gen_lsp_types::{
    DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    MessageType, PublishDiagnosticsParams, ShowMessageParams, Uri,
};
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::capabilities;
use super::finding;
use super::inbox::{Due, Inbox};
use super::knowledge::Workspace;
use super::reading::OpenDocument;
use crate::hjson::ColumnUnit;

/// A server that talks to one client.
#[derive(Debug)]
pub struct Server<W> {
    workspace: W,
    phase: Phase,
    unit: ColumnUnit,
    documents: BTreeMap<String, OpenDocument>,
    /// Documents that were closed, whose findings are still shown.
    closed: Vec<Uri>,
    /// What the user has been told about the project.
    told: Vec<String>,
}

/// How far the conversation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Fresh,
    Running,
    ShutDown,
}

/// What to do after a message.
#[derive(Debug)]
pub enum Next {
    /// Send these, and go on.
    Send(Vec<Message>),
    /// End; politely if the client had asked for it before.
    Exit {
        /// Whether `shutdown` came before.
        is_polite: bool,
    },
}

impl<W: Workspace> Server<W> {
    /// A server that nobody has spoken to.
    pub fn new(workspace: W) -> Self {
        Self {
            workspace,
            phase: Phase::Fresh,
            unit: ColumnUnit::Utf16Unit,
            documents: BTreeMap::new(),
            closed: Vec::new(),
            told: Vec::new(),
        }
    }

    /// Handles the message that has waited longest. Findings are published once none waits, so
    /// that fast typing is linted once.
    pub fn step(&mut self, inbox: &mut Inbox) -> Next {
        let mut sent = match inbox.pop() {
            None => Vec::new(),
            Some(Due::Cancelled(id)) => vec![refusal(id, ErrorCode::RequestCanceled, "cancelled")],
            Some(Due::Message(Message::Notification(exit))) if exit.method == "exit" => {
                return Next::Exit {
                    is_polite: self.is_shut_down(),
                };
            }
            Some(Due::Message(Message::Notification(told))) => {
                self.notified(told);
                Vec::new()
            }
            Some(Due::Message(Message::Request(request))) => {
                vec![Message::Response(self.answer(request))]
            }
            // Nothing is ever asked of the client.
            Some(Due::Message(Message::Response(_))) => Vec::new(),
        };
        if inbox.is_empty() {
            sent.extend(self.news());
        }
        Next::Send(sent)
    }

    /// Whether the client has asked for the end.
    pub fn is_shut_down(&self) -> bool {
        self.phase == Phase::ShutDown
    }

    fn answer(&mut self, request: Request) -> Response {
        let refuse = |id, code: ErrorCode, message: &str| {
            Response::new_err(id, code as i32, message.to_owned())
        };
        match (self.phase, request.method.as_str()) {
            (Phase::Fresh, "initialize") => {
                self.unit = capabilities::unit(&request.params);
                self.phase = Phase::Running;
                response(request.id, &capabilities::answer(self.unit))
            }
            (Phase::Fresh, _) => refuse(
                request.id,
                ErrorCode::ServerNotInitialized,
                "`initialize` comes first",
            ),
            (Phase::ShutDown, _) => refuse(
                request.id,
                ErrorCode::InvalidRequest,
                "only `exit` may follow `shutdown`",
            ),
            (Phase::Running, "initialize") => refuse(
                request.id,
                ErrorCode::InvalidRequest,
                "the server is initialized already",
            ),
            (Phase::Running, "shutdown") => {
                self.phase = Phase::ShutDown;
                Response {
                    id: request.id,
                    response_result: Ok(Value::Null),
                }
            }
            (Phase::Running, _) => self.asked(request),
        }
    }

    /// Follows what the editor does. What cannot be understood is left out: nobody waits for an answer.
    fn notified(&mut self, notification: Notification) {
        if self.phase != Phase::Running {
            return;
        }
        let parameters = notification.params;
        match notification.method.as_str() {
            "textDocument/didOpen" => self.opened(parameters),
            "textDocument/didChange" => self.changed(parameters),
            "textDocument/didClose" => self.closed(parameters),
            // The file may be one that others are read with.
            "textDocument/didSave" | "workspace/didChangeWatchedFiles" => self.reload(),
            _ => {}
        }
    }

    fn opened(&mut self, parameters: Value) {
        let Some(opened) = parsed::<DidOpenTextDocumentParams>(parameters) else {
            return;
        };
        let uri = opened.text_document.uri.0.clone();
        let Some(mut document) = OpenDocument::open(opened.text_document, self.unit) else {
            return;
        };
        document.knowledge = Arc::new(self.workspace.knowledge(document.path.as_deref()));
        self.documents.insert(uri, document);
    }

    fn changed(&mut self, parameters: Value) {
        let Some(changed) = parsed::<DidChangeTextDocumentParams>(parameters) else {
            return;
        };
        let identifier = changed.text_document;
        let uri = &identifier.text_document_identifier.uri.0;
        if let Some(document) = self.documents.get_mut(uri) {
            document.change(identifier.version, changed.content_changes);
        }
    }

    fn closed(&mut self, parameters: Value) {
        let closed = parsed::<DidCloseTextDocumentParams>(parameters);
        let removed = closed.and_then(|closed| self.documents.remove(&closed.text_document.uri.0));
        self.closed.extend(removed.map(|document| document.uri));
    }

    fn reload(&mut self) {
        for document in self.documents.values_mut() {
            let knowledge = self.workspace.knowledge(document.path.as_deref());
            document.knowledge = Arc::new(knowledge);
            document.forget();
        }
    }

    /// The findings of every text that is new, and what the user has to know about the project.
    fn news(&mut self) -> Vec<Message> {
        let now = self.workspace.now();
        let closed = std::mem::take(&mut self.closed).into_iter();
        let mut news: Vec<Message> = closed
            .filter(|uri| !self.documents.contains_key(&uri.0))
            .filter_map(|uri| published(PublishDiagnosticsParams::new(uri, None, Vec::new())))
            .collect();
        let mut problems = Vec::new();
        for document in self.documents.values_mut() {
            problems.extend(document.knowledge.problems.iter().cloned());
            if std::mem::replace(&mut document.is_published, true) {
                continue;
            }
            let uri: Uri = document.uri.clone();
            let found = document.read(now);
            let diagnostics =
                found.map_or_else(Vec::new, |reading| finding::published(&uri, reading));
            let version = Some(document.version);
            news.extend(published(PublishDiagnosticsParams::new(
                uri,
                version,
                diagnostics,
            )));
        }
        problems.sort();
        problems.dedup();
        let untold = problems
            .iter()
            .filter(|problem| !self.told.contains(problem));
        news.extend(untold.filter_map(|problem| {
            let shown = ShowMessageParams::new(MessageType::Warning, problem.clone());
            notification("window/showMessage", &shown)
        }));
        self.told = problems;
        news
    }
}

/// A result of our own can always be said in JSON.
fn response(id: RequestId, result: &impl Serialize) -> Response {
    Response {
        id,
        response_result: Ok(serde_json::to_value(result).unwrap_or_default()),
    }
}

fn refusal(id: RequestId, code: ErrorCode, message: &str) -> Message {
    Message::Response(Response::new_err(id, code as i32, message.to_owned()))
}

fn published(findings: PublishDiagnosticsParams) -> Option<Message> {
    notification("textDocument/publishDiagnostics", &findings)
}

fn notification(method: &str, parameters: &impl Serialize) -> Option<Message> {
    let parameters = serde_json::to_value(parameters).ok()?;
    Some(Message::Notification(Notification {
        method: method.to_owned(),
        params: parameters,
    }))
}

fn parsed<T: DeserializeOwned>(parameters: Value) -> Option<T> {
    serde_json::from_value(parameters).ok()
}

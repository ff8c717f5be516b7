//! What the client may ask about documents.

use std::sync::Arc;

use gen_lsp_types::{
    CodeAction, CodeActionParams, CompletionItem, CompletionParams, DefinitionParams,
    DocumentFormattingParams, DocumentSymbol, DocumentSymbolParams, Hover, HoverParams, Location,
    TextDocumentPositionParams, TextEdit,
};
use lsp_server::{ErrorCode, Request, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Server, response};
use crate::lsp::action::Subject;
use crate::lsp::knowledge::{Knowledge, Workspace};
use crate::lsp::reading::Reading;
use crate::lsp::{completion, definition, formatting, hover, symbol};

/// A place in a document that is read.
struct Asked<'a> {
    reading: &'a Reading,
    knowledge: &'a Arc<Knowledge>,
    offset: usize,
}

impl<W: Workspace> Server<W> {
    /// Answers a request. About a document that is not open, or is not ddt's, there is nothing to say.
    pub(super) fn asked(&mut self, request: Request) -> Response {
        match request.method.as_str() {
            "textDocument/hover" => self.reply(request, Self::hover),
            "textDocument/completion" => self.reply(request, Self::completion),
            "textDocument/definition" => self.reply(request, Self::definition),
            "textDocument/formatting" => self.reply(request, Self::formatting),
            "textDocument/documentSymbol" => self.reply(request, Self::symbols),
            "textDocument/codeAction" => self.reply(request, Self::actions),
            method => {
                let message = format!("ddt does not know the request `{method}`");
                Response::new_err(request.id, ErrorCode::MethodNotFound as i32, message)
            }
        }
    }

    fn reply<P: DeserializeOwned, R: Serialize>(
        &mut self,
        request: Request,
        answer: impl FnOnce(&mut Self, P) -> R,
    ) -> Response {
        match serde_json::from_value(request.params) {
            Ok(parameters) => response(request.id, &answer(self, parameters)),
            Err(error) => {
                let message = format!("the parameters of `{}` are wrong: {error}", request.method);
                Response::new_err(request.id, ErrorCode::InvalidParams as i32, message)
            }
        }
    }

    fn at(&mut self, place: &TextDocumentPositionParams) -> Option<Asked<'_>> {
        let now = self.workspace.now();
        let document = self.documents.get_mut(&place.text_document.uri.0)?;
        document.read(now)?;
        let document = &*document;
        let reading = document.reading()?;
        let text = reading.source().text();
        Some(Asked {
            reading,
            knowledge: &document.knowledge,
            offset: reading.positions.offset(text, place.position),
        })
    }

    fn hover(&mut self, asked: HoverParams) -> Option<Hover> {
        let now = self.workspace.now();
        let at = self.at(&asked.text_document_position_params)?;
        hover::hover(at.reading, at.knowledge, at.offset, now)
    }

    fn completion(&mut self, asked: CompletionParams) -> Option<Vec<CompletionItem>> {
        let at = self.at(&asked.text_document_position_params)?;
        Some(completion::items(at.reading, at.knowledge, at.offset))
    }

    fn definition(&mut self, asked: DefinitionParams) -> Option<Location> {
        let unit = self.unit;
        let at = self.at(&asked.text_document_position_params)?;
        let knowledge = Arc::clone(at.knowledge);
        let target = definition::target(at.reading, &knowledge, at.offset)?;
        target.location(&mut self.workspace, unit)
    }

    fn formatting(&mut self, asked: DocumentFormattingParams) -> Option<Vec<TextEdit>> {
        let now = self.workspace.now();
        let document = self.documents.get_mut(&asked.text_document.uri.0)?;
        let reading = document.read(now)?;
        let edits = formatting::edits(reading)?;
        Some(reading.text_edits(&edits))
    }

    fn symbols(&mut self, asked: DocumentSymbolParams) -> Option<Vec<DocumentSymbol>> {
        let now = self.workspace.now();
        let document = self.documents.get_mut(&asked.text_document.uri.0)?;
        Some(symbol::symbols(document.read(now)?))
    }

    fn actions(&mut self, asked: CodeActionParams) -> Option<Vec<CodeAction>> {
        let now = self.workspace.now();
        let document = self.documents.get_mut(&asked.text_document.uri.0)?;
        let version = document.version;
        let subject = Subject {
            document: &asked.text_document,
            version,
            reading: document.read(now)?,
        };
        Some(subject.actions(asked.range, asked.context.only.as_deref()))
    }
}

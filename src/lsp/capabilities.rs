//! What the server says it can do.

use gen_lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionProvider, CompletionOptions, DefinitionProvider,
    DocumentFormattingProvider, DocumentSymbolProvider, HoverProvider, InitializeResult,
    PositionEncodingKind, Save, ServerCapabilities, ServerInfo, TextDocumentSync,
    TextDocumentSyncKind, TextDocumentSyncOptions,
};
use serde_json::Value;

use super::positions;
use crate::hjson::ColumnUnit;

/// The unit of columns to agree on, from the parameters of `initialize`.
pub(super) fn unit(parameters: &Value) -> ColumnUnit {
    let offered = parameters.pointer("/capabilities/general/positionEncodings");
    let offered = offered.and_then(|offered| {
        serde_json::from_value::<Vec<PositionEncodingKind>>(offered.clone()).ok()
    });
    positions::unit(&offered.unwrap_or_default())
}

/// The answer to `initialize`.
pub(super) fn answer(unit: ColumnUnit) -> InitializeResult {
    let kinds = vec![CodeActionKind::QuickFix, CodeActionKind::SourceFixAll];
    let capabilities = ServerCapabilities {
        position_encoding: Some(positions::encoding(unit)),
        text_document_sync: Some(TextDocumentSync::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::Incremental),
            save: Some(Save::Bool(true)),
            ..TextDocumentSyncOptions::default()
        })),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(vec![":".to_owned(), " ".to_owned()]),
            ..CompletionOptions::default()
        }),
        hover_provider: Some(HoverProvider::Bool(true)),
        definition_provider: Some(DefinitionProvider::Bool(true)),
        document_formatting_provider: Some(DocumentFormattingProvider::Bool(true)),
        document_symbol_provider: Some(DocumentSymbolProvider::Bool(true)),
        code_action_provider: Some(CodeActionProvider::CodeActionOptions(CodeActionOptions {
            code_action_kinds: Some(kinds),
            ..CodeActionOptions::default()
        })),
        ..ServerCapabilities::default()
    };
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let info = ServerInfo::new("ddt".to_owned(), Some(version));
    InitializeResult::new(capabilities, Some(info))
}

//! `--to`: one document in another form, on standard output.

use std::io::Write;

use clap::ValueEnum;

use super::input::Input;
use super::print;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::hjson::{self, Parsed, Quotes};

/// What a document is printed as.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Form {
    /// For other tools; comments are lost
    Json,
    /// For people: with comments, without quotes that are not needed
    Hjson,
}

/// Prints the one document there is.
pub(super) fn run(form: Form, inputs: &[Input], out: &mut dyn Write) -> Result<ExitCode, Failure> {
    let [input] = inputs else {
        let number = inputs.len();
        return Err(
            Failure::refused(format!("`--to` prints one document, not {number}"))
                .help("name one file, or `-` for standard input"),
        );
    };
    let document = input.read()?;
    let Some(text) = converted(form, &document) else {
        let errors = input.syntax_errors(&document);
        let message = format!("{} is not HJSON", input.shown);
        return Err(Failure::refused(message).with_diagnostics(errors));
    };
    print(out, &text)?;
    Ok(ExitCode::Done)
}

/// The text in another form; `None` if the document has syntax errors.
fn converted(form: Form, document: &Parsed) -> Option<String> {
    match form {
        Form::Hjson => hjson::format(document, Quotes::Needed),
        Form::Json => {
            let root = document.tree.root().filter(|_| document.errors.is_empty());
            root.map(|root| hjson::json_text(&root))
        }
    }
}

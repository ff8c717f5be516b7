//! `ddt lsp`: speaks the language server protocol with an editor, over standard input and output.

mod files;
mod frames;

use std::io::{self, ErrorKind, Write};
use std::sync::mpsc::{Receiver, sync_channel};

use clap::Args;
use lsp_server::Message;

use super::context::GlobalArgs;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::lsp::{Inbox, Next, Server};
use files::Files;

/// How many messages are read ahead, so that a request can be cancelled before its turn comes.
const READ_AHEAD: usize = 256;

/// Speak the language server protocol with an editor, over standard input and output
#[derive(Clone, Debug, Args)]
pub(super) struct LspArgs {
    /// What editors say by habit; there is no other way
    #[arg(long, hide = true)]
    stdio: bool,
}

impl LspArgs {
    /// Answers until the editor says `exit` or closes its end.
    pub(super) fn run(self, globals: GlobalArgs, out: &mut dyn Write) -> Result<ExitCode, Failure> {
        // The only transport there is needs no telling.
        let Self { stdio: _ } = self;
        let (sender, receiver) = sync_channel(READ_AHEAD);
        // It waits for input that may never come, so nothing waits for it.
        std::thread::spawn(move || {
            let mut input = io::stdin().lock();
            while let Some(read) = frames::read(&mut input).transpose() {
                let is_last = read.is_err();
                if sender.send(read).is_err() || is_last {
                    return;
                }
            }
        });
        converse(Server::new(Files::new(globals)), &receiver, out)
            .map_err(|error| Failure::environment("cannot talk to the editor").because(&error))
    }
}

fn converse(
    mut server: Server<Files>,
    receiver: &Receiver<io::Result<Message>>,
    out: &mut dyn Write,
) -> io::Result<ExitCode> {
    let mut inbox = Inbox::default();
    loop {
        if inbox.is_empty() {
            match receiver.recv() {
                Ok(message) => inbox.push(message?),
                Err(_) => return Ok(exit_code(server.is_shut_down())),
            }
        }
        while let Ok(message) = receiver.try_recv() {
            inbox.push(message?);
        }
        let sent = match server.step(&mut inbox) {
            Next::Exit { is_polite } => return Ok(exit_code(is_polite)),
            Next::Send(messages) => send(&messages, out),
        };
        match sent {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                return Ok(exit_code(server.is_shut_down()));
            }
            sent => sent?,
        }
    }
}

fn send(messages: &[Message], mut out: &mut dyn Write) -> io::Result<()> {
    messages
        .iter()
        .try_for_each(|message| message.write(&mut out))
}

/// The protocol's: an end that was not announced is an error.
fn exit_code(is_polite: bool) -> ExitCode {
    match is_polite {
        true => ExitCode::Done,
        false => ExitCode::Error,
    }
}

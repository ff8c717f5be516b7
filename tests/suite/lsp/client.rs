//! An editor, as the server sees it: messages over the standard streams of the binary.

use std::io::BufReader;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use lsp_server::{Message, Notification, Request};
use serde_json::{Value, json};

/// No answer takes as long.
const DEADLINE: Duration = Duration::from_secs(120);

/// A running `ddt lsp`.
pub(super) struct Client {
    child: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Message>,
    asked: i32,
}

impl Client {
    pub(super) fn start(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("ddt starts");
        let output = child.stdout.take().expect("a pipe");
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            while let Ok(Some(message)) = Message::read(&mut output) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        Self {
            input: child.stdin.take(),
            child,
            messages,
            asked: 0,
        }
    }

    /// Starts a conversation and returns what the server can do.
    pub(super) fn initialize(&mut self, encodings: &[&str]) -> Value {
        let capabilities = json!({"general": {"positionEncodings": encodings}});
        let answer = self.ask(
            "initialize",
            json!({"processId": null, "capabilities": capabilities}),
        );
        self.tell("initialized", json!({}));
        answer["capabilities"].clone()
    }

    fn send(&mut self, message: &Message) {
        let input = self.input.as_mut().expect("an open pipe");
        message.write(input).expect("the server reads");
    }

    pub(super) fn tell(&mut self, method: &str, params: Value) {
        self.send(&Message::Notification(Notification {
            method: method.to_owned(),
            params,
        }));
    }

    /// Asks, and waits for the answer.
    pub(super) fn ask(&mut self, method: &str, params: Value) -> Value {
        self.asked += 1;
        let id = self.asked.into();
        self.send(&Message::Request(Request {
            id,
            method: method.to_owned(),
            params,
        }));
        loop {
            if let Message::Response(answer) = self.receive() {
                assert_eq!(answer.id, self.asked.into());
                return answer.response_result.expect("an answer");
            }
        }
    }

    /// Waits for the findings of a version of a document.
    pub(super) fn findings(&mut self, version: i32) -> Vec<Value> {
        loop {
            match self.receive() {
                Message::Notification(told) if told.params["version"] == version => {
                    let found = told.params["diagnostics"].as_array();
                    return found.expect("a list").clone();
                }
                _ => {}
            }
        }
    }

    fn receive(&self) -> Message {
        self.messages
            .recv_timeout(DEADLINE)
            .expect("a message before the deadline")
    }

    /// Closes the server's input, and returns its exit code.
    pub(super) fn exit_code(mut self) -> Option<i32> {
        drop(self.input.take());
        self.child.wait().expect("an end").code()
    }
}

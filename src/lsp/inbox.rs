//! Messages that have come and not been handled, so that a request can be cancelled while it waits.

use std::collections::VecDeque;

use gen_lsp_types::{CancelParams, Id};
use lsp_server::{Message, RequestId};

/// The messages that wait, in the order in which they came.
#[derive(Debug, Default)]
pub struct Inbox {
    waiting: VecDeque<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    message: Message,
    is_cancelled: bool,
}

/// A message that is to be handled, or a request whose client no longer waits for it.
#[derive(Debug)]
pub(super) enum Due {
    Message(Message),
    Cancelled(RequestId),
}

impl Inbox {
    /// Takes in a message. One that cancels a request that waits is used up by that; a request
    /// that has been answered cannot be cancelled.
    pub fn push(&mut self, message: Message) {
        if let Some(cancelled) = cancelled(&message) {
            let mut waiting = self.waiting.iter_mut();
            if let Some(request) = waiting.find(|waiting| waiting.has_id(&cancelled)) {
                request.is_cancelled = true;
            }
            return;
        }
        self.waiting.push_back(Waiting {
            message,
            is_cancelled: false,
        });
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Takes out the message that came first.
    pub(super) fn pop(&mut self) -> Option<Due> {
        let next = self.waiting.pop_front()?;
        match next.message {
            Message::Request(request) if next.is_cancelled => Some(Due::Cancelled(request.id)),
            message => Some(Due::Message(message)),
        }
    }
}

impl Waiting {
    fn has_id(&self, id: &RequestId) -> bool {
        matches!(&self.message, Message::Request(request) if request.id == *id)
    }
}

fn cancelled(message: &Message) -> Option<RequestId> {
    let Message::Notification(notification) = message else {
        return None;
    };
    if notification.method != "$/cancelRequest" {
        return None;
    }
    match serde_json::from_value(notification.params.clone()) {
        Ok(CancelParams { id: Id::Int(id) }) => Some(id.into()),
        Ok(CancelParams { id: Id::String(id) }) => Some(id.into()),
        Err(_) => None,
    }
}

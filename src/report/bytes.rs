//! Bytes on their way: one bar for all of them.

use std::collections::BTreeMap;

use indicatif::ProgressBar;

use crate::name::Name;
use crate::node::Sent;

/// What such a bar says.
pub(super) const TEMPLATE: &str =
    "{spinner} {msg}: {bytes}/{total_bytes} [{bar:20}] {bytes_per_sec} {eta}";

/// What is being sent to nodes, all of them together.
#[derive(Default)]
pub(super) struct Sending {
    nodes: BTreeMap<Name, Sent>,
    pub(super) all: Sent,
    bar: Option<ProgressBar>,
}

impl Sending {
    /// Shows how far it has come with a node, whatever was said of it before.
    pub(super) fn show(&mut self, node: &Name, sent: Sent, new_bar: impl FnOnce() -> ProgressBar) {
        let before = self.nodes.insert(node.clone(), sent).unwrap_or_default();
        self.all.bytes = self.all.bytes + sent.bytes - before.bytes;
        self.all.of = self.all.of + sent.of - before.of;
        let bar = self.bar.get_or_insert_with(new_bar);
        bar.set_length(self.all.of);
        bar.set_position(self.all.bytes);
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

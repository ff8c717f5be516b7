//! Archives that no decent program makes, for tests of those who unpack them.

#![expect(clippy::expect_used, reason = "only tests use it")]

use tar::{EntryType, Header};

/// An archive built entry by entry, with none of the checks a decent program makes.
#[derive(Default)]
pub(crate) struct Hostile {
    pub(crate) bytes: Vec<u8>,
}

impl Hostile {
    /// Adds an entry of a kind, a path, a link and its data.
    pub(crate) fn entry(self, kind: EntryType, path: &str, link: &str, data: &[u8]) -> Self {
        self.entry_with(kind, path, link, data, |_| {})
    }

    /// The same, with a header that is changed before its checksum is taken.
    pub(crate) fn entry_with(
        mut self,
        kind: EntryType,
        path: &str,
        link: &str,
        data: &[u8],
        change: impl FnOnce(&mut Header),
    ) -> Self {
        let mut header = Header::new_gnu();
        header.set_entry_type(kind);
        header.set_mode(0o644);
        header.set_size(data.len() as u64);
        let fields = header.as_gnu_mut().expect("a header of GNU tar");
        fields.name[..path.len()].copy_from_slice(path.as_bytes());
        fields.linkname[..link.len()].copy_from_slice(link.as_bytes());
        change(&mut header);
        header.set_cksum();
        self.bytes.extend(header.as_bytes());
        self.bytes.extend(data);
        self.bytes.resize(self.bytes.len().next_multiple_of(512), 0);
        self
    }

    /// Adds a plain file.
    pub(crate) fn file(self, path: &str, data: &[u8]) -> Self {
        self.entry(EntryType::Regular, path, "", data)
    }

    /// The whole archive.
    pub(crate) fn end(mut self) -> Vec<u8> {
        self.bytes.extend([0; 1024]);
        self.bytes
    }
}

//! XML that every reader takes: indented, and without the characters that XML 1.0 forbids.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, Event};

/// What elements are written to.
pub(super) type Xml = Writer<Vec<u8>>;

/// Writes a document whose root element `write` writes.
pub(super) fn document(write: impl FnOnce(&mut Xml) -> io::Result<()>) -> io::Result<String> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    let declaration = BytesDecl::new("1.0", Some("UTF-8"), None);
    xml.write_event(Event::Decl(declaration))?;
    write(&mut xml)?;
    let mut bytes = xml.into_inner();
    bytes.push(b'\n');
    String::from_utf8(bytes).map_err(io::Error::other)
}

/// The text with the characters written out that XML forbids; the writer escapes the others.
pub(super) fn allowed(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        match is_forbidden(character) {
            true => plain.extend(character.escape_default()),
            false => plain.push(character),
        }
    }
    plain
}

fn is_forbidden(character: char) -> bool {
    let is_layout = matches!(character, '\t' | '\n' | '\r');
    (character.is_control() && !is_layout) || matches!(character, '\u{fffe}' | '\u{ffff}')
}

//! Reads HJSON into a lossless syntax tree with spans; knows nothing about ddt.
//!
//! One parser serves linting, deploying, formatting and editors, so it never stops at the first error and never loses a
//! byte:
//!
//! ```text
//! bytes ─▶ encoding ─▶ parsed (parser, scanner) ─▶ tree ─▶ value, member, walk, token ─▶ canonical text, JSON
//! ```
//!
//! Nothing here recurses, so no input can overflow the stack, and every pass is linear in the length of the source.
//! Where the draft standard and its parsers differ, the reference implementation decides.

mod canonical;
mod column;
mod edit;
mod encoding;
mod error;
mod error_kind;
mod json;
mod key_path;
mod member;
mod node;
mod parsed;
mod parser;
mod scanner;
mod span;
mod text;
mod token;
mod tree;
mod value;
mod walk;

#[cfg(test)]
mod properties;

pub use canonical::canonical;
pub use column::ColumnUnit;
pub use edit::{Edit, apply};
pub use encoding::parse_bytes;
pub use error::{Related, SyntaxError};
pub use error_kind::{Delimiter, SyntaxErrorKind};
pub use json::to_json;
pub use key_path::{KeyPath, Segment};
pub use member::{Items, Key, Member, Members};
pub use node::Style;
pub use parsed::{Parsed, parse};
pub use parser::DEPTH_LIMIT;
pub use scanner::ERROR_LIMIT;
pub use span::{LineIndex, Position, Span};
pub use token::{Token, TokenKind, Tokens};
pub use tree::Tree;
pub use value::{Kind, Value};
pub use walk::Walk;

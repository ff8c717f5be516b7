//! HJSON text, as a lossless syntax tree.

mod span;

pub use span::Span;

//! The blocks of a page that somebody follows: documents to write, and commands to type.

/// One fenced block.
pub(super) enum Block {
    /// A document, whose first line names its file: `# NAME`.
    File { name: String, text: String },
    /// Commands with what they print, with their fences.
    Commands(String),
}

/// The blocks of a text, in order.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut fences = text.split("```");
    let mut blocks = Vec::new();
    // Text and blocks take turns.
    while let (Some(_), Some(block)) = (fences.next(), fences.next()) {
        blocks.extend(read(block));
    }
    blocks
}

fn read(block: &str) -> Option<Block> {
    match block.split_once('\n')? {
        ("console", _) => Some(Block::Commands(format!("```{block}```\n"))),
        ("hjson", text) => {
            let name = text.lines().next()?.strip_prefix("# ")?.to_owned();
            let text = text.to_owned();
            Some(Block::File { name, text })
        }
        _ => None,
    }
}

//! Text from outside, made fit for a message: one line, escaped, bounded.

/// The most characters of a quotation.
const LONGEST: usize = 300;

/// Quotes what a node or a program said: control characters escaped, lines joined by
/// `; `, cut after 300 characters.
pub(super) fn quote(said: &str) -> String {
    let lines: Vec<&str> = said
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    if lines.is_empty() {
        return "it said nothing".into();
    }
    let joined = lines.join("; ");
    let escaped: String = joined.chars().flat_map(escape).take(LONGEST + 1).collect();
    match escaped.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("{}…", &escaped[..cut]),
        None => escaped,
    }
}

fn escape(character: char) -> Vec<char> {
    if character.is_control() {
        character.escape_default().collect()
    } else {
        vec![character]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_on_one_line_without_control_characters() {
        insta::assert_snapshot!(quote("a\x1b[2Jb\r\n\n  c"), @r"a\u{1b}[2Jb; c");
        insta::assert_snapshot!(quote(" \n"), @"it said nothing");
        assert_eq!(quote(&"é".repeat(900)).chars().count(), 301);
    }
}

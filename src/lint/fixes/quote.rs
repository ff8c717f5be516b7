//! Writes texts with other quotes.

/// A text in single quotes, as written, in double quotes. Its escapes stay as they are; `None` if it does not end.
pub(in crate::lint) fn double_quoted(raw: &str) -> Option<String> {
    let inner = raw.strip_prefix('\'')?.strip_suffix('\'')?;
    let mut quoted = String::from('"');
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next()? {
                '\'' => quoted.push('\''),
                escaped => quoted.extend(['\\', escaped]),
            },
            '"' => quoted.push_str("\\\""),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    Some(quoted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hjson::parse;

    #[test]
    fn the_text_stays_the_same() {
        for raw in [
            "'x'",
            "''",
            r"'it\'s'",
            r#"'a "b"'"#,
            r"'\\'",
            r"'\u00e9\n'",
            "'é'",
        ] {
            let quoted = double_quoted(raw).expect("it ends");
            let texts = [raw, &quoted].map(|raw| {
                let parsed = parse(raw);
                assert_eq!(parsed.errors, [], "{raw}");
                let root = parsed.tree.root().expect("a root");
                root.text().into_owned()
            });
            assert_eq!(texts[0], texts[1], "{quoted}");
        }
        assert_eq!(
            ["'x", "'", "'x\\'", "x"].map(double_quoted),
            [const { None }; 4]
        );
    }
}

//! Changes of documents that are only shown, as `patch` takes them.

use camino::Utf8Path;
use similar::TextDiff;

/// The unified diff between two texts of a file; nothing where they are equal. It is raw text, so that it can be applied.
pub fn unified(path: &Utf8Path, before: &str, after: &str) -> String {
    let changes = TextDiff::from_lines(before, after);
    let path = path.as_str();
    changes.unified_diff().header(path, path).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_would_change() {
        let before = "{\n  a: 1\n  b: 'x'\n  c: 3\n}";
        let diff = unified("m.hjson".into(), before, &before.replace('\'', "\""));
        insta::assert_snapshot!(diff, @r#"
        --- m.hjson
        +++ m.hjson
        @@ -1,5 +1,5 @@
         {
           a: 1
        -  b: 'x'
        +  b: "x"
           c: 3
         }
        \ No newline at end of file
        "#);
        assert_eq!(unified("m.hjson".into(), before, before), "");
    }
}

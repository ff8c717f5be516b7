//! Patterns of paths: `manifests/**/*.hjson`.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use camino::Utf8Path;
use globset::{Glob, GlobBuilder, GlobMatcher};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// A pattern of paths relative to a directory. `*` and `?` stay within one name, `**` goes
/// through any number of directories, `[a-z]` and `{a,b}` choose. A pattern that fits a
/// directory fits all that is below it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PathPattern {
    matcher: GlobMatcher,
}

/// A text that is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{written}` is not a pattern: {reason}")]
pub struct PathPatternError {
    /// What was written.
    written: String,
    /// Why it is not understood.
    reason: String,
}

impl PathPattern {
    /// Whether a path is meant, or a directory it is in.
    pub fn fits(&self, path: &Utf8Path) -> bool {
        let mut directories = path.ancestors().filter(|path| !path.as_str().is_empty());
        directories.any(|path| self.matcher.is_match(path))
    }

    /// Whether this very path is meant.
    pub fn fits_exactly(&self, path: &Utf8Path) -> bool {
        self.matcher.is_match(path)
    }

    /// Whether a text is more than a plain path.
    pub fn is_pattern(text: &str) -> bool {
        text.contains(['*', '?', '[', '{'])
    }

    fn as_str(&self) -> &str {
        self.matcher.glob().glob()
    }
}

impl FromStr for PathPattern {
    type Err = PathPatternError;

    fn from_str(text: &str) -> Result<Self, PathPatternError> {
        let mut builder = GlobBuilder::new(text);
        let glob: Result<Glob, _> = builder.literal_separator(true).build();
        match glob {
            Ok(glob) => Ok(Self {
                matcher: glob.compile_matcher(),
            }),
            Err(error) => Err(PathPatternError {
                written: text.to_owned(),
                reason: error.kind().to_string(),
            }),
        }
    }
}

impl PartialEq for PathPattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for PathPattern {}

impl fmt::Display for PathPattern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl TryFrom<String> for PathPattern {
    type Error = PathPatternError;

    fn try_from(text: String) -> Result<Self, PathPatternError> {
        text.parse()
    }
}

impl From<PathPattern> for String {
    fn from(pattern: PathPattern) -> Self {
        pattern.to_string()
    }
}

impl JsonSchema for PathPattern {
    fn schema_name() -> Cow<'static, str> {
        "PathPattern".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "minLength": 1,
            "description": "A pattern of paths, relative to ddt.hjson, such as manifests/**/*.hjson.",
        })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;

    #[test]
    fn fits_files_and_whatever_is_below_directories() {
        let fits = |pattern: &str, path: &str| {
            let pattern: PathPattern = pattern.parse().unwrap();
            pattern.fits(path.into())
        };
        assert!(fits("fixtures", "fixtures/lint/a.hjson"));
        assert!(fits("*/lint/**", "fixtures/lint/a.hjson"));
        assert!(fits("**/*.hjson", "a.hjson"));
        assert!(fits("zones/{a,b}.hjson", "zones/b.hjson"));
        assert!(!fits("*.hjson", "zones/a.hjson"));
        assert!(!fits("fixture", "fixtures/a.hjson"));
    }

    #[test]
    fn says_why_a_text_is_no_pattern() {
        let said = ["a[", "{a"].map(|text| text.parse::<PathPattern>().unwrap_err().to_string());
        insta::assert_snapshot!(said.join("\n"), @r#"
        `a[` is not a pattern: unclosed character class; missing ']'
        `{a` is not a pattern: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)
        "#);
    }
}

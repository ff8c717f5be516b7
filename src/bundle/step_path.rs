//! The place of a step's executable inside its bundle.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// A path below a bundle's root: relative, without `..`, and without odd characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StepPath(Utf8PathBuf);

/// Why a text is not a [`StepPath`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StepPathError {
    /// There is no character at all.
    #[error("a step needs a path, such as `steps/deploy`")]
    Empty,
    /// It starts at `/`.
    #[error("`{0}` is absolute; write the path inside the bundle, such as `steps/deploy`")]
    Absolute(String),
    /// It holds `..`, or is `.`.
    #[error("`{0}` may leave the bundle; write the path inside it, without `.` and `..`")]
    Outside(String),
    /// A line break or another control character.
    #[error("{0:?} holds a control character")]
    ControlCharacter(String),
}

impl StepPath {
    /// The path, relative to the bundle's root.
    pub fn as_path(&self) -> &Utf8Path {
        &self.0
    }
}

impl FromStr for StepPath {
    type Err = StepPathError;

    fn from_str(text: &str) -> Result<Self, StepPathError> {
        let path = Utf8Path::new(text);
        let is_normal = |component| matches!(component, Utf8Component::Normal(_));
        if text.is_empty() {
            Err(StepPathError::Empty)
        } else if text.chars().any(char::is_control) {
            Err(StepPathError::ControlCharacter(text.to_owned()))
        } else if path.is_absolute() {
            Err(StepPathError::Absolute(text.to_owned()))
        } else if path.components().all(is_normal) {
            Ok(Self(path.components().collect()))
        } else {
            Err(StepPathError::Outside(text.to_owned()))
        }
    }
}

impl TryFrom<String> for StepPath {
    type Error = StepPathError;

    fn try_from(text: String) -> Result<Self, StepPathError> {
        text.parse()
    }
}

impl From<StepPath> for String {
    fn from(path: StepPath) -> Self {
        path.0.into_string()
    }
}

impl fmt::Display for StepPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.0.as_str())
    }
}

impl JsonSchema for StepPath {
    fn schema_name() -> Cow<'static, str> {
        "StepPath".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": "ddt-step-path",
            "minLength": 1,
            "description": "The path of an executable inside the bundle.",
            "examples": ["steps/deploy"],
            "not": { "pattern": "^/|^\\.(/|$)|(^|/)\\.\\.(/|$)" },
        })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;

    #[test]
    fn keeps_a_path_inside_the_bundle() {
        let path = "steps//deploy".parse::<StepPath>();
        assert_eq!(
            path.map(|path| path.to_string()),
            Ok("steps/deploy".to_owned())
        );
    }

    #[test]
    fn refuses_a_path_that_may_leave_it() {
        let says = |text: &str| text.parse::<StepPath>().unwrap_err().to_string();
        insta::assert_snapshot!(says(""), @"a step needs a path, such as `steps/deploy`");
        insta::assert_snapshot!(
            says("/bin/sh"),
            @"`/bin/sh` is absolute; write the path inside the bundle, such as `steps/deploy`"
        );
        for text in ["..", "a/../../b", ".", "./a"] {
            assert_eq!(
                text.parse::<StepPath>(),
                Err(StepPathError::Outside(text.to_owned()))
            );
        }
        insta::assert_snapshot!(
            says("../x"),
            @"`../x` may leave the bundle; write the path inside it, without `.` and `..`"
        );
        insta::assert_snapshot!(says("a\nb"), @r#""a\nb" holds a control character"#);
    }
}

//! What a manifest writes to say where a release bundle is: `artifrepo`, and the whole
//! reference `REPO/NAME:TAG`.

mod registry_host;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use camino::{Utf8Path, Utf8PathBuf};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::name::{Name, NameError};
use crate::tag::{ReleaseTag, TagError};

pub use registry_host::{RegistryHost, RegistryHostError};

/// Where bundles are kept: `HOST[:PORT][/PREFIX]`, or `dir:PATH`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Repo {
    /// An OCI registry.
    Registry {
        /// The registry's host and port.
        host: RegistryHost,
        /// What precedes a bundle's name; empty, or segments without a slash at the ends.
        prefix: String,
    },
    /// A directory: an OCI image layout, or bundle source trees.
    Directory(Utf8PathBuf),
}

/// Why a text is not a [`Repo`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RepoError {
    /// There is no character at all.
    #[error("a repo cannot be empty; write HOST[:PORT][/PREFIX] or dir:PATH")]
    Empty,
    /// A URL instead of a host.
    #[error("a repo has no scheme; write `{rest}` without `{scheme}://`")]
    Scheme {
        /// Such as `https`.
        scheme: String,
        /// What follows it.
        rest: String,
    },
    /// `dir:` and nothing.
    #[error("`dir:` needs a path, such as `dir:bundles`")]
    NoPath,
    /// A line break or another control character.
    #[error("{0:?} holds a control character")]
    ControlCharacter(String),
    /// The part before the first slash.
    #[error(transparent)]
    Host(#[from] RegistryHostError),
    /// The part after the first slash.
    #[error(
        "`{0}` is not a prefix; use lower-case letters and digits, with single `.`, `_` or `-` \
         between them, in segments separated by `/`"
    )]
    Prefix(String),
}

impl Repo {
    /// The same repo, seen from a directory: a relative `dir:PATH` is taken to start at
    /// `base`, which is the directory of the document it stands in.
    pub fn relative_to(&self, base: &Utf8Path) -> Self {
        match self {
            Self::Directory(path) => Self::Directory(base.join(path)),
            Self::Registry { .. } => self.clone(),
        }
    }
}

impl FromStr for Repo {
    type Err = RepoError;

    fn from_str(text: &str) -> Result<Self, RepoError> {
        if text.is_empty() {
            return Err(RepoError::Empty);
        }
        if text.chars().any(char::is_control) {
            return Err(RepoError::ControlCharacter(text.to_owned()));
        }
        if let Some(path) = text.strip_prefix("dir:") {
            let directory = (!path.is_empty()).then(|| Self::Directory(path.into()));
            return directory.ok_or(RepoError::NoPath);
        }
        if let Some((scheme, rest)) = text.split_once("://") {
            return Err(RepoError::Scheme {
                scheme: scheme.to_owned(),
                rest: rest.to_owned(),
            });
        }
        let (host, prefix) = match text.split_once('/') {
            Some((host, prefix)) => (host, check_prefix(prefix)?),
            None => (text, ""),
        };
        Ok(Self::Registry {
            host: host.parse()?,
            prefix: prefix.to_owned(),
        })
    }
}

fn check_prefix(prefix: &str) -> Result<&str, RepoError> {
    let valid = prefix.split('/').all(is_segment);
    valid
        .then_some(prefix)
        .ok_or_else(|| RepoError::Prefix(prefix.to_owned()))
}

fn is_segment(segment: &str) -> bool {
    let is_word = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit();
    let is_separator =
        |run: &str| matches!(run, "" | "." | "_" | "__") || run.bytes().all(|byte| byte == b'-');
    segment.starts_with(is_word)
        && segment.ends_with(is_word)
        && segment.split(is_word).all(is_separator)
}

impl fmt::Display for Repo {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Directory(path) => write!(out, "dir:{path}"),
            Self::Registry { host, prefix } if prefix.is_empty() => write!(out, "{host}"),
            Self::Registry { host, prefix } => write!(out, "{host}/{prefix}"),
        }
    }
}

impl TryFrom<String> for Repo {
    type Error = RepoError;

    fn try_from(text: String) -> Result<Self, RepoError> {
        text.parse()
    }
}

impl From<Repo> for String {
    fn from(repo: Repo) -> Self {
        repo.to_string()
    }
}

impl JsonSchema for Repo {
    fn schema_name() -> Cow<'static, str> {
        "Repo".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": "ddt-repo",
            "pattern": concat!(
                r"^(dir:[^\x00-\x1f]+|[a-z0-9.-]+(:[1-9][0-9]{0,4})?",
                "(/[a-z0-9]+((\\.|__?|-+)[a-z0-9]+)*)*)$"
            ),
            "description": "Where bundles are kept: HOST[:PORT][/PREFIX], or dir:PATH.",
            "examples": ["registry.example.com/team", "dir:bundles"],
        })
    }
}

/// One release of one bundle in one place: `REPO/NAME:TAG`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BundleReference {
    /// Where it is kept.
    pub repo: Repo,
    /// The bundle.
    pub name: Name,
    /// The release.
    pub tag: ReleaseTag,
}

/// Why a text is not a [`BundleReference`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleReferenceError {
    /// A part is missing.
    #[error("`{0}` is not a reference; write REPO/NAME:TAG")]
    Malformed(String),
    /// The part before the last slash.
    #[error("in the repo: {0}")]
    Repo(#[from] RepoError),
    /// The part between the last slash and the colon.
    #[error("in the bundle's name: {0}")]
    Name(#[from] NameError),
    /// The part after the colon.
    #[error("in the tag: {0}")]
    Tag(#[from] TagError),
}

impl BundleReference {
    /// The registry it leads to, if it leads to one.
    pub fn registry(&self) -> Option<&RegistryHost> {
        match &self.repo {
            Repo::Registry { host, .. } => Some(host),
            Repo::Directory(_) => None,
        }
    }
}

impl FromStr for BundleReference {
    type Err = BundleReferenceError;

    fn from_str(text: &str) -> Result<Self, BundleReferenceError> {
        let malformed = || BundleReferenceError::Malformed(text.to_owned());
        let (repo, release) = text.rsplit_once('/').ok_or_else(malformed)?;
        let (name, tag) = release.split_once(':').ok_or_else(malformed)?;
        Ok(Self {
            repo: repo.parse()?,
            name: name.parse()?,
            tag: tag.parse()?,
        })
    }
}

impl fmt::Display for BundleReference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}:{}", self.repo, self.name, self.tag)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;

    #[test]
    fn prints_what_it_read() {
        for text in [
            "wcp-genctl-docker-local.artifactory.swg-devops.com",
            "localhost:5000",
            "registry.example.com/team/sub_team",
            "registry.example.com:443/a.b-c",
            "dir:bundles",
            "dir:/srv/Bundles with space",
            "dir:../x",
        ] {
            assert_eq!(text.parse::<Repo>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn says_what_is_wrong_with_a_repo() {
        let texts = [
            "",
            "https://registry.example.com/team",
            "dir:",
            "Registry.example.com",
            "registry.example.com:0",
            "registry.example.com:http",
            "user@registry.example.com",
            "-registry.example.com",
            "registry..com",
            "registry.example.com/",
            "registry.example.com/Team",
            "registry.example.com/a//b",
            "registry.example.com/../b",
            "registry.example.com/team:1.0.0",
            "dir:a\nb",
        ];
        let said = texts.map(|text| {
            let error = text.parse::<Repo>().unwrap_err();
            format!("{text:?}\n  {error}")
        });
        insta::assert_snapshot!(said.join("\n"));
    }

    #[test]
    fn starts_a_relative_directory_at_its_document() {
        let from = |text: &str| text.parse::<Repo>().unwrap().relative_to("zones".into());
        assert_eq!(from("dir:bundles").to_string(), "dir:zones/bundles");
        assert_eq!(from("dir:/srv/bundles").to_string(), "dir:/srv/bundles");
        assert_eq!(from("localhost:5000").to_string(), "localhost:5000");
    }

    #[test]
    fn takes_a_reference_apart() {
        for text in [
            "dir:a/b/demo:1.2.3",
            "localhost:5000/team/demo:1.2.3-20220602T124916Z_887ca13",
            "localhost/demo:0.0.1",
        ] {
            assert_eq!(text.parse::<BundleReference>().unwrap().to_string(), text);
        }
        let said = [
            "demo:1.2.3",
            "dir:a/demo",
            "dir:/demo:1.2.3",
            "h/-x:1.2.3",
            "h/demo:latest",
        ]
        .map(|text| text.parse::<BundleReference>().unwrap_err().to_string());
        insta::assert_snapshot!(said.join("\n"));
    }
}

//! Which CI ddt runs in, by the variables that each sets.

use camino::Utf8PathBuf;

use crate::cli::context::{Context, Environment};
use crate::lint::output::PathBase;

/// What the code quality report is called that is written in GitLab CI: the name that GitLab's documentation uses.
pub(super) const GITLAB_REPORT: &str = "gl-code-quality-report.json";

/// A CI whose annotations ddt knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ci {
    Github,
    Gitlab,
    Azure,
}

impl Ci {
    /// The CI that set the environment.
    pub(super) fn detect(environment: Environment) -> Option<Self> {
        let all = [Self::Github, Self::Gitlab, Self::Azure];
        all.into_iter().find(|ci| {
            let value = environment(ci.mark()).unwrap_or_default();
            value.eq_ignore_ascii_case("true")
        })
    }

    /// The variable that is `true` in this CI.
    fn mark(self) -> &'static str {
        match self {
            Self::Github => "GITHUB_ACTIONS",
            Self::Gitlab => "GITLAB_CI",
            Self::Azure => "TF_BUILD",
        }
    }

    /// The variable with the directory that the repository is checked out in.
    fn repository(self) -> &'static str {
        match self {
            Self::Github => "GITHUB_WORKSPACE",
            Self::Gitlab => "CI_PROJECT_DIR",
            Self::Azure => "BUILD_SOURCESDIRECTORY",
        }
    }
}

/// What printed paths are relative to: the repository in a CI, elsewhere the working directory.
pub(super) fn path_base(ci: Option<Ci>, context: &Context) -> PathBase {
    let repository = ci.and_then(|ci| (context.environment)(ci.repository()));
    let repository = repository.map(Utf8PathBuf::from);
    let here = &context.working_directory;
    PathBase {
        working_directory: here.clone(),
        // A directory that ddt does not run in says nothing about its files.
        repository: repository
            .filter(|directory| here.starts_with(directory))
            .unwrap_or_else(|| here.clone()),
    }
}

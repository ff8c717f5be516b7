//! Where a verb runs: the working directory, the project around it, and how output looks.

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;

use super::documents;
use crate::document::Document;
use crate::failure::Failure;
use crate::lint;
use crate::project::{self, Project};
use crate::report::{ColorChoice, Look, Stream};

/// Options of every verb.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Options of every verb")]
pub(super) struct GlobalArgs {
    /// Where records are kept [default: .ddt beside ddt.hjson]
    #[arg(long, global = true, value_name = "DIR", env = "DDT_STATE_DIR")]
    pub state_dir: Option<Utf8PathBuf>,
    /// Where logs are kept [default: deploy_logs beside ddt.hjson]
    #[arg(long, global = true, value_name = "DIR", env = "DDT_LOGS_DIR")]
    pub logs_dir: Option<Utf8PathBuf>,
    /// When to use colour
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        env = "DDT_COLOR",
        default_value = "auto"
    )]
    pub color: ColorChoice,
}

/// What every verb knows.
#[derive(Debug)]
pub(super) struct Context {
    /// The working directory, absolute.
    pub working_directory: Utf8PathBuf,
    /// The project's configuration; the default one where there is no `ddt.hjson`.
    pub project: Project,
    /// The directory of `ddt.hjson`, or the working directory.
    pub project_directory: Utf8PathBuf,
    /// Where records are kept.
    pub state_dir: Utf8PathBuf,
    /// Where logs are kept.
    pub logs_dir: Utf8PathBuf,
    /// When to use colour.
    pub color: ColorChoice,
    /// The environment variables; the tests' own in tests.
    pub environment: Environment,
}

/// Reads an environment variable.
pub(super) type Environment = fn(&str) -> Option<String>;

impl Context {
    /// Finds the project around the working directory.
    pub(super) fn find(options: GlobalArgs) -> Result<Self, Failure> {
        Self::around(working_directory()?, options)
    }

    /// Finds the project around a directory, which must be absolute.
    pub(super) fn around(
        working_directory: Utf8PathBuf,
        options: GlobalArgs,
    ) -> Result<Self, Failure> {
        let found = find_project(&working_directory)?;
        Ok(Self::within(found, working_directory, options))
    }

    /// The same for who says what is wrong with documents: what is wrong with the defaults of the project is a finding
    /// of its `ddt.hjson`, and in the way of nothing else.
    pub(super) fn to_lint(
        working_directory: Utf8PathBuf,
        options: GlobalArgs,
    ) -> Result<Self, Failure> {
        let found = read_project(&working_directory)?;
        let found = found.map(|(document, directory)| (document.value, directory));
        let found = found.unwrap_or_else(|| no_project(&working_directory));
        Ok(Self::within(found, working_directory, options))
    }

    fn within(
        (project, project_directory): (Project, Utf8PathBuf),
        working_directory: Utf8PathBuf,
        options: GlobalArgs,
    ) -> Self {
        let place = |flag: Option<Utf8PathBuf>, configured: &Option<Utf8PathBuf>, default: &str| {
            let configured = configured.as_deref().unwrap_or(Utf8Path::new(default));
            flag.map_or_else(
                || project_directory.join(configured),
                |path| working_directory.join(path),
            )
        };
        Self {
            state_dir: place(options.state_dir, &project.state_dir, ".ddt"),
            logs_dir: place(options.logs_dir, &project.logs_dir, "deploy_logs"),
            color: options.color,
            environment: |name| std::env::var(name).ok(),
            working_directory,
            project,
            project_directory,
        }
    }

    /// A path as messages show it: relative to the working directory where it is below that.
    pub(super) fn shown<'path>(&self, path: &'path Utf8Path) -> &'path Utf8Path {
        match path.strip_prefix(&self.working_directory) {
            Ok(relative) if relative.as_str().is_empty() => Utf8Path::new("."),
            Ok(relative) => relative,
            Err(_) => path,
        }
    }

    /// How output may look on a stream.
    pub(super) fn look(&self, stream: Stream) -> Look {
        look(self.color, stream)
    }
}

/// How output may look on a stream of this process.
pub(super) fn look(color: ColorChoice, stream: Stream) -> Look {
    Look::of(color, stream, |name| std::env::var(name).ok())
}

/// Where a verb is run, absolute.
pub(super) fn working_directory() -> Result<Utf8PathBuf, Failure> {
    let path = std::env::current_dir().map_err(|error| {
        Failure::environment("cannot find the working directory").because(&error)
    })?;
    Utf8PathBuf::from_path_buf(path)
        .map_err(|path| Failure::environment(format!("the path {} is not UTF-8", path.display())))
}

/// The nearest `ddt.hjson`, from the working directory upwards. One with defaults that no flag takes is refused.
pub(super) fn find_project(from: &Utf8Path) -> Result<(Project, Utf8PathBuf), Failure> {
    let Some((document, directory)) = read_project(from)? else {
        return Ok(no_project(from));
    };
    let wrong = lint::wrong_defaults(&document, super::command);
    match wrong.is_empty() {
        true => Ok((document.value, directory)),
        false => Err(documents::refused(document.source.path(), wrong)),
    }
}

fn no_project(from: &Utf8Path) -> (Project, Utf8PathBuf) {
    (Project::default(), from.to_owned())
}

fn read_project(from: &Utf8Path) -> Result<Option<(Document<Project>, Utf8PathBuf)>, Failure> {
    for directory in from.ancestors() {
        let path = directory.join(project::FILE_NAME);
        // Whatever has the name is meant; what it is instead of a file is said when it is read.
        if path.symlink_metadata().is_ok() {
            let shown = path.strip_prefix(from).unwrap_or(&path);
            let document = documents::read(&path, shown)?;
            return Ok(Some((document, directory.to_owned())));
        }
    }
    Ok(None)
}

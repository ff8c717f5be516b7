//! Where the logs of runs are: `RUN/COMPONENT/PACKAGE/NODE.log` in the logs directory,
//! and `latest`, a link to the newest run's. Whatever else lies there is not seen.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use super::error::StoreError;
use crate::name::Name;

/// The log of one task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFile {
    /// The component.
    pub component: Name,
    /// The package.
    pub package: Name,
    /// The node.
    pub node: Name,
    /// The file.
    pub path: Utf8PathBuf,
}

const LATEST: &str = "latest";

/// The runs that have logs, oldest first; none where there is no such directory.
pub fn runs(logs_dir: &Utf8Path) -> Result<Vec<Name>, StoreError> {
    let mut runs = directories(logs_dir)?;
    runs.retain(|run| run.as_str() != LATEST);
    Ok(runs)
}

/// The run that `latest` links to; the newest of `runs` where it links to none of them.
pub fn latest<'runs>(logs_dir: &Utf8Path, runs: &'runs [Name]) -> Option<&'runs Name> {
    let target = logs_dir.join(LATEST).read_link_utf8().ok();
    let linked = target.as_deref().and_then(Utf8Path::file_name);
    runs.iter()
        .find(|run| Some(run.as_str()) == linked)
        .or(runs.last())
}

/// The logs of a run, by component, package and node.
pub fn of_run(logs_dir: &Utf8Path, run: &Name) -> Result<Vec<LogFile>, StoreError> {
    let mut logs = Vec::new();
    let run_dir = logs_dir.join(run.as_str());
    for component in directories(&run_dir)? {
        for package in directories(&run_dir.join(component.as_str()))? {
            let directory = run_dir.join(component.as_str()).join(package.as_str());
            for node in log_names(&directory)? {
                let path = directory.join(format!("{node}.log"));
                let (component, package) = (component.clone(), package.clone());
                logs.push(LogFile {
                    component,
                    package,
                    node,
                    path,
                });
            }
        }
    }
    Ok(logs)
}

fn directories(path: &Utf8Path) -> Result<Vec<Name>, StoreError> {
    names(path, |path, name| {
        path.join(name).is_dir().then(|| name.to_owned())
    })
}

fn log_names(path: &Utf8Path) -> Result<Vec<Name>, StoreError> {
    names(path, |_, name| name.strip_suffix(".log").map(str::to_owned))
}

/// The entries of a directory that have a name, in order.
fn names(
    path: &Utf8Path,
    pick: impl Fn(&Utf8Path, &str) -> Option<String>,
) -> Result<Vec<Name>, StoreError> {
    let failed = |error| StoreError::file(path, error);
    let entries = match path.read_dir_utf8() {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(failed)?;
        let picked = pick(path, entry.file_name()).and_then(|name| name.parse().ok());
        names.extend(picked);
    }
    names.sort();
    Ok(names)
}

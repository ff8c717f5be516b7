//! The paths of a project's files, the same from whichever directory a verb was started.

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

/// Where a project is, and where in it a verb was started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectPaths {
    project: Utf8PathBuf,
    working: Utf8PathBuf,
}

impl ProjectPaths {
    /// Takes two absolute directories.
    pub fn new(project: impl Into<Utf8PathBuf>, working: impl Into<Utf8PathBuf>) -> Self {
        Self {
            project: project.into(),
            working: working.into(),
        }
    }

    /// A path relative to the project, of one that is relative to the working directory.
    /// What is not in the project keeps its absolute path. Nothing is opened.
    pub fn in_project(&self, shown: &Utf8Path) -> Utf8PathBuf {
        let absolute = plain(&self.working.join(shown));
        let project = plain(&self.project);
        match absolute.strip_prefix(&project) {
            Ok(relative) => relative.to_owned(),
            Err(_) => absolute,
        }
    }

    /// The absolute path of one that is relative to the project.
    pub fn absolute(&self, in_project: &Utf8Path) -> Utf8PathBuf {
        self.project.join(in_project)
    }
}

/// The path without `.` and `..`.
fn plain(path: &Utf8Path) -> Utf8PathBuf {
    let mut plain = Utf8PathBuf::new();
    for component in path.components() {
        match component {
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir if plain.file_name().is_some() => {
                plain.pop();
            }
            Utf8Component::ParentDir if plain.is_absolute() => {}
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_one_path_wherever_it_is_seen_from() {
        let seen = |working: &str, shown: &str| {
            let paths = ProjectPaths::new("/p", working);
            paths.in_project(shown.into()).into_string()
        };
        assert_eq!(seen("/p", "zones/a.hjson"), "zones/a.hjson");
        assert_eq!(seen("/p", "./zones/../zones/a.hjson"), "zones/a.hjson");
        assert_eq!(seen("/p/zones", "a.hjson"), "zones/a.hjson");
        assert_eq!(seen("/p/zones", "../a.hjson"), "a.hjson");
        assert_eq!(seen("/p/zones", "/p/b.hjson"), "b.hjson");
        assert_eq!(seen("/p", "../q/b.hjson"), "/q/b.hjson");
        assert_eq!(seen("/p", "../../../b.hjson"), "/b.hjson");
    }
}

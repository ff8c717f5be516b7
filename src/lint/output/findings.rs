//! What a run of the linter found, as every format takes it.

use std::collections::BTreeMap;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use crate::document::{Diagnostic, Severity};

/// The findings of a run and the files it looked at.
#[derive(Clone, Copy, Debug)]
pub struct Findings<'a> {
    /// Every file that was looked at, sorted; also those without findings.
    pub files: &'a [&'a Utf8Path],
    /// What was found, by file and place.
    pub diagnostics: &'a [Diagnostic],
    /// What paths are relative to.
    pub base: &'a PathBase,
}

/// What the paths of files are relative to, for programs that know the repository and not the working directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathBase {
    /// Where ddt was started, absolute: relative paths begin here.
    pub working_directory: Utf8PathBuf,
    /// The top of the repository, absolute: printed paths begin here.
    pub repository: Utf8PathBuf,
}

/// Why findings cannot be printed in a format.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// As JSON.
    #[error("cannot print the findings as JSON")]
    Json(#[from] serde_json::Error),
    /// As XML.
    #[error("cannot print the findings as XML")]
    Xml(#[from] std::io::Error),
}

impl Findings<'_> {
    /// Counts the findings of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        let same = self
            .diagnostics
            .iter()
            .filter(|one| one.severity == severity);
        same.count()
    }

    /// The findings of every file, in their order; also the files without findings. What has no place is not there.
    pub(super) fn by_file(&self) -> BTreeMap<&Utf8Path, Vec<&Diagnostic>> {
        let mut files: BTreeMap<_, Vec<_>> = BTreeMap::new();
        files.extend(self.files.iter().map(|file| (*file, Vec::new())));
        for diagnostic in self.diagnostics {
            if let Some(label) = diagnostic.primary() {
                files
                    .entry(label.source.path())
                    .or_default()
                    .push(diagnostic);
            }
        }
        files
    }

    /// The findings with errors first, then warnings; otherwise in their order.
    pub(super) fn worst_first(&self) -> Vec<&Diagnostic> {
        let mut sorted: Vec<_> = self.diagnostics.iter().collect();
        sorted.sort_by_key(|diagnostic| std::cmp::Reverse(diagnostic.severity));
        sorted
    }

    /// The path as the repository has it.
    pub(super) fn path(&self, path: &Utf8Path) -> String {
        self.base.relative(path)
    }

    /// The path of a finding's primary place as the repository has it, if it has one.
    pub(super) fn path_of(&self, diagnostic: &Diagnostic) -> Option<String> {
        let label = diagnostic.primary()?;
        Some(self.path(label.source.path()))
    }
}

impl PathBase {
    /// The path from the top of the repository; of a file outside of it the absolute one. Never touches the disk.
    pub fn relative(&self, path: &Utf8Path) -> String {
        let absolute = without_dots(&self.working_directory.join(path));
        match absolute.strip_prefix(without_dots(&self.repository)) {
            Ok(inside) => inside.as_str().to_owned(),
            Err(_) => absolute.into_string(),
        }
    }
}

/// Takes `.` and `..` out of an absolute path.
fn without_dots(path: &Utf8Path) -> Utf8PathBuf {
    let mut plain = Utf8PathBuf::new();
    for component in path.components() {
        match component {
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir => {
                plain.pop();
            }
            _ => plain.push(component),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_begin_at_the_top_of_the_repository() {
        let base = PathBase {
            working_directory: "/build/repo/zones".into(),
            repository: "/build/repo/".into(),
        };
        for (path, printed) in [
            ("a.hjson", "zones/a.hjson"),
            ("./a.hjson", "zones/a.hjson"),
            ("../b.hjson", "b.hjson"),
            ("/build/repo/c/d.hjson", "c/d.hjson"),
            ("/build/repository/e.hjson", "/build/repository/e.hjson"),
            ("../../../../../f.hjson", "/f.hjson"),
        ] {
            assert_eq!(base.relative(path.into()), printed, "{path}");
        }
    }
}

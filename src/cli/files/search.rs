//! Looks for documents below a directory. What `.gitignore` files leave out is left out, so that a working copy gives
//! what a fresh clone gives; the user's own git settings are not asked, so that every machine gives the same. Links to
//! directories are not followed.

use camino::{Utf8Path, Utf8PathBuf};
use ignore::{DirEntry, WalkBuilder};

use super::Search;
use crate::failure::Failure;
use crate::lint::Origin;
use crate::project::PathPattern;

/// Directories that hold nothing that a person wrote.
const SKIPPED: &str = "target";

impl Search<'_> {
    /// The `.hjson` files below a directory.
    pub(super) fn directory(&self, path: &Utf8Path) -> Result<Vec<(Utf8PathBuf, Origin)>, Failure> {
        let mut files = self.walk(path)?;
        files.retain(|file| file.extension() == Some("hjson"));
        Ok(all(files, Origin::Found))
    }

    /// The files that fit a pattern, as if a shell had named them.
    pub(super) fn pattern(&self, path: &Utf8Path) -> Result<Vec<(Utf8PathBuf, Origin)>, Failure> {
        let path = path.strip_prefix(".").unwrap_or(path);
        let pattern: PathPattern = path
            .as_str()
            .parse()
            .map_err(|error| Failure::refused("this is no pattern of paths").because(&error))?;
        let base: Utf8PathBuf = path
            .components()
            .take_while(|component| !PathPattern::is_pattern(component.as_str()))
            .collect();
        if !self.working_directory.join(&base).is_dir() {
            return Ok(Vec::new());
        }
        let mut files = self.walk(&base)?;
        files.retain(|file| pattern.fits_exactly(file));
        Ok(all(files, Origin::Named))
    }

    /// Every file below a directory that is not hidden, ignored or excluded.
    fn walk(&self, directory: &Utf8Path) -> Result<Vec<Utf8PathBuf>, Failure> {
        let cannot = |error: &dyn std::error::Error| {
            Failure::environment(format!("cannot search the directory {directory}")).because(error)
        };
        let root = self.working_directory.join(directory);
        let shown = directory.strip_prefix(".").unwrap_or(directory);
        let mut files = Vec::new();
        for entry in walker(&root).build() {
            let entry = entry.map_err(|error| cannot(&error))?;
            if entry.file_type().is_none_or(|kind| kind.is_dir()) {
                continue;
            }
            let path = Utf8Path::from_path(entry.path())
                .ok_or_else(|| cannot(&NotUtf8(entry.path().display().to_string())))?;
            let below = path.strip_prefix(&root).unwrap_or(path);
            files.push(shown.join(below));
        }
        files.retain(|file| !(self.is_excluded)(file));
        Ok(files)
    }
}

fn all(files: Vec<Utf8PathBuf>, origin: Origin) -> Vec<(Utf8PathBuf, Origin)> {
    files.into_iter().map(|file| (file, origin)).collect()
}

fn walker(root: &Utf8Path) -> WalkBuilder {
    let mut walker = WalkBuilder::new(root);
    walker
        .ignore(false)
        .git_global(false)
        .git_exclude(false)
        .require_git(false)
        .filter_entry(|entry| entry.depth() == 0 || !is_skipped(entry));
    walker
}

fn is_skipped(entry: &DirEntry) -> bool {
    let is_directory = entry.file_type().is_some_and(|kind| kind.is_dir());
    is_directory && entry.file_name() == SKIPPED
}

/// A name that no message could show.
#[derive(Debug, thiserror::Error)]
#[error("the path {0} is not UTF-8")]
struct NotUtf8(String);

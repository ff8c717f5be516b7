//! A bundle's content as data: paths, what stands there, and where the bytes of a file
//! are kept.
//!
//! A tree is never laid out on the controller's disk. A hostile archive can therefore not
//! make ddt write through a link: there are no links on the disk, only in this map.

mod content;
mod path;

pub use content::Content;
pub use path::{TreeError, normal_path};

use std::collections::BTreeMap;
use std::ops::Bound;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

/// The most links that one path may lead through.
const MAX_LINKS: usize = 40;

/// The content of a bundle, sorted by path. Paths are relative, normal and UTF-8; every
/// parent of an entry is a [`Entry::Directory`].
#[derive(Clone, Debug, Default)]
pub struct Tree {
    entries: BTreeMap<Utf8PathBuf, Entry>,
}

/// What stands at a path. Owners, times and the finer permissions are not part of it.
#[derive(Clone, Debug)]
pub enum Entry {
    /// A directory.
    Directory,
    /// A file.
    File {
        /// Whether it may be executed.
        executable: bool,
        /// Where its bytes are.
        content: Content,
    },
    /// A symbolic link, with its target as written.
    Link(Utf8PathBuf),
}

impl Entry {
    /// The number of bytes of a file; nothing else has any.
    pub fn size(&self) -> u64 {
        match self {
            Self::File { content, .. } => content.size(),
            Self::Directory | Self::Link(_) => 0,
        }
    }
}

impl Tree {
    /// What stands at a path, without following links.
    pub fn get(&self, path: &Utf8Path) -> Option<&Entry> {
        self.entries.get(path)
    }

    /// The entries, sorted by path: a directory precedes what it holds.
    pub fn iter(&self) -> impl Iterator<Item = (&Utf8Path, &Entry)> {
        self.entries
            .iter()
            .map(|(path, entry)| (path.as_path(), entry))
    }

    /// Adds an entry and the directories above it. A path is added once.
    pub fn insert(&mut self, path: Utf8PathBuf, entry: Entry) -> Result<(), TreeError> {
        self.make_parents(&path)?;
        if let (Some(Entry::Directory), Entry::Directory) = (self.entries.get(&path), &entry) {
            return Ok(());
        }
        if self.entries.contains_key(&path) {
            return Err(TreeError::Duplicate(path));
        }
        self.entries.insert(path, entry);
        Ok(())
    }

    fn make_parents(&mut self, path: &Utf8Path) -> Result<(), TreeError> {
        for parent in parents(path) {
            let above = self.entries.entry(parent.to_owned());
            if !matches!(above.or_insert(Entry::Directory), Entry::Directory) {
                return Err(TreeError::ParentNotDirectory {
                    path: path.to_owned(),
                    parent: parent.to_owned(),
                });
            }
        }
        Ok(())
    }

    /// Removes an entry and all below it.
    pub fn remove(&mut self, path: &Utf8Path) {
        self.clear(path);
        self.entries.remove(path);
    }

    /// Removes all below a directory, or below the root.
    pub fn clear(&mut self, directory: &Utf8Path) {
        // Paths are ordered by their names, so what is below a directory follows it.
        let after = (Bound::Excluded(directory.to_owned()), Bound::Unbounded);
        let below = self.entries.range(after).map(|(path, _)| path.clone());
        let below: Vec<_> = below
            .take_while(|path| path.starts_with(directory))
            .collect();
        for path in below {
            self.entries.remove(&path);
        }
    }

    /// Lays another tree over this one: what it holds replaces what stood there.
    pub fn overlay(&mut self, upper: Self) -> Result<(), TreeError> {
        for (path, entry) in upper.entries {
            let lower = self.entries.get(&path);
            if !matches!((lower, &entry), (Some(Entry::Directory), Entry::Directory)) {
                self.remove(&path);
            }
            self.insert(path, entry)?;
        }
        Ok(())
    }

    /// Refuses the tree if a link leads out of it, by whatever way.
    pub fn check_links(&self) -> Result<(), TreeError> {
        for (path, entry) in &self.entries {
            if let Entry::Link(target) = entry
                && self.resolve(path).is_none()
            {
                return Err(TreeError::LinkOutside {
                    path: path.clone(),
                    target: target.clone(),
                });
            }
        }
        Ok(())
    }

    /// The file or directory that a path means on a node, through all links. `None` if
    /// the way leads out of the tree, or round in circles.
    pub fn resolve(&self, path: &Utf8Path) -> Option<Utf8PathBuf> {
        let mut links = 0;
        let mut here = Utf8PathBuf::new();
        let mut ahead = reversed(path)?;
        while let Some(name) = ahead.pop() {
            if name == ".." {
                if !here.pop() {
                    return None;
                }
                continue;
            }
            here.push(&name);
            if let Some(Entry::Link(target)) = self.entries.get(&here) {
                links += 1;
                if links > MAX_LINKS {
                    return None;
                }
                here.pop();
                ahead.extend(reversed(target)?);
            }
        }
        Some(here)
    }
}

/// The names of a relative path, last first.
fn reversed(path: &Utf8Path) -> Option<Vec<String>> {
    let is_name = |component: &Utf8Component<'_>| *component != Utf8Component::CurDir;
    let names = path.components().rev().filter(is_name);
    (!path.is_absolute()).then(|| names.map(|name| name.as_str().to_owned()).collect())
}

/// The directories above a path, outermost first, without the root.
fn parents(path: &Utf8Path) -> impl Iterator<Item = &Utf8Path> {
    let mut above: Vec<_> = path.ancestors().skip(1).collect();
    above.reverse();
    above
        .into_iter()
        .filter(|parent| !parent.as_str().is_empty())
}

#[cfg(test)]
mod tests;

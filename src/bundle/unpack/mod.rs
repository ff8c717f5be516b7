//! Reading foreign archives into a [`Tree`], or refusing them whole.
//!
//! Guarantees: nothing is written but to the anonymous spool file it is given, so an
//! error or a killed process leaves nothing behind; and what comes out holds no path or
//! link that leads out of it, no device, and no setuid file, whatever stood in the archive.

mod error;

pub use error::UnpackError;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use tar::{Archive, EntryType};

use super::meter::{Limit, Limits, Meter, MeteredReader};
use super::tree::{Content, Entry, Tree, TreeError, normal_path};
use super::whiteout::Whiteout;

/// Reads the layers of one bundle, lowest first, within limits that hold for all of them.
pub struct Unpacker {
    tree: Tree,
    spool: Arc<File>,
    limits: Limits,
    bytes: u64,
    entries: u64,
}

/// What one archive says: what it holds, and what it deletes of the layers below it.
#[derive(Default)]
struct Layer {
    tree: Tree,
    seen: BTreeSet<Utf8PathBuf>,
    whiteouts: Vec<Whiteout>,
}

impl Unpacker {
    /// Starts with an empty tree. The bytes of files are kept in `spool`.
    pub fn new(spool: File, limits: Limits) -> Self {
        Self {
            tree: Tree::default(),
            spool: Arc::new(spool),
            limits,
            bytes: 0,
            entries: 0,
        }
    }

    /// Lays a tar archive over what was read before. `packed_size` is the size in bytes
    /// that the archive had before it was decompressed.
    pub fn add_layer(&mut self, archive: impl Read, packed_size: u64) -> Result<(), UnpackError> {
        let meter = Meter::new(&self.limits, packed_size);
        let reader = MeteredReader::new(archive, &meter);
        let layer = self.read_layer(reader, &meter).map_err(|error| {
            // The reader's own error is somewhere inside that of the archive.
            meter.exceeded().map_or(error, UnpackError::Limit)
        })?;
        for whiteout in &layer.whiteouts {
            match whiteout {
                Whiteout::Entry(path) => self.tree.remove(path),
                Whiteout::Opaque(path) => self.tree.clear(path),
            }
        }
        self.tree.overlay(layer.tree)?;
        Ok(())
    }

    /// Checks the tree as a whole and gives it away.
    pub fn finish(self) -> Result<Tree, UnpackError> {
        self.tree.check_links()?;
        Ok(self.tree)
    }

    fn read_layer(&mut self, reader: impl Read, meter: &Meter) -> Result<Layer, UnpackError> {
        let mut layer = Layer::default();
        for entry in Archive::new(reader).entries()? {
            let mut entry = entry?;
            self.count_entry()?;
            meter.expect(entry.size());
            if entry.header().entry_type() == EntryType::XGlobalHeader {
                continue;
            }
            match normal_path(&entry.path_bytes())? {
                Some(path) => self.read_entry(&mut layer, path, &mut entry)?,
                None => check_root(&entry)?,
            }
        }
        Ok(layer)
    }

    fn read_entry(
        &mut self,
        layer: &mut Layer,
        path: Utf8PathBuf,
        entry: &mut tar::Entry<'_, impl Read>,
    ) -> Result<(), UnpackError> {
        refuse_ambiguous(&path, entry)?;
        if !layer.seen.insert(path.clone()) {
            return Err(TreeError::Duplicate(path).into());
        }
        match Whiteout::read(&path) {
            Ok(None) => {}
            Ok(Some(whiteout)) => {
                layer.whiteouts.push(whiteout);
                return Ok(());
            }
            Err(_) => return Err(UnpackError::Whiteout(path)),
        }
        let content = self.classify(layer, &path, entry)?;
        layer.tree.insert(path, content)?;
        Ok(())
    }

    fn classify(
        &mut self,
        layer: &Layer,
        path: &Utf8Path,
        entry: &mut tar::Entry<'_, impl Read>,
    ) -> Result<Entry, UnpackError> {
        let mode = entry.header().mode()?;
        if mode & 0o6000 != 0 {
            return Err(UnpackError::Privileged(path.to_owned()));
        }
        match entry.header().entry_type() {
            EntryType::Directory => Ok(Entry::Directory),
            EntryType::Symlink => Ok(Entry::Link(link_target(path, entry)?)),
            EntryType::Link => self.hard_link(layer, path, entry),
            EntryType::Regular | EntryType::Continuous => Ok(Entry::File {
                executable: mode & 0o100 != 0,
                content: self.read_content(path, entry)?,
            }),
            _ => Err(UnpackError::Special(path.to_owned())),
        }
    }

    fn read_content(
        &mut self,
        path: &Utf8Path,
        entry: &mut tar::Entry<'_, impl Read>,
    ) -> Result<Content, UnpackError> {
        let size = entry.size();
        self.count_bytes(size)?;
        let content = Content::spool(entry, &self.spool)?;
        let whole = content.size() == size;
        whole
            .then_some(content)
            .ok_or_else(|| UnpackError::CutShort(path.to_owned()))
    }

    /// A hard link becomes a copy; its bytes count again.
    fn hard_link(
        &mut self,
        layer: &Layer,
        path: &Utf8Path,
        entry: &tar::Entry<'_, impl Read>,
    ) -> Result<Entry, UnpackError> {
        let target = entry.link_name_bytes().unwrap_or_default();
        let refused = || UnpackError::HardLink {
            path: path.to_owned(),
            target: String::from_utf8_lossy(&target).escape_debug().to_string(),
        };
        let place = normal_path(&target).ok().flatten().ok_or_else(refused)?;
        let found = layer.tree.get(&place).or_else(|| self.tree.get(&place));
        match found.cloned() {
            Some(file @ Entry::File { .. }) => {
                self.count_bytes(file.size())?;
                Ok(file)
            }
            _ => Err(refused()),
        }
    }

    fn count_entry(&mut self) -> Result<(), UnpackError> {
        self.entries += 1;
        let within = self.entries <= self.limits.entries;
        let limit = Limit::Entries(self.limits.entries);
        within.then_some(()).ok_or(UnpackError::Limit(limit))
    }

    fn count_bytes(&mut self, size: u64) -> Result<(), UnpackError> {
        self.bytes = self.bytes.saturating_add(size);
        let within = self.bytes <= self.limits.bytes;
        let limit = Limit::Bytes(self.limits.bytes);
        within.then_some(()).ok_or(UnpackError::Limit(limit))
    }
}

/// The root (`./`) is a directory without privileges, and nothing else.
fn check_root(entry: &tar::Entry<'_, impl Read>) -> Result<(), UnpackError> {
    let is_privileged = entry.header().mode()? & 0o6000 != 0;
    match entry.header().entry_type() {
        EntryType::Directory if is_privileged => Err(UnpackError::Privileged(".".into())),
        EntryType::Directory => Ok(()),
        _ => Err(UnpackError::Root),
    }
}

/// Refuses what other programs would read differently (CVE-2025-62518 is such a case).
fn refuse_ambiguous(
    path: &Utf8Path,
    entry: &mut tar::Entry<'_, impl Read>,
) -> Result<(), UnpackError> {
    let in_header = entry.header().entry_size()?;
    let in_effect = entry.size();
    let kind = entry.header().entry_type();
    let two_sizes = in_header != in_effect && in_header != 0;
    let two_kinds = kind == EntryType::Regular && entry.path_bytes().ends_with(b"/");
    let mut ambiguous = two_sizes || two_kinds;
    if let Some(extensions) = entry.pax_extensions()? {
        for extension in extensions {
            ambiguous |= extension?.key_bytes().starts_with(b"GNU.sparse");
        }
    }
    if ambiguous {
        return Err(UnpackError::Ambiguous(path.to_owned()));
    }
    Ok(())
}

fn link_target(
    path: &Utf8Path,
    entry: &tar::Entry<'_, impl Read>,
) -> Result<Utf8PathBuf, UnpackError> {
    let bytes = entry.link_name_bytes().unwrap_or_default().into_owned();
    let target = String::from_utf8(bytes).map_err(|_| TreeError::OddName(path.to_string()))?;
    if target.is_empty() || target.chars().any(char::is_control) {
        return Err(TreeError::OddName(path.to_string()).into());
    }
    Ok(target.into())
}

#[cfg(test)]
mod tests;

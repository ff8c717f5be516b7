//! Source trees on disk, for tests.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::TempDir;

use super::registry::{BlobStore, NoTransfer, Platform, Registries};
use super::{PayloadCache, Resolver};

/// A resolver without mirrors, which reaches registries by the defaults.
pub(crate) fn resolver(cache: &Utf8Path) -> Resolver {
    Resolver {
        mirrors: Default::default(),
        registries: Arc::new(Registries {
            settings: Default::default(),
            environment: None,
            store: BlobStore::new(cache),
            platform: Platform::of_this_machine(),
            transfer: Arc::new(NoTransfer),
            fetched: Default::default(),
        }),
        cache: PayloadCache::new(cache),
        limits: Default::default(),
    }
}

/// A directory that is removed at the end of its test.
pub(crate) struct Directory(TempDir);

impl Directory {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Utf8Path {
        Utf8Path::from_path(self.0.path()).unwrap()
    }

    pub(crate) fn join(&self, path: &str) -> Utf8PathBuf {
        self.path().join(path)
    }

    /// Writes a file with a mode, and the directories above it.
    pub(crate) fn file(&self, path: &str, bytes: impl AsRef<[u8]>, mode: u32) {
        let path = self.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
    }

    pub(crate) fn link(&self, path: &str, target: &str) {
        let path = self.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(target, path).unwrap();
    }

    /// Writes a bundle's source tree that ddt takes.
    pub(crate) fn bundle(&self, directory: &str, name: &str, tag: &str) {
        let descriptor = format!("bundle: {name}\ntag: {tag}\nsteps: {{\n  deploy: deploy\n}}\n");
        self.file(&format!("{directory}/bundle.hjson"), descriptor, 0o644);
        self.file(
            &format!("{directory}/deploy"),
            format!("#!/bin/sh\necho {tag}\n"),
            0o755,
        );
    }

    /// The permission bits of a file or directory.
    pub(crate) fn mode(&self, path: &str) -> u32 {
        let metadata = fs::symlink_metadata(self.join(path)).unwrap();
        metadata.permissions().mode() & 0o7777
    }

    /// This directory's path taken out of a text.
    pub(crate) fn redact(&self, text: &str) -> String {
        text.replace(self.path().as_str(), "[DIR]")
    }
}

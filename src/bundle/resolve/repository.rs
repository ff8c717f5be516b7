//! A directory in which bundles are kept: an OCI image layout, or source trees.
//!
//! A source tree is found at `NAME/TAG/bundle.hjson`, which leaves room for several
//! releases, or at `NAME/bundle.hjson`.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};

use super::{PackedRelease, ResolveErrorKind};
use crate::bundle::descriptor::FILE_NAME;
use crate::bundle::layout::{Layout, digest_of};
use crate::reference::BundleReference;
use crate::tag::ReleaseTag;

/// Where a release was found.
pub(super) enum Place {
    /// In a layout.
    Packed(Box<PackedRelease>),
    /// In this directory.
    SourceTree(Utf8PathBuf),
}

impl Place {
    /// Finds a release in a directory. Whether the content agrees is not known yet.
    pub(super) fn find(
        directory: &Utf8Path,
        reference: &BundleReference,
    ) -> Result<Self, ResolveErrorKind> {
        if !directory.is_dir() {
            return Err(ResolveErrorKind::NoDirectory(directory.to_owned()));
        }
        if !Layout::is_at(directory) {
            return find_source_tree(directory, reference).map(Self::SourceTree);
        }
        let layout = Layout::at(directory);
        let name = format!("{}:{}", reference.name, reference.tag);
        match layout.find(&name)? {
            Some(manifest) => Ok(Self::Packed(Box::new(PackedRelease {
                digest: digest_of(&manifest)?,
                origin: directory.to_owned(),
                layout,
                manifest,
            }))),
            None => Err(ResolveErrorKind::NotFound {
                directory: directory.to_owned(),
                others: other_releases(&layout, reference)?,
            }),
        }
    }
}

fn other_releases(
    layout: &Layout,
    reference: &BundleReference,
) -> Result<Vec<String>, ResolveErrorKind> {
    let prefix = format!("{}:", reference.name);
    let releases = layout.releases()?.into_iter();
    let tags = releases.filter_map(|(name, _)| name.strip_prefix(&prefix).map(str::to_owned));
    // What is attached to a release has a tag, too.
    Ok(tags
        .filter(|tag| tag.parse::<ReleaseTag>().is_ok())
        .collect())
}

fn find_source_tree(
    directory: &Utf8Path,
    reference: &BundleReference,
) -> Result<Utf8PathBuf, ResolveErrorKind> {
    let bundle = directory.join(reference.name.as_str());
    let release = bundle.join(reference.tag.to_string());
    // Whatever has the name is meant; what it is instead of a bundle is said when it is read.
    if release.is_dir() {
        return Ok(release);
    }
    match bundle.join(FILE_NAME).symlink_metadata() {
        Ok(_) => Ok(bundle),
        Err(_) => Err(ResolveErrorKind::NotFound {
            directory: directory.to_owned(),
            others: releases_below(&bundle),
        }),
    }
}

/// The releases beside the one that is not there; none if they cannot be read.
fn releases_below(bundle: &Utf8Path) -> Vec<String> {
    let entries = bundle.read_dir_utf8().into_iter().flatten().flatten();
    let releases =
        entries.filter(|entry| fs::exists(entry.path().join(FILE_NAME)).is_ok_and(|found| found));
    let mut tags: Vec<_> = releases.map(|entry| entry.file_name().to_owned()).collect();
    tags.sort();
    tags
}

//! `ddt.lock`: the content that every release of a manifest had when it was locked.
//!
//! It stands beside the manifests it is about and is written by ddt alone: a file that is not
//! byte for byte what ddt would write is refused, so that no change of it goes unnoticed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write as _};

use camino::Utf8Path;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::document::{Diagnostic, Document, Source};
use crate::files::{Audience, finish_file, start_file};
use crate::name::Name;
use crate::reference::Repo;
use crate::tag::ReleaseTag;

/// The name of the file, beside the manifests.
pub const FILE_NAME: &str = "ddt.lock";

/// The version of the format.
const VERSION: u32 = 1;

/// What the file says to people who open it.
const HEAD: &str =
    "# Written by `ddt lock`. Do not edit it: `ddt lock MANIFEST` brings it up to date.\n";

/// The packages of a component.
pub type LockedPackages = BTreeMap<Name, LockedRelease>;

/// The components of a zone.
pub type LockedComponents = BTreeMap<Name, LockedPackages>;

/// The releases of zones, with the digest that each had when it was locked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LockFile {
    /// The version of the format: 1.
    pub lock: u32,
    /// The releases by zone, component and package.
    #[serde(default)]
    pub zones: BTreeMap<Name, LockedComponents>,
}

/// One release, pinned to its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LockedRelease {
    /// Where the bundle comes from, as the manifest says it.
    pub repo: Repo,
    /// The bundle that the package uses.
    pub bundle: Name,
    /// The release.
    pub tag: ReleaseTag,
    /// The digest of the bundle when the release was locked.
    pub digest: Digest,
}

/// Why a text is not a lock file.
#[derive(Debug, thiserror::Error)]
pub enum LockFileError {
    /// It is not such a document; the diagnostics say where.
    #[error("it is not what `ddt lock` writes")]
    Document(Vec<Diagnostic>),
    /// It is of another ddt.
    #[error("it has version {0} of the format, this ddt knows {VERSION}")]
    Version(u32),
    /// It says something in other bytes than ddt would.
    #[error("it was changed by something else than `ddt lock`, at line {0}")]
    Edited(usize),
}

impl LockFileError {
    /// What to do about any of them.
    pub const HELP: &'static str =
        "restore it from version control, or delete it and lock every manifest beside it again";
}

impl Default for LockFile {
    fn default() -> Self {
        Self {
            lock: VERSION,
            zones: BTreeMap::new(),
        }
    }
}

impl LockFile {
    /// Reads a lock file; the path is for messages.
    pub fn read(path: &str, bytes: &[u8]) -> Result<Self, LockFileError> {
        let text = String::from_utf8_lossy(bytes);
        let document = Document::<Self>::read(Source::new(path, text.as_ref()));
        let lock = document.map_err(LockFileError::Document)?.value;
        if lock.lock != VERSION {
            return Err(LockFileError::Version(lock.lock));
        }
        match lock.text() {
            written if written.as_bytes() == bytes => Ok(lock),
            written => Err(LockFileError::Edited(first_difference(&written, &text))),
        }
    }

    /// The one text that says this.
    pub fn text(&self) -> String {
        let mut text = format!("{HEAD}{{\n  lock: {}\n  zones: {{\n", self.lock);
        for (zone, components) in &self.zones {
            let _ = writeln!(text, "    {zone}: {{");
            for (component, packages) in components {
                let _ = writeln!(text, "      {component}: {{");
                packages.iter().for_each(|(package, release)| {
                    let _ = writeln!(text, "        {package}: {{\n{}        }}", release.text());
                });
                text.push_str("      }\n");
            }
            text.push_str("    }\n");
        }
        text + "  }\n}\n"
    }

    /// Replaces the file at a path, whole or not at all.
    pub fn write(&self, path: &Utf8Path) -> io::Result<()> {
        let directory = match path.parent() {
            Some(directory) if !directory.as_str().is_empty() => directory,
            _ => Utf8Path::new("."),
        };
        let mut file = start_file(directory)?;
        file.write_all(self.text().as_bytes())?;
        finish_file(file, path.to_owned(), Audience::Everyone).map(|_| ())
    }

    /// The release of a package in a zone.
    pub fn release(&self, zone: &Name, component: &str, package: &str) -> Option<&LockedRelease> {
        let components = self.zones.get(zone)?.iter();
        let (_, packages) = components
            .into_iter()
            .find(|(name, _)| name.as_str() == component)?;
        let mut packages = packages.iter();
        let found = packages.find(|(name, _)| name.as_str() == package);
        found.map(|(_, release)| release)
    }

    /// Takes over the components of a zone's manifest; those that it does not have stay.
    pub fn take(&mut self, zone: &Name, components: LockedComponents) {
        self.zones
            .entry(zone.clone())
            .or_default()
            .extend(components);
    }

    /// Lets go of packages of a zone, in whichever component.
    pub fn release_packages(&mut self, zone: &Name, packages: &[Name]) {
        let components = self.zones.get_mut(zone).into_iter().flatten();
        components.for_each(|(_, locked)| locked.retain(|name, _| !packages.contains(name)));
    }
}

impl LockedRelease {
    /// Whether it is about a release, whatever content that has.
    pub fn is_of(&self, repo: &Repo, bundle: &Name, tag: &ReleaseTag) -> bool {
        (&self.repo, &self.bundle, &self.tag) == (repo, bundle, tag)
    }

    fn text(&self) -> String {
        let repo = serde_json::Value::from(self.repo.to_string());
        let Self {
            bundle,
            tag,
            digest,
            ..
        } = self;
        let values =
            format!("repo: {repo}\nbundle: \"{bundle}\"\ntag: \"{tag}\"\ndigest: {digest}\n");
        let lines = values.lines();
        lines.map(|line| format!("          {line}\n")).collect()
    }
}

/// The first line that is another, from 1.
fn first_difference(written: &str, found: &str) -> usize {
    // With their ends, of which an editor may have others.
    let same = written
        .split_inclusive('\n')
        .zip(found.split_inclusive('\n'));
    same.take_while(|(one, other)| one == other).count() + 1
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use proptest::prelude::*;

    use super::*;

    fn name(text: &str) -> Name {
        text.parse().unwrap()
    }

    fn release(repo: &str) -> LockedRelease {
        LockedRelease {
            repo: repo.parse().unwrap(),
            bundle: name("demo"),
            tag: "1.2.3-20220602T124916Z_887ca13".parse().unwrap(),
            digest: Digest::of(b"demo"),
        }
    }

    fn lock(repo: &str) -> LockFile {
        let mut lock = LockFile::default();
        let packages = BTreeMap::from([(name("demo"), release(repo)), (name("10"), release(repo))]);
        lock.take(&name("zone-1"), [(name("hostos"), packages)].into());
        lock
    }

    fn refused(text: &str) -> String {
        let error = LockFile::read("ddt.lock", text.as_bytes()).unwrap_err();
        match error {
            LockFileError::Document(diagnostics) => {
                format!(
                    "{}: {}",
                    LockFileError::Document(vec![]),
                    diagnostics[0].message
                )
            }
            other => other.to_string(),
        }
    }

    #[test]
    fn says_every_release_in_a_stable_order() {
        insta::assert_snapshot!(lock("registry.example.com/team").text());
    }

    #[test]
    fn says_what_is_wrong_with_a_file() {
        let text = lock("dir:bundles").text();
        let said = [
            refused(""),
            refused("lock: 2"),
            refused(&text.replace("lock: 1", "lock: 2")),
            refused(&text.replace("tag: ", "tags: ")),
            refused(&text.replace("  zones", "\tzones")),
            refused(&format!("{text}\n")),
            refused(&text.replace('\n', "\r\n")),
        ];
        insta::assert_snapshot!(said.join("\n"));
    }

    #[test]
    fn every_changed_byte_is_refused_or_says_something_else() {
        let lock = lock("dir:bundles");
        let bytes = lock.text().into_bytes();
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            if let Ok(read) = LockFile::read("ddt.lock", &changed) {
                assert_ne!(read, lock, "byte {place} may be changed unnoticed");
            }
        }
    }

    #[test]
    fn a_zones_other_components_stay() {
        let mut lock = lock("dir:bundles");
        let packages = BTreeMap::from([(name("proxy"), release("dir:other"))]);
        lock.take(&name("zone-1"), [(name("edge"), packages)].into());
        assert!(lock.release(&name("zone-1"), "hostos", "demo").is_some());
        assert!(lock.release(&name("zone-1"), "edge", "proxy").is_some());
        lock.release_packages(&name("zone-1"), &[name("demo")]);
        assert!(lock.release(&name("zone-1"), "hostos", "demo").is_none());
        assert!(lock.release(&name("zone-1"), "hostos", "10").is_some());
    }

    proptest! {
        #[test]
        fn reads_what_it_writes(path in "[^\\x00-\\x1f\\x7f-\\x9f]{1,20}") {
            let written = lock(&format!("dir:{path}"));
            let read = LockFile::read("ddt.lock", written.text().as_bytes());
            prop_assert_eq!(read.unwrap(), written);
        }
    }
}

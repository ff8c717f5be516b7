//! `ddt lock MANIFEST`: pins every release of a manifest to its content.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use camino::Utf8PathBuf;
use clap::Args;

use super::bundles::{self, Wanted};
use super::context::Context;
use super::resolver::resolver;
use super::words::typed;
use super::{documents, locked, print};
use crate::bundle::registry::Platform;
use crate::bundle::{LockFile, LockedComponents, LockedRelease};
use crate::document::Document;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::manifest::Manifest;
use crate::name::Name;

/// Pin every release of a manifest to its content, in ddt.lock beside it
#[derive(Clone, Debug, Args)]
pub(super) struct LockArgs {
    /// The manifest
    manifest: Utf8PathBuf,
    /// Say whether ddt.lock is up to date, and write nothing; exit with 1 if it is not
    #[arg(long)]
    check: bool,
    /// Take the content that this package's release has now, whatever it had before
    #[arg(long, value_name = "PACKAGE", conflicts_with = "check")]
    update: Vec<Name>,
}

impl LockArgs {
    /// Locks, and prints what changed.
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<ExitCode, Failure> {
        let definitions = documents::definitions(context)?;
        let manifest = documents::read_manifest(context, &self.manifest, &definitions, None)?;
        self.refuse_unknown(&manifest.value)?;
        let old = locked::beside(context, &self.manifest)?.unwrap_or_default();
        let kept = self.kept(&old, &manifest.value.mzone);
        let wanted = Wanted {
            manifest: &manifest,
            definitions: &definitions,
            lock: kept.as_ref(),
        };
        let new = locked_now(context, wanted, &old)?;
        let changes = changes(&old, &new, &manifest);
        if self.check {
            return self.say_whether_current(&changes, out);
        }
        self.write(context, &old, &new)?;
        print(
            out,
            &format!("{}{}\n", changes.concat(), self.summary(&changes)),
        )?;
        Ok(ExitCode::Done)
    }

    fn refuse_unknown(&self, manifest: &Manifest) -> Result<(), Failure> {
        let has = |name: &Name| {
            let mut components = manifest.components.values();
            components.any(|entry| entry.packages.contains_key(name))
        };
        let unknown = self.update.iter().find(|name| !has(name));
        match unknown {
            Some(name) => Err(Failure::refused(format!(
                "--update {name}: the manifest has no such package"
            ))),
            None => Ok(()),
        }
    }

    /// The releases whose content must not change. A check only looks.
    fn kept(&self, old: &LockFile, zone: &Name) -> Option<LockFile> {
        let mut kept = old.clone();
        kept.release_packages(zone, &self.update);
        (!self.check).then_some(kept)
    }

    fn write(&self, context: &Context, old: &LockFile, new: &LockFile) -> Result<(), Failure> {
        let shown = locked::path_beside(&self.manifest);
        let path = context.working_directory.join(&shown);
        if old == new && path.exists() {
            return Ok(());
        }
        new.write(&path)
            .map_err(|error| Failure::environment(format!("cannot write {shown}")).because(&error))
    }

    fn summary(&self, changes: &[String]) -> String {
        let path = locked::path_beside(&self.manifest);
        match changes.len() {
            0 => format!("{path} is up to date"),
            1 => format!("{path}: 1 package changed"),
            count => format!("{path}: {count} packages changed"),
        }
    }

    fn say_whether_current(
        &self,
        changes: &[String],
        out: &mut dyn Write,
    ) -> Result<ExitCode, Failure> {
        let path = locked::path_beside(&self.manifest);
        if changes.is_empty() {
            print(out, &format!("{path} is up to date\n"))?;
            return Ok(ExitCode::Done);
        }
        let manifest = typed(self.manifest.as_str());
        let help = format!("{path} is not up to date; review, then run `ddt lock {manifest}`\n");
        print(out, &format!("{}{help}", changes.concat()))?;
        Ok(ExitCode::Error)
    }
}

/// The lock file with what the manifest's releases are now.
fn locked_now(context: &Context, wanted: Wanted<'_>, old: &LockFile) -> Result<LockFile, Failure> {
    let mut components = LockedComponents::new();
    for component in wanted.manifest.value.components.keys() {
        components.insert(component.clone(), BTreeMap::new());
    }
    let resolver = resolver(context, Platform::of_this_machine())?;
    for (request, bundle) in bundles::take_all(&resolver, wanted)? {
        // A package without a repo was refused.
        let Some(repo) = request.repo() else { continue };
        let release = LockedRelease {
            repo: repo.clone(),
            bundle: request.bundle_name().clone(),
            tag: bundle.reference.tag,
            digest: bundle.digest,
        };
        let packages = components.entry(request.component.clone()).or_default();
        packages.insert(request.package.clone(), release);
    }
    let mut new = old.clone();
    new.take(&wanted.manifest.value.mzone, components);
    Ok(new)
}

/// A line for every package that is locked in another way than before.
fn changes(old: &LockFile, new: &LockFile, manifest: &Document<Manifest>) -> Vec<String> {
    let zone = &manifest.value.mzone;
    let packages = |lock: &LockFile| {
        let components = lock.zones.get(zone).into_iter().flatten();
        let releases = components.flat_map(|(component, packages)| {
            let packages = packages.iter();
            packages.map(move |(package, release)| {
                ((component.clone(), package.clone()), release.clone())
            })
        });
        releases.collect::<BTreeMap<_, _>>()
    };
    let (before, now) = (packages(old), packages(new));
    let names: BTreeSet<_> = before.keys().chain(now.keys()).collect();
    let lines = names.into_iter().filter_map(|name| {
        let line = change(before.get(name), now.get(name))?;
        Some(format!("{}: {line}\n", name.1))
    });
    lines.collect()
}

fn change(before: Option<&LockedRelease>, now: Option<&LockedRelease>) -> Option<String> {
    let short = |release: &LockedRelease| format!("{} {}", release.tag, release.digest);
    match (before, now) {
        (None, Some(now)) => Some(format!("locked {}", short(now))),
        (Some(before), None) => Some(format!("removed {}", short(before))),
        (Some(before), Some(now)) if before != now => {
            let moved = |from: String, to: String| format!("{from} -> {to}");
            let repo = (before.repo != now.repo)
                .then(|| moved(before.repo.to_string(), now.repo.to_string()));
            let release = moved(short(before), short(now));
            Some(
                [Some(release), repo]
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .join(", "),
            )
        }
        _ => None,
    }
}

//! One package whose bundle is wanted: how it is found, and what is said if it is not.

use camino::Utf8Path;

use super::Wanted;
use crate::bundle::registry::WantedRelease;
use crate::bundle::{FoundBundle, LockedRelease, ResolveError, ResolveErrorKind, Resolver};
use crate::cli::config::PackageConfig;
use crate::cli::words::typed;
use crate::digest::Digest;
use crate::document::{Diagnostic, Document};
use crate::hjson::KeyPath;
use crate::manifest::{Manifest, PackageEntry};
use crate::name::Name;
use crate::reference::{BundleReference, Repo};

/// Why the bundle of a package is not taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotTaken {
    /// Nothing says where it is. The linter's rule for that can be silenced.
    #[error("the package has no `artifrepo`")]
    NoRepo,
    /// Its tag means another content than it did.
    #[error("it was {locked} when it was locked, and is now {found}")]
    Moved {
        /// What ddt.lock says.
        locked: Digest,
        /// What was found.
        found: Digest,
    },
    /// It cannot be had, or is not as it should be.
    #[error(transparent)]
    Bundle(#[from] ResolveError),
}

/// One package whose bundle is wanted.
pub(in crate::cli) struct Request<'a> {
    pub(super) all: Wanted<'a>,
    /// The component of the package.
    pub(in crate::cli) component: &'a Name,
    /// The package.
    pub(in crate::cli) package: &'a Name,
    pub(super) wanted: &'a PackageEntry,
}

impl<'a> Request<'a> {
    pub(super) fn manifest(&self) -> &'a Document<Manifest> {
        self.all.manifest
    }

    /// The repo as the manifest says it.
    pub(in crate::cli) fn repo(&self) -> Option<&'a Repo> {
        self.manifest().value.repo(self.wanted)
    }

    /// What the lock file says of this very release.
    fn locked(&self) -> Option<&'a LockedRelease> {
        let (component, package) = (self.component.as_str(), self.package.as_str());
        let zone = &self.manifest().value.mzone;
        let locked = self.all.lock?.release(zone, component, package)?;
        let is_it = locked.is_of(self.repo()?, self.bundle_name(), &self.wanted.tag);
        is_it.then_some(locked)
    }

    /// Where the package stands in the manifest.
    pub(super) fn path(&self) -> KeyPath {
        let (component, package) = (self.component.as_str(), self.package.as_str());
        KeyPath::from(["components", component, "packages", package])
    }

    pub(super) fn config(&self) -> PackageConfig<'_> {
        PackageConfig {
            manifest: self.manifest(),
            package: self.path(),
            wanted: self.wanted,
        }
    }

    /// Where the bundle is; nothing may say it. Paths stay relative to the working directory where the manifest's is.
    fn reference(&self) -> Option<BundleReference> {
        let manifest = self.manifest().source.path();
        let directory = manifest.parent().unwrap_or(Utf8Path::new("/"));
        Some(BundleReference {
            repo: self.repo()?.relative_to(directory),
            name: self.bundle_name().clone(),
            tag: self.wanted.tag.clone(),
        })
    }

    /// The release, with the digest that it must have: the manifest's own goes before that of the lock file.
    pub(super) fn release(&self) -> Option<WantedRelease> {
        let locked = self.locked().map(|locked| &locked.digest);
        let pin = self.wanted.digest.as_ref().or(locked);
        Some(WantedRelease {
            reference: self.reference()?,
            pin: pin.cloned(),
        })
    }

    pub(super) fn find(&self, resolver: &Resolver) -> Result<FoundBundle, NotTaken> {
        let release = self.release().ok_or(NotTaken::NoRepo)?;
        self.pinned(resolver, &release)
    }

    fn pinned(
        &self,
        resolver: &Resolver,
        release: &WantedRelease,
    ) -> Result<FoundBundle, NotTaken> {
        let locked = self.locked().map(|locked| &locked.digest);
        let found = resolver.find(&release.reference, release.pin.as_ref());
        found.map_err(|error| match error.kind {
            ResolveErrorKind::Pin { pinned, found } if Some(&pinned) == locked => NotTaken::Moved {
                locked: pinned,
                found,
            },
            _ => NotTaken::Bundle(error),
        })
    }

    /// The definition says which bundle a package uses.
    pub(in crate::cli) fn bundle_name(&self) -> &'a Name {
        let definition = self.all.definitions.get(self.component);
        let package = definition.and_then(|definition| definition.package(self.package));
        package.map_or(self.package, |package| package.bundle())
    }

    /// What is wrong with a bundle is said of its descriptor; that there is none to take, of
    /// the tag that asks for it.
    pub(super) fn diagnostics(&self, reason: NotTaken) -> Vec<Diagnostic> {
        match reason {
            NotTaken::Bundle(error) => self.diagnostics_of_bundle(error),
            NotTaken::NoRepo => vec![
                self.diagnostic(reason.to_string())
                    .code("DDT202")
                    .help("set `artifrepo` for the package, or for the whole manifest"),
            ],
            NotTaken::Moved { .. } => vec![self.moved(&reason)],
        }
    }

    fn moved(&self, reason: &NotTaken) -> Diagnostic {
        let (package, tag) = (self.package, &self.wanted.tag);
        let manifest = typed(self.manifest().source.path().as_str());
        self.diagnostic(format!(
            "the tag of `{package}` moved: {tag} has another content"
        ))
        .code("DDT702")
        .note(reason.to_string())
        .help(format!(
            "find out who changed it; after a review run `ddt lock {manifest} --update {package}`"
        ))
    }

    fn diagnostics_of_bundle(&self, error: ResolveError) -> Vec<Diagnostic> {
        let code = error.kind.code();
        match error.kind {
            ResolveErrorKind::Descriptor(wrong) => {
                let manifest = self.manifest().source.path();
                let wanted = format!("{} in {manifest} uses this bundle", self.package);
                let wrong = wrong.into_iter();
                wrong.map(|one| one.note(wanted.clone())).collect()
            }
            kind => {
                let message = format!("cannot take the bundle {}", error.reference);
                let diagnostic = self.diagnostic(message).note(kind.to_string());
                vec![Diagnostic { code, ..diagnostic }]
            }
        }
    }

    /// Starts an error about the tag that asks for the bundle.
    pub(in crate::cli) fn diagnostic(&self, message: String) -> Diagnostic {
        let path = self.path().key("tag");
        let span = self.manifest().span(&path);
        Diagnostic::error(message)
            .at(&self.manifest().source, span, "")
            .about(path)
    }
}

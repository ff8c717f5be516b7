//! The bundles of a manifest: found, checked, and their payloads at hand.

use std::collections::BTreeMap;

use camino::Utf8Path;

use super::config::PackageConfig;
use super::context::Context;
use super::documents::Documents;
use super::trust;
use super::words::typed;
use crate::bundle::{
    BundleDescriptor, FoundBundle, LockFile, LockedRelease, PayloadCache, ResolveError,
    ResolveErrorKind, ResolvedBundle, Resolver, Timeout,
};
use crate::component::ComponentDefinition;
use crate::digest::Digest;
use crate::document::{Diagnostic, Document};
use crate::failure::Failure;
use crate::hjson::KeyPath;
use crate::manifest::{Manifest, PackageEntry};
use crate::name::Name;
use crate::node::Payload;
use crate::node::attempt::StepKind;
use crate::plan::{Bundle, BundleSteps};
use crate::reference::{BundleReference, Repo};
use crate::store::SeenRelease;

/// The bundles of a manifest.
pub(super) struct Bundles {
    /// By component and package.
    pub(super) by_package: BTreeMap<(Name, Name), Bundle>,
    /// One for each different payload.
    pub(super) payloads: Vec<Payload>,
    /// The releases, to be remembered.
    pub(super) releases: Vec<SeenRelease>,
}

/// What bundles are wanted by.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// The manifest that names the packages.
    pub(super) manifest: &'a Document<Manifest>,
    /// The definitions that say which bundles they use.
    pub(super) definitions: &'a BTreeMap<Name, ComponentDefinition>,
    /// The digests that their releases must have.
    pub(super) lock: Option<&'a LockFile>,
}

/// Resolves the bundle of every package and checks the packages' `config`; everything that
/// is wrong is reported at once.
pub(super) fn resolve(context: &Context, documents: &Documents) -> Result<Bundles, Failure> {
    let wanted = Wanted {
        manifest: &documents.manifest,
        definitions: &documents.definitions,
        lock: documents.lock.as_ref(),
    };
    let mut bundles = Bundles {
        by_package: BTreeMap::new(),
        payloads: Vec::new(),
        releases: Vec::new(),
    };
    let taken = take_all(context, wanted)?;
    trust::require_signatures(context, documents, &taken)?;
    for (request, bundle) in taken {
        bundles.take(request.component, request.package, bundle);
    }
    Ok(bundles)
}

/// Takes the bundle of every package; everything that is wrong is reported at once.
pub(super) fn take_all<'a>(
    context: &Context,
    wanted: Wanted<'a>,
) -> Result<Vec<(Request<'a>, ResolvedBundle)>, Failure> {
    let resolver = resolver(context);
    let mut found = Vec::new();
    let (mut diagnostics, mut refused_configs) = (Vec::new(), Vec::new());
    for request in requests(wanted) {
        match request.find(&resolver) {
            Ok(bundle) => {
                refused_configs.extend(request.config().check(&bundle.descriptor));
                found.push((request, bundle));
            }
            Err(NotTaken::Bundle(error)) if error.kind.is_environment() => return Err(error.into()),
            Err(reason) => diagnostics.extend(request.diagnostics(reason)),
        }
    }
    refuse(diagnostics, refused_configs)?;
    let found = found.into_iter();
    found
        .map(|(request, bundle)| Ok((request, resolver.keep(bundle)?)))
        .collect()
}

/// Fails if anything is wrong with bundles or with what they are given.
fn refuse(mut diagnostics: Vec<Diagnostic>, configs: Vec<Diagnostic>) -> Result<(), Failure> {
    let message = match (diagnostics.is_empty(), configs.is_empty()) {
        (true, true) => return Ok(()),
        (true, false) => "not every `config` is what its release bundle takes",
        (false, _) => "not every release bundle can be taken",
    };
    diagnostics.extend(configs);
    let failure = Failure::refused(format!("{message}; nothing was started"));
    Err(failure.with_diagnostics(diagnostics))
}

/// Every package of the manifest.
fn requests(all: Wanted<'_>) -> impl Iterator<Item = Request<'_>> {
    let components = all.manifest.value.components.iter();
    components.flat_map(move |(component, entry)| {
        entry.packages.iter().map(move |(package, wanted)| Request {
            all,
            component,
            package,
            wanted,
        })
    })
}

/// Finds bundles as the project says.
pub(super) fn resolver(context: &Context) -> Resolver {
    let directory = |repo: &Repo| match repo {
        Repo::Directory(path) => {
            let path = context.project_directory.join(path);
            Some(context.shown(&path).to_owned())
        }
        Repo::Registry { .. } => None,
    };
    let registries = context.project.registries.iter();
    let mirrors = registries
        .filter_map(|(host, registry)| Some((host.clone(), directory(&registry.mirror)?)));
    Resolver {
        mirrors: mirrors.collect(),
        cache: PayloadCache::new(context.state_dir.join("cache")),
        limits: Default::default(),
    }
}

/// Why the bundle of a package is not taken.
#[derive(Debug, thiserror::Error)]
enum NotTaken {
    /// Nothing says where it is. The linter's rule for that can be silenced.
    #[error("the package has no `artifrepo`")]
    NoRepo,
    /// Its steps count on what they would not get.
    #[error("the bundle needs secrets ({0}), which this version of ddt cannot hand to it")]
    Secrets(String),
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
pub(super) struct Request<'a> {
    all: Wanted<'a>,
    /// The component of the package.
    pub(super) component: &'a Name,
    /// The package.
    pub(super) package: &'a Name,
    wanted: &'a PackageEntry,
}

impl<'a> Request<'a> {
    fn manifest(&self) -> &'a Document<Manifest> {
        self.all.manifest
    }

    /// The repo as the manifest says it.
    pub(super) fn repo(&self) -> Option<&'a Repo> {
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
    fn path(&self) -> KeyPath {
        let (component, package) = (self.component.as_str(), self.package.as_str());
        KeyPath::from(["components", component, "packages", package])
    }

    fn config(&self) -> PackageConfig<'_> {
        PackageConfig {
            manifest: self.manifest(),
            package: self.path(),
            wanted: self.wanted,
        }
    }

    /// Paths stay relative to the working directory where the manifest's is.
    fn find(&self, resolver: &Resolver) -> Result<FoundBundle, NotTaken> {
        let manifest = self.manifest().source.path();
        let directory = manifest.parent().unwrap_or(Utf8Path::new("/"));
        let repo = self.repo().ok_or(NotTaken::NoRepo)?;
        let reference = BundleReference {
            repo: repo.relative_to(directory),
            name: self.bundle_name().clone(),
            tag: self.wanted.tag.clone(),
        };
        let bundle = self.pinned(resolver, &reference)?;
        refuse_secrets(&bundle.descriptor)?;
        Ok(bundle)
    }

    /// The manifest's own digest goes before that of the lock file.
    fn pinned(
        &self,
        resolver: &Resolver,
        reference: &BundleReference,
    ) -> Result<FoundBundle, NotTaken> {
        let locked = self.locked().map(|locked| &locked.digest);
        let found = resolver.find(reference, self.wanted.digest.as_ref().or(locked));
        found.map_err(|error| match error.kind {
            ResolveErrorKind::Pin { pinned, found } if Some(&pinned) == locked => NotTaken::Moved {
                locked: pinned,
                found,
            },
            _ => NotTaken::Bundle(error),
        })
    }

    /// The definition says which bundle a package uses.
    pub(super) fn bundle_name(&self) -> &'a Name {
        let definition = self.all.definitions.get(self.component);
        let package = definition.and_then(|definition| definition.package(self.package));
        package.map_or(self.package, |package| package.bundle())
    }

    /// What is wrong with a bundle is said of its descriptor; that there is none to take, of
    /// the tag that asks for it.
    fn diagnostics(&self, reason: NotTaken) -> Vec<Diagnostic> {
        match reason {
            NotTaken::Bundle(error) => self.diagnostics_of_bundle(error),
            NotTaken::NoRepo => vec![
                self.diagnostic(reason.to_string())
                    .code("DDT202")
                    .help("set `artifrepo` for the package, or for the whole manifest"),
            ],
            NotTaken::Secrets(_) => vec![self.diagnostic(reason.to_string())],
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
    pub(super) fn diagnostic(&self, message: String) -> Diagnostic {
        let path = self.path().key("tag");
        let span = self.manifest().span(&path);
        Diagnostic::error(message)
            .at(&self.manifest().source, span, "")
            .about(path)
    }
}

/// A step that counts on a secret must not be run without it.
fn refuse_secrets(descriptor: &BundleDescriptor) -> Result<(), NotTaken> {
    let names: Vec<&str> = descriptor.secrets.iter().map(Name::as_str).collect();
    match names.is_empty() {
        true => Ok(()),
        false => Err(NotTaken::Secrets(names.join(", "))),
    }
}

impl Bundles {
    fn take(&mut self, component: &Name, package: &Name, bundle: ResolvedBundle) {
        if !self
            .payloads
            .iter()
            .any(|known| known.digest == bundle.payload.digest)
        {
            self.payloads.push(bundle.payload.clone());
        }
        let planned = planned(&bundle);
        self.releases.push(SeenRelease {
            component: component.clone(),
            package: package.clone(),
            repo: bundle.reference.repo,
            tag: bundle.reference.tag,
            digest: bundle.digest,
        });
        self.by_package
            .insert((component.clone(), package.clone()), planned);
    }
}

/// A bundle as far as the planner cares.
fn planned(bundle: &ResolvedBundle) -> Bundle {
    let descriptor: &BundleDescriptor = &bundle.descriptor;
    let step = |kind| {
        descriptor
            .steps
            .get(kind)
            .map(|path| path.as_path().to_owned())
    };
    Bundle {
        digest: bundle.digest.clone(),
        payload: bundle.payload.digest.clone(),
        payload_bytes: bundle.payload.size,
        arch: descriptor.arch.clone(),
        steps: BundleSteps {
            check: step(StepKind::Check),
            deploy: descriptor.steps.deploy.as_path().to_owned(),
            verify: step(StepKind::Verify),
            rollback: step(StepKind::Rollback),
        },
        idempotent: descriptor.idempotent.is_yes(),
        timeout_seconds: descriptor.timeout.map(Timeout::seconds),
    }
}

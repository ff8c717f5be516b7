//! The bundles of a manifest: found, checked, and their payloads at hand.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;

use super::config::PackageConfig;
use super::context::Context;
use super::documents::Documents;
use super::resolver::resolver;
use crate::bundle::registry::Platform;
use crate::bundle::{
    BundleDescriptor, FoundBundle, PayloadCache, ResolveError, ResolveErrorKind, ResolvedBundle,
    Resolver, Timeout,
};
use crate::document::{Diagnostic, Document};
use crate::failure::Failure;
use crate::hjson::KeyPath;
use crate::manifest::{Manifest, PackageEntry};
use crate::name::Name;
use crate::node::Payload;
use crate::node::attempt::StepKind;
use crate::plan::{Bundle, BundleSteps};
use crate::reference::BundleReference;

/// The bundles of a manifest.
pub(super) struct Bundles {
    /// By component and package.
    pub(super) by_package: BTreeMap<(Name, Name), Bundle>,
    /// One for each different payload.
    pub(super) payloads: Vec<Payload>,
    /// Keeps the payloads from being pruned.
    _cache: PayloadCache,
}

/// Resolves the bundle of every package and checks the packages' `config`; everything that
/// is wrong is reported at once.
pub(super) fn resolve(context: &Context, documents: &Documents) -> Result<Bundles, Failure> {
    let resolver = resolver(context, platform(documents))?;
    let references = requests(documents).filter_map(|request| request.reference());
    resolver.prefetch(&references.collect::<Vec<_>>());
    let mut found = Vec::new();
    let (mut diagnostics, mut refused_configs) = (Vec::new(), Vec::new());
    for request in requests(documents) {
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
    let mut bundles = Bundles {
        by_package: BTreeMap::new(),
        payloads: Vec::new(),
        _cache: resolver.cache.clone(),
    };
    for (request, bundle) in found {
        bundles.take(request.component, request.package, resolver.keep(bundle)?);
    }
    Ok(bundles)
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
fn requests(documents: &Documents) -> impl Iterator<Item = Request<'_>> {
    let components = documents.manifest.value.components.iter();
    components.flat_map(move |(component, entry)| {
        entry.packages.iter().map(move |(package, wanted)| Request {
            documents,
            component,
            package,
            wanted,
        })
    })
}

/// What an image index is taken for: the architecture of the nodes as the inventory names it, if it names one, else that of this
/// machine.
fn platform(documents: &Documents) -> Platform {
    let inventory = &documents.inventory.value;
    let nodes = inventory
        .nodes
        .keys()
        .filter_map(|name| inventory.node(name));
    let named: BTreeSet<_> = nodes.filter_map(|node| node.arch).collect();
    match named.iter().next() {
        Some(arch) if named.len() == 1 => Platform::linux(arch.as_str()),
        _ => Platform::of_this_machine(),
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
    /// It cannot be had, or is not as it should be.
    #[error(transparent)]
    Bundle(#[from] ResolveError),
}

/// One package whose bundle is wanted.
struct Request<'a> {
    documents: &'a Documents,
    component: &'a Name,
    package: &'a Name,
    wanted: &'a PackageEntry,
}

impl Request<'_> {
    fn manifest(&self) -> &Document<Manifest> {
        &self.documents.manifest
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

    /// Where the bundle is; nothing may say it. Paths stay relative to the working directory where the manifest's is.
    fn reference(&self) -> Option<BundleReference> {
        let manifest = self.manifest().source.path();
        let directory = manifest.parent().unwrap_or(Utf8Path::new("/"));
        let repo = self.manifest().value.repo(self.wanted)?;
        Some(BundleReference {
            repo: repo.relative_to(directory),
            name: self.bundle_name().clone(),
            tag: self.wanted.tag.clone(),
        })
    }

    fn find(&self, resolver: &Resolver) -> Result<FoundBundle, NotTaken> {
        let reference = self.reference().ok_or(NotTaken::NoRepo)?;
        let bundle = resolver.find(&reference, self.wanted.digest.as_ref())?;
        refuse_secrets(&bundle.descriptor)?;
        Ok(bundle)
    }

    /// The definition says which bundle a package uses.
    fn bundle_name(&self) -> &Name {
        let definition = self.documents.definitions.get(self.component);
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
        }
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
    fn diagnostic(&self, message: String) -> Diagnostic {
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

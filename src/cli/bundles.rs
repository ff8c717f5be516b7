//! The bundles of a manifest: found, checked, and their payloads at hand.

use std::collections::BTreeMap;

use camino::Utf8Path;

use super::config::PackageConfig;
use super::context::Context;
use super::documents::Documents;
use crate::bundle::{BundleDescriptor, PayloadCache, ResolvedBundle, Resolver, Timeout};
use crate::document::{Diagnostic, Document};
use crate::failure::{Failure, FailureKind};
use crate::hjson::KeyPath;
use crate::manifest::{Manifest, PackageEntry};
use crate::name::Name;
use crate::node::Payload;
use crate::node::attempt::StepKind;
use crate::plan::{Bundle, BundleSteps};
use crate::reference::{BundleReference, Repo};

/// The bundles of a manifest.
pub(super) struct Bundles {
    /// By component and package.
    pub(super) by_package: BTreeMap<(Name, Name), Bundle>,
    /// One for each different payload.
    pub(super) payloads: Vec<Payload>,
}

/// Resolves the bundle of every package and checks the packages' `config`; everything that
/// is wrong is reported at once.
pub(super) fn resolve(context: &Context, documents: &Documents) -> Result<Bundles, Failure> {
    let resolver = resolver(context);
    let mut bundles = Bundles {
        by_package: BTreeMap::new(),
        payloads: Vec::new(),
    };
    let mut diagnostics = Vec::new();
    let mut refused_configs = Vec::new();
    for (component, entry) in &documents.manifest.value.components {
        for (package, wanted) in &entry.packages {
            let request = Request {
                documents,
                component,
                package,
                wanted,
            };
            match request.resolve(context, &resolver) {
                Ok(bundle) => {
                    refused_configs.extend(request.config().check(&bundle.descriptor));
                    bundles.take(component, package, bundle);
                }
                Err(failure) if failure.kind == FailureKind::Environment => return Err(failure),
                Err(failure) => diagnostics.extend(request.diagnostics(failure)),
            }
        }
    }
    let message = match (diagnostics.is_empty(), refused_configs.is_empty()) {
        (true, true) => return Ok(bundles),
        (true, false) => "not every `config` is what its release bundle takes",
        (false, _) => "not every release bundle can be taken",
    };
    diagnostics.extend(refused_configs);
    let failure = Failure::refused(format!("{message}; nothing was started"));
    Err(failure.with_diagnostics(diagnostics))
}

fn resolver(context: &Context) -> Resolver {
    let directory = |repo: &Repo| match repo {
        Repo::Directory(path) => Some(context.project_directory.join(path)),
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

    fn resolve(&self, context: &Context, resolver: &Resolver) -> Result<ResolvedBundle, Failure> {
        let path = context
            .working_directory
            .join(self.manifest().source.path());
        let directory = path.parent().unwrap_or(Utf8Path::new("/"));
        let Some(repo) = self.manifest().value.repo(self.wanted) else {
            return Err(Failure::refused("the package has no `artifrepo`")
                .help("set `artifrepo` for the package, or for the whole manifest"));
        };
        let reference = BundleReference {
            repo: repo.relative_to(directory),
            name: self.bundle_name().clone(),
            tag: self.wanted.tag.clone(),
        };
        let bundle = resolver.resolve(&reference, self.wanted.digest.as_ref())?;
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
    fn diagnostics(&self, failure: Failure) -> Vec<Diagnostic> {
        if failure.diagnostics.is_empty() {
            return vec![self.diagnostic(failure)];
        }
        let manifest = self.manifest().source.path();
        let wanted = format!("{} in {manifest} uses this bundle", self.package);
        let of_descriptor = failure.diagnostics.into_iter();
        of_descriptor
            .map(|diagnostic| diagnostic.note(wanted.clone()))
            .collect()
    }

    fn diagnostic(&self, failure: Failure) -> Diagnostic {
        let span = self.manifest().span(&self.path().key("tag"));
        let diagnostic = Diagnostic::error(failure.message).at(&self.manifest().source, span, "");
        let diagnostic = failure
            .causes
            .into_iter()
            .fold(diagnostic, Diagnostic::note);
        match failure.help {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        }
    }
}

/// A step that counts on a secret must not be run without it.
fn refuse_secrets(descriptor: &BundleDescriptor) -> Result<(), Failure> {
    let names: Vec<&str> = descriptor.secrets.iter().map(Name::as_str).collect();
    match names.is_empty() {
        true => Ok(()),
        false => Err(Failure::refused(format!(
            "the bundle needs secrets ({}), which this version of ddt cannot hand to it",
            names.join(", ")
        ))),
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

//! The bundles of a manifest: found, checked, and their payloads at hand.

mod request;
mod secrets;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::context::Context;
use super::documents::Documents;
use super::parallel;
use super::resolver::resolver;
use super::trust;
use crate::bundle::registry::Platform;
use crate::bundle::{BundleDescriptor, LockFile, PayloadCache, ResolvedBundle, Resolver, Timeout};
use crate::component::ComponentDefinition;
use crate::document::{Diagnostic, Document};
use crate::failure::Failure;
use crate::inventory::Fetch;
use crate::manifest::Manifest;
use crate::name::Name;
use crate::node::attempt::StepKind;
use crate::node::{Payload, PayloadOrigin};
use crate::plan::{Bundle, BundleSteps};
use crate::secret::SecretPlace;
use crate::store::SeenRelease;
use request::NotTaken;

pub(super) use request::Request;

/// The bundles of a manifest.
pub(super) struct Bundles {
    /// By component and package.
    pub(super) by_package: BTreeMap<(Name, Name), Bundle>,
    /// One for each different payload.
    pub(super) payloads: Vec<Payload>,
    /// Where nodes read them themselves, if the inventory says so.
    pub(super) origin: Option<Arc<dyn PayloadOrigin>>,
    /// The releases, to be remembered.
    pub(super) releases: Vec<SeenRelease>,
    /// Keeps the payloads from being pruned.
    pub(super) cache: PayloadCache,
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
    let resolver = resolver(context, platform(documents))?;
    let taken = take_all(&resolver, wanted)?;
    trust::require_signatures(context, documents, &taken)?;
    let mut bundles = Bundles {
        by_package: BTreeMap::new(),
        payloads: Vec::new(),
        origin: match documents.inventory.value.fetch {
            Fetch::Controller => None,
            Fetch::Node => Some(Arc::new(
                resolver.origin(taken.iter().map(|(_, bundle)| bundle)),
            )),
        },
        releases: Vec::new(),
        cache: resolver.cache.clone(),
    };
    let mut diagnostics = Vec::new();
    for (request, bundle) in taken {
        let places = secrets::places(context, &request, &bundle.descriptor);
        let places = places.unwrap_or_else(|wrong| {
            diagnostics.extend(wrong);
            BTreeMap::new()
        });
        bundles.take(request.component, request.package, bundle, places);
    }
    secrets::refuse(diagnostics)?;
    Ok(bundles)
}

/// Takes the bundle of every package; everything that is wrong is reported at once.
pub(super) fn take_all<'a>(
    resolver: &Resolver,
    wanted: Wanted<'a>,
) -> Result<Vec<(Request<'a>, ResolvedBundle)>, Failure> {
    let requests: Vec<_> = requests(wanted).collect();
    let releases = requests.iter().filter_map(Request::release);
    resolver.prefetch(&releases.collect::<Vec<_>>());
    let jobs = parallel::available();
    let results = parallel::map(&requests, jobs, |request| request.find(resolver));
    let mut found = Vec::new();
    let (mut diagnostics, mut refused_configs) = (Vec::new(), Vec::new());
    for (request, result) in requests.into_iter().zip(results) {
        match result {
            Ok(bundle) => {
                refused_configs.extend(request.config().check(&bundle.descriptor));
                found.push((request, bundle));
            }
            Err(NotTaken::Bundle(error)) if error.kind.is_environment() => return Err(error.into()),
            Err(reason) => diagnostics.extend(request.diagnostics(reason)),
        }
    }
    refuse(diagnostics, refused_configs)?;
    let kept = parallel::map(&found, jobs, |(_, bundle)| resolver.keep(bundle.clone()));
    let requests = found.into_iter().map(|(request, _)| request);
    requests
        .zip(kept)
        .map(|(request, bundle)| Ok((request, bundle?)))
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

impl Bundles {
    fn take(
        &mut self,
        component: &Name,
        package: &Name,
        bundle: ResolvedBundle,
        secrets: BTreeMap<Name, SecretPlace>,
    ) {
        if !self
            .payloads
            .iter()
            .any(|known| known.digest == bundle.payload.digest)
        {
            self.payloads.push(bundle.payload.clone());
        }
        let planned = planned(&bundle, secrets);
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
fn planned(bundle: &ResolvedBundle, secrets: BTreeMap<Name, SecretPlace>) -> Bundle {
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
        confirm_within_seconds: descriptor.confirm_within.map(Timeout::seconds),
        secrets,
    }
}

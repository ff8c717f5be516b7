//! Whether the releases of a deployment are trusted: signed as the project and the inventory
//! want it, and none of them older than what the zone has seen.

use super::bundles::{Bundles, Request};
use super::context::Context;
use super::documents::Documents;
use super::resolver::resolver;
use super::words::typed;
use crate::bundle::ResolvedBundle;
use crate::bundle::registry::Platform;
use crate::bundle::signature::{NotTrusted, Policy, Release};
use crate::clock;
use crate::document::Diagnostic;
use crate::failure::Failure;
use crate::hjson::KeyPath;
use crate::inventory::Inventory;
use crate::name::Name;
use crate::store::{SeenRelease, Store};
use crate::tag::TagOrder;

/// What a release is as far as signatures are about it.
pub(super) fn release(bundle: &ResolvedBundle) -> Release {
    Release {
        bundle: bundle.reference.name.clone(),
        tag: bundle.reference.tag.clone(),
        digest: bundle.digest.clone(),
        size: bundle.payload.size,
    }
}

/// Refuses releases that too few trusted keys vouch for, all at once.
pub(super) fn require_signatures(
    context: &Context,
    documents: &Documents,
    taken: &[(Request<'_>, ResolvedBundle)],
) -> Result<(), Failure> {
    let inventory = &documents.inventory.value;
    if !is_required(context, inventory) {
        return Ok(());
    }
    let policy = policy(context, inventory);
    let resolver = resolver(context, Platform::of_this_machine())?;
    let mut refused = Vec::new();
    let subjects: Vec<_> = taken.iter().map(|(_, bundle)| bundle.subject()).collect();
    let signatures = resolver.signatures_of(&subjects);
    for ((request, bundle), signatures) in taken.iter().zip(signatures) {
        match signatures {
            Err(error) if error.kind.is_environment() => return Err(error.into()),
            Err(error) => refused.push(untrusted(request, bundle).note(error.kind.to_string())),
            Ok(signatures) => {
                let missing = policy.check(&release(bundle), &signatures).err();
                let missing = missing.map(|missing| explained(untrusted(request, bundle), missing));
                refused.extend(missing);
            }
        }
    }
    let message = "not every release is signed as the zone wants it; nothing was started";
    match refused.is_empty() {
        true => Ok(()),
        false => Err(Failure::refused(message).with_diagnostics(refused)),
    }
}

/// Refuses releases that are older than what the zone was deployed to before, unless the
/// operator lets them. The nodes may be new, and know nothing of it.
pub(super) fn refuse_older(
    context: &Context,
    documents: &Documents,
    bundles: &Bundles,
    allowed: impl Fn(&Name) -> bool,
) -> Result<(), Failure> {
    if !is_required(context, &documents.inventory.value) {
        return Ok(());
    }
    let store = Store::open_to_read(&context.state_dir)?;
    let zone = &documents.manifest.value.mzone;
    let mut refused = Vec::new();
    for wanted in bundles.releases.iter().filter(|one| !allowed(&one.package)) {
        let newest = store.newest_seen(zone, wanted)?;
        let newer = newest.filter(|newest| wanted.tag.order(newest) == TagOrder::Older);
        refused.extend(newer.map(|newer| older(documents, wanted, &newer.to_string())));
    }
    let message = "a release is older than what the zone has seen; nothing was started";
    match refused.is_empty() {
        true => Ok(()),
        false => Err(Failure::refused(message).with_diagnostics(refused)),
    }
}

/// Remembers the releases of a deployment that is about to begin.
pub(super) fn remember(
    context: &Context,
    zone: &Name,
    releases: &[SeenRelease],
) -> Result<(), Failure> {
    Ok(Store::open(&context.state_dir)?.record_seen(zone, releases)?)
}

fn is_required(context: &Context, inventory: &Inventory) -> bool {
    context.project.require_signatures.is_yes() || inventory.require_signatures.is_yes()
}

/// An inventory can only ask for more than the project.
fn policy<'a>(context: &'a Context, inventory: &Inventory) -> Policy<'a> {
    let thresholds = [
        context.project.signature_threshold,
        inventory.signature_threshold,
    ];
    Policy {
        keys: &context.project.trusted_keys,
        threshold: thresholds.into_iter().flatten().max().unwrap_or(1),
        now: clock::now(),
    }
}

fn untrusted(request: &Request<'_>, bundle: &ResolvedBundle) -> Diagnostic {
    let reference = bundle.reference.to_string();
    request
        .diagnostic(format!("the bundle {reference} is not trusted"))
        .help(format!(
            "a holder of a trusted key reviews it, then runs `ddt bundle sign {} --key FILE`",
            typed(&reference)
        ))
}

fn explained(diagnostic: Diagnostic, missing: NotTrusted) -> Diagnostic {
    let rejected = missing.rejected.iter().map(ToString::to_string);
    let notes = std::iter::once(missing.to_string()).chain(rejected);
    notes.fold(diagnostic, Diagnostic::note)
}

fn older(documents: &Documents, wanted: &SeenRelease, newer: &str) -> Diagnostic {
    let SeenRelease {
        component,
        package,
        tag,
        ..
    } = wanted;
    let path = KeyPath::from([
        "components",
        component.as_str(),
        "packages",
        package.as_str(),
    ]);
    let path = path.key("tag");
    let span = documents.manifest.span(&path);
    Diagnostic::error(format!(
        "`{package}` would go back to {tag}; the zone was deployed to {newer}"
    ))
    .at(&documents.manifest.source, span, "")
    .about(path)
    .help(format!(
        "use {newer} or a newer release; `--allow-downgrade {package}` goes back all the same"
    ))
}

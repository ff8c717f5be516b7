//! Where the secrets of a package come from: by the manifest, else by the project.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::request::Request;
use crate::bundle::BundleDescriptor;
use crate::cli::context::Context;
use crate::document::{Diagnostic, closest};
use crate::failure::Failure;
use crate::name::Name;
use crate::secret::SecretPlace;

/// The place of every secret that the bundle names; or what is wrong: one that nothing says anything of, or one that the
/// manifest knows and the bundle does not.
pub(super) fn places(
    context: &Context,
    request: &Request<'_>,
    descriptor: &BundleDescriptor,
) -> Result<BTreeMap<Name, SecretPlace>, Vec<Diagnostic>> {
    let mut wrong: Vec<Diagnostic> = request
        .wanted
        .secrets
        .keys()
        .filter(|name| !descriptor.secrets.contains(name))
        .map(|name| unknown(request, descriptor, name))
        .collect();
    let mut places = BTreeMap::new();
    for name in &descriptor.secrets {
        match place(context, request, name) {
            Some(place) => drop(places.insert(name.clone(), place)),
            None => wrong.push(missing(request, name)),
        }
    }
    match wrong.is_empty() {
        true => Ok(places),
        false => Err(wrong),
    }
}

/// Fails if anything is wrong with what documents say of secrets.
pub(super) fn refuse(wrong: Vec<Diagnostic>) -> Result<(), Failure> {
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(
            Failure::refused("not every secret has a source; nothing was started")
                .with_diagnostics(wrong),
        ),
    }
}

fn place(context: &Context, request: &Request<'_>, name: &Name) -> Option<SecretPlace> {
    if let Some(source) = request.wanted.secrets.get(name) {
        let manifest = context
            .working_directory
            .join(request.manifest().source.path());
        return Some(SecretPlace {
            source: source.clone(),
            directory: directory(&manifest),
        });
    }
    let source = context.project.secrets.get(name)?;
    Some(SecretPlace {
        source: source.clone(),
        directory: context.project_directory.clone(),
    })
}

fn directory(document: &Utf8Path) -> Utf8PathBuf {
    document.parent().unwrap_or(Utf8Path::new("/")).to_owned()
}

fn missing(request: &Request<'_>, name: &Name) -> Diagnostic {
    let package = request.package;
    request
        .diagnostic(format!(
            "nothing says where the secret `{name}` of `{package}` comes from"
        ))
        .note("the steps of its bundle read it")
        .help(format!(
            "write `secrets: {{ {name}: \"SOURCE\" }}` in the package, or in ddt.hjson; SOURCE is such as env:NAME, file:PATH or vault:PATH#KEY"
        ))
}

fn unknown(request: &Request<'_>, descriptor: &BundleDescriptor, name: &Name) -> Diagnostic {
    let path = request.path().key("secrets").key(name.as_str());
    let manifest = request.manifest();
    let known: Vec<&str> = descriptor.secrets.iter().map(Name::as_str).collect();
    let diagnostic = Diagnostic::error(format!(
        "the bundle of `{}` reads no secret `{name}`",
        request.package
    ))
    .at(&manifest.source, manifest.key_span(&path), "")
    .about(path);
    match (
        closest(name.as_str(), known.iter().copied()),
        known.is_empty(),
    ) {
        (Some(meant), _) => diagnostic.help(format!("did you mean `{meant}`?")),
        (None, true) => diagnostic.help("remove it: the bundle reads none"),
        (None, false) => diagnostic.help(format!("it reads {}", known.join(", "))),
    }
}

//! Which registries a manifest names, and which ones a project knows.

use super::manifest_view::ManifestView;
use crate::hjson::{KeyPath, Value};
use crate::project::Project;
use crate::reference::{RegistryHost, Repo};

/// A registry that a manifest names.
pub(super) struct RegistryUse {
    /// The registry.
    pub(super) host: RegistryHost,
    /// Where it is named.
    pub(super) path: KeyPath,
}

/// Every registry that is named, in written order.
pub(super) fn used(manifest: &ManifestView<'_>) -> Vec<RegistryUse> {
    let written = written(manifest).into_iter();
    let parsed = written.filter_map(|(path, text)| match text.parse() {
        Ok(Repo::Registry { host, .. }) => Some(RegistryUse { host, path }),
        _ => None,
    });
    parsed.collect()
}

/// Every `artifrepo`, as it is written.
pub(super) fn written(manifest: &ManifestView<'_>) -> Vec<(KeyPath, String)> {
    let own = |value: Value<'_>, path: KeyPath| {
        let repo = value.get("artifrepo")?;
        repo.style()?;
        Some((path.key("artifrepo"), repo.text().into_owned()))
    };
    let components = manifest.components.iter();
    let packages = components.flat_map(|component| &component.packages);
    let of_packages = packages.filter_map(|package| own(package.value, package.path.clone()));
    let of_manifest = own(manifest.root, KeyPath::root());
    of_manifest.into_iter().chain(of_packages).collect()
}

/// The registries that a project names itself.
pub(super) fn known(project: &Project) -> Vec<&str> {
    let trusted = project.lint.trusted_registries.iter();
    let configured = project.registries.keys();
    trusted
        .chain(configured)
        .map(RegistryHost::as_str)
        .collect()
}

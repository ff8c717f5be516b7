//! How the project's bundles are found: its mirrors, its registries, its cache.

use std::sync::Arc;
use std::time::Duration;

use super::context::Context;
use crate::bundle::registry::{
    BlobStore, Encryption, EnvironmentCredentials, Platform, Registries, RegistrySettings,
};
use crate::bundle::{PayloadCache, Resolver};
use crate::failure::Failure;
use crate::project::Registry;
use crate::reference::Repo;
use crate::report::{Output, Transfers};

/// Makes the resolver of a project. An image index is taken for `platform`.
pub(super) fn resolver(context: &Context, platform: Platform) -> Result<Resolver, Failure> {
    let directory = |repo: &Repo| match repo {
        Repo::Directory(path) => {
            let path = context.project_directory.join(path);
            Some(context.shown(&path).to_owned())
        }
        Repo::Registry { .. } => None,
    };
    let configured = &context.project.registries;
    let mirrors = configured
        .iter()
        .filter_map(|(host, registry)| Some((host.clone(), directory(registry.mirror.as_ref()?)?)));
    let cache = context.state_dir.join("cache");
    Ok(Resolver {
        mirrors: mirrors.collect(),
        registries: Arc::new(Registries {
            settings: configured
                .iter()
                .map(|(host, registry)| (host.clone(), settings(context, registry)))
                .collect(),
            environment: environment(context)?,
            store: BlobStore::new(cache.as_path()),
            platform,
            transfer: Arc::new(transfers(context)),
            fetched: Default::default(),
        }),
        cache: PayloadCache::new(cache),
        limits: Default::default(),
    })
}

fn settings(context: &Context, registry: &Registry) -> RegistrySettings {
    let default = RegistrySettings::default();
    let ca = registry.ca.as_ref();
    let timeout = registry.timeout;
    RegistrySettings {
        ca: ca.map(|path| context.project_directory.join(path)),
        encryption: match registry.plain_http.is_yes() {
            true => Encryption::PlainHttp,
            false => Encryption::Automatic,
        },
        token_host: registry.token_host.clone(),
        timeout: timeout.map_or(default.timeout, |timeout| {
            Duration::from_secs(timeout.seconds().into())
        }),
    }
}

fn environment(context: &Context) -> Result<Option<EnvironmentCredentials>, Failure> {
    let read = EnvironmentCredentials::read(context.environment);
    read.map_err(|error| Failure::environment("cannot log in to a registry").because(&error))
}

fn transfers(context: &Context) -> Transfers {
    let stderr = Output::stderr(context.color, |name| std::env::var(name).ok());
    Transfers::new("bundles", stderr)
}

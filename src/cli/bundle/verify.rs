//! `ddt bundle verify REF`.

use std::collections::BTreeMap;
use std::io;

use camino::Utf8PathBuf;
use clap::Args;

use super::{cannot_print, named};
use crate::bundle::registry::Platform;
use crate::bundle::signature::{NotTrusted, Policy, PublicKey, TrustedKey};
use crate::cli::context::Context;
use crate::cli::resolver::resolver;
use crate::cli::{file, trust};
use crate::clock;
use crate::document::YesNo;
use crate::failure::Failure;
use crate::name::Name;

/// Say whether enough trusted keys vouch for a release.
#[derive(Clone, Debug, Args)]
pub(super) struct VerifyArgs {
    /// REPO/NAME:TAG, such as dir:PATH/NAME:TAG.
    #[arg(value_name = "REF")]
    reference: String,
    /// Trust these public keys, and not those of ddt.hjson.
    #[arg(short, long, value_name = "FILE")]
    key: Vec<Utf8PathBuf>,
    /// How many keys it takes [default: by ddt.hjson, else 1].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=64))]
    threshold: Option<u32>,
}

impl VerifyArgs {
    pub(super) fn run(self, context: &Context, out: &mut dyn io::Write) -> Result<(), Failure> {
        let keys = self.keys(context)?;
        let configured = context.project.signature_threshold;
        let policy = Policy {
            keys: &keys,
            threshold: self.threshold.or(configured).unwrap_or(1),
            now: clock::now(),
        };
        let resolver = resolver(context, Platform::of_this_machine())?;
        let reference = named::reference(&self.reference)?;
        let bundle = resolver.resolve(&reference, None)?;
        let signatures = resolver.signatures(&bundle.subject())?;
        let release = trust::release(&bundle);
        let counted = policy
            .check(&release, &signatures)
            .map_err(|missing| not_trusted(&self.reference, &missing))?;
        let names = counted.iter().map(Name::as_str).collect::<Vec<_>>();
        writeln!(out, "{release}: signed by {}", names.join(", ")).map_err(cannot_print)
    }

    fn keys(&self, context: &Context) -> Result<BTreeMap<Name, TrustedKey>, Failure> {
        if self.key.is_empty() {
            let keys = context.project.trusted_keys.clone();
            let none = || {
                Failure::refused("no key is trusted").help(
                    "name a public key with --key, or list keys in `trusted_keys` of ddt.hjson",
                )
            };
            return (!keys.is_empty()).then_some(keys).ok_or_else(none);
        }
        let keys = self.key.iter().map(|path| read_key(path, context));
        keys.collect()
    }
}

fn read_key(shown: &Utf8PathBuf, context: &Context) -> Result<(Name, TrustedKey), Failure> {
    let bytes = file::read_named(&context.working_directory.join(shown), shown)?;
    let text = String::from_utf8_lossy(&bytes);
    let key: PublicKey = text
        .trim_end()
        .parse()
        .map_err(|error| Failure::refused(format!("cannot use the key {shown}")).because(&error))?;
    let id = key.id();
    let name = id
        .parse()
        .map_err(|error| Failure::refused(format!("cannot use the key {shown}")).because(&error))?;
    let trusted = TrustedKey {
        key,
        from: None,
        until: None,
        revoked: YesNo::No,
    };
    Ok((name, trusted))
}

fn not_trusted(reference: &str, missing: &NotTrusted) -> Failure {
    let mut failure = Failure::refused(format!("the bundle {reference} is not trusted"));
    let rejected = missing.rejected.iter().map(ToString::to_string);
    failure.causes = std::iter::once(missing.to_string())
        .chain(rejected)
        .collect();
    failure
}

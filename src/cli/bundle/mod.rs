//! `ddt bundle`: makes, moves, shows, signs and verifies release bundles.

mod build;
mod copy;
mod inspect;
mod keygen;
pub(super) mod named;
mod new;
mod passphrase;
mod prune;
mod prune_nodes;
mod pull;
mod push;
mod sign;
mod verify;

use std::io;

use clap::{Args, Subcommand};

use super::context::Context;
use crate::bundle::{ResolveError, ResolveErrorKind};
use crate::exit::ExitCode;
use crate::failure::Failure;

/// Make, move, show, sign and verify release bundles
#[derive(Clone, Debug, Args)]
pub(super) struct BundleArgs {
    #[command(subcommand)]
    verb: BundleVerb,
}

/// What is done with a bundle.
#[derive(Clone, Debug, Subcommand)]
enum BundleVerb {
    New(new::NewArgs),
    Build(build::BuildArgs),
    Push(push::PushArgs),
    Pull(pull::PullArgs),
    Inspect(inspect::InspectArgs),
    Prune(prune::PruneArgs),
    Keygen(keygen::KeygenArgs),
    Sign(sign::SignArgs),
    Verify(verify::VerifyArgs),
}

impl BundleArgs {
    /// Does what was asked; results go to `out`. The project is read where it matters.
    pub(super) fn run(
        self,
        context: &dyn Fn() -> Result<Context, Failure>,
        out: &mut dyn io::Write,
    ) -> Result<ExitCode, Failure> {
        let done = match self.verb {
            BundleVerb::New(arguments) => arguments.run(out),
            BundleVerb::Build(arguments) => arguments.run(out),
            BundleVerb::Push(arguments) => arguments.run(&context()?, out),
            BundleVerb::Pull(arguments) => arguments.run(&context()?, out),
            BundleVerb::Inspect(arguments) => arguments.run(&context()?, out),
            BundleVerb::Prune(arguments) => return arguments.run(&context()?, out),
            BundleVerb::Keygen(arguments) => arguments.run(&context()?, out),
            BundleVerb::Sign(arguments) => arguments.run(&context()?, out),
            BundleVerb::Verify(arguments) => arguments.run(&context()?, out),
        };
        done.map(|()| ExitCode::Done)
    }
}

impl From<ResolveError> for Failure {
    fn from(error: ResolveError) -> Self {
        let message = format!("cannot take the bundle {}", error.reference);
        failure(message, error.kind)
    }
}

/// Signatures that cannot be put beside a release.
fn cannot_keep_signatures(error: ResolveError) -> Failure {
    let message = format!("cannot keep the signatures of {}", error.reference);
    failure(message, error.kind)
}

/// A bundle that is refused, as a verb reports it. What is wrong with this machine rather
/// than with the bundle is told apart.
fn failure(message: String, kind: ResolveErrorKind) -> Failure {
    match kind {
        ResolveErrorKind::Descriptor(diagnostics) => {
            Failure::refused(message).with_diagnostics(diagnostics)
        }
        kind if kind.is_environment() => Failure::environment(message).because(&kind),
        kind => Failure::refused(message).because(&kind),
    }
}

fn cannot_print(error: io::Error) -> Failure {
    Failure::environment("cannot print the result").because(&error)
}

#[cfg(test)]
mod tests;

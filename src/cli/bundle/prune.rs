//! `ddt bundle prune`.

use std::io;
use std::str::FromStr;

use camino::Utf8PathBuf;
use clap::Args;

use super::{cannot_print, prune_nodes};
use crate::bundle::{PruneError, prune};
use crate::cli::context::Context;
use crate::exit::ExitCode;
use crate::failure::Failure;

/// Remove from the cache what was not used for the longest time, or from nodes what none of them needs
#[derive(Clone, Debug, Args)]
pub(super) struct PruneArgs {
    /// How much may stay: bytes, or with a unit as in 500M or 10G (of 1024).
    #[arg(long, value_name = "SIZE", default_value = "10G")]
    keep: Size,
    /// Prune the nodes of this inventory instead: what they need to go on, or to go back, stays
    #[arg(long, value_name = "INVENTORY", conflicts_with = "keep")]
    nodes: Option<Utf8PathBuf>,
    /// Only these nodes, selected as for `ddt deploy`
    #[arg(long, value_name = "SELECTOR", requires = "nodes")]
    limit: Option<String>,
}

/// A number of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Size(u64);

/// Not a size.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a size; write a number of bytes, or one with K, M or G")]
struct SizeError(String);

impl FromStr for Size {
    type Err = SizeError;

    fn from_str(text: &str) -> Result<Self, SizeError> {
        let (digits, shift) = match text.strip_suffix(['K', 'M', 'G']) {
            Some(digits) if text.ends_with('K') => (digits, 10),
            Some(digits) if text.ends_with('M') => (digits, 20),
            Some(digits) => (digits, 30),
            None => (text, 0),
        };
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.parse::<u64>().ok().filter(|_| is_number);
        let bytes = number.and_then(|number| number.checked_mul(1 << shift));
        bytes.map(Self).ok_or_else(|| SizeError(text.to_owned()))
    }
}

impl PruneArgs {
    pub(super) fn run(
        self,
        context: &Context,
        out: &mut dyn io::Write,
    ) -> Result<ExitCode, Failure> {
        match self.nodes {
            Some(inventory) => {
                let selector = self.limit.as_deref().unwrap_or("*");
                prune_nodes::run(context, &inventory, selector, out)
            }
            None => self.run_here(context, out).map(|()| ExitCode::Done),
        }
    }

    fn run_here(&self, context: &Context, out: &mut dyn io::Write) -> Result<(), Failure> {
        let cache = context.state_dir.join("cache");
        let pruned = prune(&cache, self.keep.0).map_err(|error| {
            let message = "cannot prune the cache";
            match error {
                PruneError::InUse(_) => Failure::refused(message).because(&error),
                PruneError::Io { .. } => Failure::environment(message).because(&error),
            }
        })?;
        writeln!(
            out,
            "removed {} files of {} bytes; {} bytes are left",
            pruned.files, pruned.bytes, pruned.left
        )
        .map_err(cannot_print)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_sizes() {
        let size = |text: &str| text.parse().map(|Size(bytes)| bytes).ok();
        assert_eq!(size("0"), Some(0));
        assert_eq!(size("3K"), Some(3 << 10));
        assert_eq!(size("500M"), Some(500 << 20));
        assert_eq!(size("10G"), Some(10 << 30));
        for text in ["", "G", "+1", "1T", "1.5G", "99999999999G"] {
            assert_eq!(size(text), None, "{text}");
        }
    }
}

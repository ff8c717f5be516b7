//! What pruning a node came to.

use super::NodeError;
use super::response::{Response, unexpected};

/// The payloads of a node's cache after it was pruned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PrunedNode {
    /// How many were removed.
    pub removed: u64,
    /// The room they took on its disk, in KiB.
    pub removed_kib: u64,
    /// How many are left: an attempt there needs them.
    pub left: u64,
}

/// Reads what the runner says it removed.
pub(super) fn read(response: &Response) -> Result<PrunedNode, NodeError> {
    let heading = &response.expect_part("pruned")?.heading;
    let numbers = heading.iter().skip(1).map(|word| word.parse().ok());
    match numbers.collect::<Option<Vec<u64>>>().as_deref() {
        Some([removed, removed_kib, left]) => Ok(PrunedNode {
            removed: *removed,
            removed_kib: *removed_kib,
            left: *left,
        }),
        _ => Err(unexpected("pruned", &heading.join(" "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_heading(heading: &str) -> Result<PrunedNode, NodeError> {
        let bytes = format!("\nid {heading}\n\nid end\n");
        read(&Response::read("id", bytes.as_bytes())?)
    }

    #[test]
    fn reads_three_numbers_and_nothing_else() {
        let pruned = PrunedNode {
            removed: 2,
            removed_kib: 300,
            left: 1,
        };
        assert_eq!(read_heading("pruned 2 300 1"), Ok(pruned));
        let said = ["pruned 2 300", "pruned 2 300 1 4", "pruned 2 x 1", "other"]
            .map(|heading| read_heading(heading).expect_err("refused").to_string());
        insta::assert_snapshot!(said.join("\n"));
    }
}

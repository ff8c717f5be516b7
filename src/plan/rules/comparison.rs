//! Rules 4 to 6: how a wanted release stands to the one that is installed.

use crate::tag::{ReleaseTag, TagOrder};

/// How a wanted release stands to the installed one. The planner and the linter judge by
/// nothing else, so what the one refuses the other has said before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// Another major version, newer or older (rule 5).
    OtherMajor,
    /// An older release of the same major (rule 4).
    Older,
    /// The same version and build time from another commit (rule 6).
    OtherCommit,
    /// The very same release.
    Same,
    /// A newer release of the same major.
    Newer,
}

impl Comparison {
    /// Compares a wanted release with the installed one.
    pub fn of(wanted: &ReleaseTag, installed: &ReleaseTag) -> Self {
        if wanted.version().major != installed.version().major {
            return Self::OtherMajor;
        }
        match wanted.order(installed) {
            TagOrder::Older => Self::Older,
            TagOrder::Conflict => Self::OtherCommit,
            TagOrder::Same => Self::Same,
            TagOrder::Newer => Self::Newer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_comes_first_and_the_commit_never_orders() {
        let installed = "3.1.10-20220622T070711Z_1412be2";
        for (wanted, expected) in [
            ("2.9.99-20230622T070711Z_1412be2", Comparison::OtherMajor),
            ("4.0.0-20200622T070711Z_1412be2", Comparison::OtherMajor),
            ("3.1.9-20230622T070711Z_1412be2", Comparison::Older),
            ("3.1.10-20220622T070710Z_fffffff", Comparison::Older),
            ("3.1.10-20220622T070711Z_fffffff", Comparison::OtherCommit),
            (installed, Comparison::Same),
            ("3.1.10-20220622T070712Z_0000000", Comparison::Newer),
            ("3.1.11-20200622T070711Z_0000000", Comparison::Newer),
        ] {
            let [wanted, installed] = [wanted, installed].map(|tag| tag.parse().expect("a tag"));
            assert_eq!(Comparison::of(&wanted, &installed), expected, "{wanted}");
        }
    }
}

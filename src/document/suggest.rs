//! Did you mean …?

/// The word closest to what was written, if it is close enough to be meant.
pub fn closest<'word>(
    written: &str,
    words: impl IntoIterator<Item = &'word str>,
) -> Option<&'word str> {
    let reach = (written.chars().count() / 3).max(1);
    words
        .into_iter()
        .map(|word| {
            (
                strsim::damerau_levenshtein(&written.to_lowercase(), &word.to_lowercase()),
                word,
            )
        })
        .filter(|(distance, _)| *distance <= reach)
        .min()
        .map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_slip_and_nothing_far_fetched() {
        let keys = ["tag", "artifrepo", "forcereboot", "digest"];
        assert_eq!(closest("artifrepos", keys), Some("artifrepo"));
        assert_eq!(closest("forceReboot", keys), Some("forcereboot"));
        assert_eq!(closest("tga", keys), Some("tag"));
        assert_eq!(closest("colour", keys), None);
        assert_eq!(closest("", keys), None);
    }
}

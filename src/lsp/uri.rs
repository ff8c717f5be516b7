//! Between the URIs of editors and paths.

use camino::{Utf8Path, Utf8PathBuf};
use gen_lsp_types::Uri;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

const SCHEME: &str = "file://";

/// What stands in a path of a URI for something else than itself.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The absolute path of a file of this machine; `None` for a text that is no file, or is not in UTF-8.
pub(super) fn path(uri: &Uri) -> Option<Utf8PathBuf> {
    let rest = uri.as_ref().strip_prefix(SCHEME)?;
    let rest = rest.strip_prefix("localhost").unwrap_or(rest);
    let path = percent_decode_str(rest).decode_utf8().ok()?;
    let is_usable = path.starts_with('/') && !path.contains('\0');
    is_usable.then(|| Utf8PathBuf::from(path.into_owned()))
}

/// The URI of an absolute path.
pub(super) fn of(path: &Utf8Path) -> Uri {
    let encoded = utf8_percent_encode(path.as_str(), ENCODED);
    Uri::from(format!("{SCHEME}{encoded}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_absolute_paths_of_this_machine_are_files() {
        let found = |uri: &str| path(&Uri::from(uri)).map(Utf8PathBuf::into_string);
        assert_eq!(found("file:///a%20b/c.hjson"), Some("/a b/c.hjson".into()));
        assert_eq!(found("file://localhost/a"), Some("/a".into()));
        for other in [
            "untitled:Untitled-1",
            "file://server/a",
            "file:///%ff",
            "file:///a%00",
        ] {
            assert_eq!(found(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn a_path_leads_back_to_itself(name in "/[^\0]*") {
            prop_assert_eq!(path(&of(Utf8Path::new(&name))), Some(Utf8PathBuf::from(name)));
        }
    }
}

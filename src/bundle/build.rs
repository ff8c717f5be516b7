//! From a source tree to an OCI image layout: `ddt bundle build`.

use camino::Utf8Path;

use super::content::read_descriptor;
use super::layout::Layout;
use super::resolve::ResolveErrorKind;
use super::source_tree;
use crate::digest::Digest;

/// A release that was added to a layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuiltBundle {
    /// Its name in the layout: `NAME:TAG`.
    pub name: String,
    /// The digest of its manifest, which depends on nothing but the source tree.
    pub digest: Digest,
}

/// Packs a source tree and enters it into a layout, in place of an earlier build of the
/// same release. The layout is outside the source tree.
pub fn build(source: &Utf8Path, layout: &Utf8Path) -> Result<BuiltBundle, ResolveErrorKind> {
    if is_inside(layout, source) {
        return Err(ResolveErrorKind::OutputInside(layout.to_owned()));
    }
    let tree = source_tree::read(source)?;
    let descriptor = read_descriptor(&tree, source).map_err(ResolveErrorKind::Descriptor)?;
    let name = format!("{}:{}", descriptor.bundle, descriptor.tag);
    let digest = Layout::at(layout).add(&tree, &name)?;
    Ok(BuiltBundle { name, digest })
}

/// Whether a path, which may not exist yet, is below a directory.
fn is_inside(path: &Utf8Path, directory: &Utf8Path) -> bool {
    let existing = path.ancestors().find_map(|above| match above.as_str() {
        "" => Utf8Path::new(".").canonicalize_utf8().ok(),
        _ => above.canonicalize_utf8().ok(),
    });
    match (existing, directory.canonicalize_utf8()) {
        (Some(existing), Ok(directory)) => existing.starts_with(directory),
        _ => false,
    }
}

//! Where the things that a manifest names are defined.

use gen_lsp_types::Location;

use super::cursor::{self, Part, Spot};
use super::knowledge::{Knowledge, Origin, Workspace};
use super::positions::Positions;
use super::reading::Reading;
use super::uri;
use crate::document::Source;
use crate::hjson::{ColumnUnit, KeyPath, Span};
use crate::lint::DocumentKind;

/// A place in another document.
#[derive(Debug)]
pub(super) struct Target<'a> {
    source: &'a Source,
    span: Span,
    origin: Origin,
}

/// Where the component, package or zone at an offset is defined.
pub(super) fn target<'a>(
    reading: &Reading,
    knowledge: &'a Knowledge,
    offset: usize,
) -> Option<Target<'a>> {
    if reading.subject.kind != DocumentKind::Manifest {
        return None;
    }
    let Spot { path, part, span } = cursor::spot(reading.tree(), offset)?;
    let written = || span.of(reading.source().text()).trim_matches(['"', '\'']);
    match (part, cursor::keys(&path).as_slice()) {
        (Part::Key, ["components", component]) => component_target(knowledge, component, None),
        (Part::Key, ["components", component, "packages", package]) => {
            component_target(knowledge, component, Some(package))
        }
        (Part::Value, ["components", _, "requires"]) => {
            component_target(knowledge, written(), None)
        }
        (_, ["mzone"]) => zone_target(knowledge, reading),
        _ => None,
    }
}

/// The package in the definition of its component; the component's own name where it is not there.
fn component_target<'a>(
    knowledge: &'a Knowledge,
    component: &str,
    package: Option<&str>,
) -> Option<Target<'a>> {
    let definition = knowledge.definition(component)?;
    let document = &definition.document;
    let mut packages = document.value.packages.iter();
    let index =
        package.and_then(|package| packages.position(|known| known.package.as_str() == package));
    let path = match index {
        Some(index) => KeyPath::from(["packages"]).index(index).key("package"),
        None => KeyPath::from(["component"]),
    };
    Some(Target {
        source: &document.source,
        span: document.span(&path),
        origin: definition.origin,
    })
}

fn zone_target<'a>(knowledge: &'a Knowledge, reading: &Reading) -> Option<Target<'a>> {
    let mzone = reading.tree().root()?.get("mzone")?;
    let inventory = knowledge.inventory(&mzone.text())?;
    Some(Target {
        source: &inventory.source,
        span: inventory.span(&KeyPath::from(["mzone"])),
        origin: Origin::Project,
    })
}

impl Target<'_> {
    /// Where the editor finds it. A definition that is built in gets a file for that.
    pub(super) fn location(
        &self,
        workspace: &mut dyn Workspace,
        unit: ColumnUnit,
    ) -> Option<Location> {
        let path = match self.origin {
            Origin::Project => self.source.path().to_owned(),
            Origin::BuiltIn => workspace.built_in_copy(self.source)?,
        };
        let positions = Positions::new(self.source.text(), unit);
        let range = positions.range(self.source.text(), self.span);
        Some(Location::new(uri::of(&path), range))
    }
}

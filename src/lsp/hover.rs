//! What is said about the thing under the pointer, as Markdown.

use gen_lsp_types::{Contents, Hover, MarkupContent, MarkupKind};
use jiff::Timestamp;

use super::cursor::{self, Part, Spot};
use super::knowledge::Knowledge;
use super::reading::Reading;
use crate::component::{ComponentDefinition, PackageDefinition};
use crate::document::Outline;
use crate::hjson::{KeyPath, Segment};
use crate::inventory::Inventory;
use crate::lint::DocumentKind;
use crate::name::Name;
use crate::tag::ReleaseTag;

const DAY: i64 = 24 * 60 * 60;

/// What to say about an offset, if there is anything.
pub(super) fn hover(
    reading: &Reading,
    knowledge: &Knowledge,
    offset: usize,
    now: Timestamp,
) -> Option<Hover> {
    let spot = cursor::spot(reading.tree(), offset)?;
    let facts = facts(reading, knowledge, &spot, now);
    let paragraphs: Vec<String> = facts.into_iter().chain(docs(reading, &spot)).collect();
    (!paragraphs.is_empty()).then(|| Hover {
        contents: Contents::MarkupContent(MarkupContent {
            kind: MarkupKind::Markdown,
            value: paragraphs.join("\n\n"),
        }),
        range: Some(reading.range(spot.span)),
    })
}

/// What is known about what is written.
fn facts(reading: &Reading, knowledge: &Knowledge, spot: &Spot, now: Timestamp) -> Option<String> {
    if reading.subject.kind != DocumentKind::Manifest {
        return None;
    }
    match (spot.part, cursor::keys(&spot.path).as_slice()) {
        (Part::Key, ["components", component]) => {
            let definition = &knowledge.definition(component)?.document.value;
            Some(about_component(definition))
        }
        (Part::Key, ["components", component, "packages", package]) => {
            let definition = &knowledge.definition(component)?.document.value;
            Some(about_package(definition.package(&package.parse().ok()?)?))
        }
        (Part::Value, [.., "tag"]) => {
            let tag = reading.tree().find(&spot.path)?;
            Some(about_tag(&tag.text().parse().ok()?, now))
        }
        (Part::Value, ["mzone"]) => {
            let mzone = reading.tree().find(&spot.path)?;
            let inventory = knowledge.inventory(&mzone.text())?;
            Some(about_zone(&inventory.value))
        }
        _ => None,
    }
}

fn about_component(definition: &ComponentDefinition) -> String {
    format!(
        "**{}**: stages {}; ready at `{}`",
        definition.component,
        definition
            .stages
            .iter()
            .map(|stage| format!("`{stage}`"))
            .collect::<Vec<_>>()
            .join(" → "),
        definition.ready
    )
}

fn about_package(package: &PackageDefinition) -> String {
    let one = |label: &str, name: Option<&Name>| name.map(|name| format!("- {label} `{name}`"));
    let yes = |label: &str, says: bool| says.then(|| format!("- {label}"));
    let after: Vec<String> = package
        .after
        .iter()
        .map(|name| format!("`{name}`"))
        .collect();
    let lines = [
        Some(format!(
            "**{}** uses the bundle `{}`",
            package.package,
            package.bundle()
        )),
        // Separates the list from the sentence.
        Some(String::new()),
        one("needs the stage", package.needs.as_ref()),
        one("sets the stage", package.sets.as_ref()),
        (!after.is_empty()).then(|| format!("- comes after {}", after.join(", "))),
        yes("required in a fresh deployment", package.required.is_yes()),
        yes("left out of upgrades", package.fresh_only.is_yes()),
        yes(
            "reboots nodes with `forcereboot: yes`",
            package.may_reboot.is_yes(),
        ),
    ];
    let lines: Vec<String> = lines.into_iter().flatten().collect();
    lines.join("\n").trim_end().to_owned()
}

fn about_tag(tag: &ReleaseTag, now: Timestamp) -> String {
    let version = format!("version **{}**", tag.version());
    let (Some(built), Some(sha)) = (tag.built_at(), tag.sha()) else {
        return version;
    };
    let age = age(now.as_second() - built.as_second());
    let built = built.strftime("%Y-%m-%d %H:%M:%S UTC");
    format!("{version}, built {built} ({age}) from `{sha}`")
}

/// A time span as people say it.
fn age(seconds: i64) -> String {
    let count = |number: i64, unit: &str| match number {
        1 => format!("1 {unit}"),
        _ => format!("{number} {unit}s"),
    };
    let length = match seconds.abs() {
        seconds if seconds < DAY => return "within a day".to_owned(),
        seconds if seconds < 60 * DAY => count(seconds / DAY, "day"),
        seconds if seconds < 730 * DAY => count(seconds / (30 * DAY), "month"),
        seconds => count(seconds / (365 * DAY), "year"),
    };
    match seconds < 0 {
        true => format!("in {length}"),
        false => format!("{length} ago"),
    }
}

fn about_zone(inventory: &Inventory) -> String {
    let nodes = match inventory.nodes.len() {
        1 => "1 node".to_owned(),
        count => format!("{count} nodes"),
    };
    let protected = match inventory.protected.is_yes() {
        true => ", protected",
        false => "",
    };
    format!("**{}**: {nodes}{protected}", inventory.mzone)
}

/// What the schema says about the key.
fn docs(reading: &Reading, spot: &Spot) -> Option<String> {
    let outline = reading.subject.kind.schema()?.outline(&spot.path)?;
    let description = outline.description()?;
    let key = spot
        .path
        .segments()
        .iter()
        .rev()
        .find_map(|segment| match segment {
            Segment::Key(key) => Some(key),
            Segment::Index(_) => None,
        })?;
    let is_required = spot.path.parent().is_some_and(|parent| {
        let holder = outline_of(reading, &parent);
        holder.is_some_and(|holder| holder.requires(key))
    });
    let required = if is_required { " (required)" } else { "" };
    Some(format!("`{key}`{required}: {description}"))
}

fn outline_of<'a>(reading: &Reading, path: &KeyPath) -> Option<Outline<'a>> {
    reading.subject.kind.schema()?.outline(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_said_as_people_say_it() {
        let said = [0, -DAY + 1, DAY, -2 * DAY, 60 * DAY, 730 * DAY].map(age);
        assert_eq!(
            said,
            [
                "within a day",
                "within a day",
                "1 day ago",
                "in 2 days",
                "2 months ago",
                "2 years ago"
            ]
        );
    }

    #[test]
    fn a_plain_tag_is_only_a_version() {
        let tag = "1.2.3".parse().expect("a tag");
        assert_eq!(about_tag(&tag, Timestamp::UNIX_EPOCH), "version **1.2.3**");
    }
}

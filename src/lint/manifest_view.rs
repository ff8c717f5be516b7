//! A manifest as far as it can be understood: what is wrong with one value never hides
//! what is wrong with another.

use std::collections::BTreeSet;
use std::str::FromStr;

use super::context::Surroundings;
use crate::component::{ComponentDefinition, PackageDefinition};
use crate::document::YesNo;
use crate::hjson::{KeyPath, Member, Tree, Value};
use crate::name::Name;
use crate::reference::Repo;
use crate::tag::ReleaseTag;

/// A manifest; a value that is not what it should be is absent.
#[derive(Clone, Debug)]
pub struct ManifestView<'a> {
    /// The root object.
    pub root: Value<'a>,
    /// The zone.
    pub mzone: Option<Name>,
    /// The components, in written order.
    pub components: Vec<ComponentView<'a>>,
}

/// A component of a manifest.
#[derive(Clone, Debug)]
pub struct ComponentView<'a> {
    /// Its name as written.
    pub name: String,
    /// Where it stands.
    pub path: KeyPath,
    /// The object itself.
    pub value: Value<'a>,
    /// What it requires, as written.
    pub requires: Vec<String>,
    /// Its definition, if there is one.
    pub definition: Option<&'a ComponentDefinition>,
    /// Its packages, in written order.
    pub packages: Vec<PackageView<'a>>,
}

/// A package of a manifest.
#[derive(Clone, Debug)]
pub struct PackageView<'a> {
    /// Its name as written.
    pub name: String,
    /// Where it stands.
    pub path: KeyPath,
    /// Its definition, if there is one.
    pub definition: Option<&'a PackageDefinition>,
    /// The object itself.
    pub value: Value<'a>,
    /// The release it wants.
    pub tag: Option<ReleaseTag>,
    /// Where its bundle comes from: its own repo, else the manifest's.
    pub repo: Option<Repo>,
    /// Whether it may reboot nodes; `None` where that is not written or not understood.
    pub forcereboot: Option<YesNo>,
}

impl<'a> ManifestView<'a> {
    /// Understands what can be understood; `None` for a text that has no root.
    pub fn new(tree: &'a Tree, surroundings: &'a Surroundings) -> Option<Self> {
        let root = tree.root()?;
        let components = entries(root, "components", KeyPath::root())
            .map(|entry| ComponentView::new(root, entry, surroundings));
        Some(Self {
            root,
            mzone: parsed(root, "mzone"),
            components: components.collect(),
        })
    }
}

impl<'a> ComponentView<'a> {
    fn new(root: Value<'a>, entry: Entry<'a>, surroundings: &'a Surroundings) -> Self {
        let name = entry.name.parse::<Name>().ok();
        let definition = name.and_then(|name| surroundings.definitions.get(&name));
        let requires = entry.value.get("requires").into_iter();
        let packages = entries(entry.value, "packages", entry.path.clone())
            .map(|package| PackageView::new(root, package, definition));
        Self {
            requires: requires
                .flat_map(Value::items)
                .map(|item| item.text().into_owned())
                .collect(),
            definition,
            packages: packages.collect(),
            name: entry.name,
            path: entry.path,
            value: entry.value,
        }
    }

    /// The packages that have a definition, with it.
    pub fn defined(&self) -> impl Iterator<Item = (&PackageView<'a>, &'a PackageDefinition)> {
        self.packages
            .iter()
            .filter_map(|package| Some((package, package.definition?)))
    }

    /// The packages with a tag that can be read, with it.
    pub fn tagged(&self) -> impl Iterator<Item = (&PackageView<'a>, &ReleaseTag)> {
        self.packages
            .iter()
            .filter_map(|package| Some((package, package.tag.as_ref()?)))
    }
}

impl<'a> PackageView<'a> {
    fn new(root: Value<'a>, entry: Entry<'a>, definition: Option<&'a ComponentDefinition>) -> Self {
        let name = entry.name.parse::<Name>().ok();
        let has_own_repo = entry.value.get("artifrepo").is_some();
        Self {
            definition: name.and_then(|name| definition?.package(&name)),
            tag: parsed(entry.value, "tag"),
            repo: parsed(if has_own_repo { entry.value } else { root }, "artifrepo"),
            forcereboot: parsed(entry.value, "forcereboot"),
            name: entry.name,
            path: entry.path,
            value: entry.value,
        }
    }

    /// The name of its bundle; its own where it has no definition.
    pub fn bundle(&self) -> &str {
        let defined = self.definition.map(PackageDefinition::bundle);
        defined.map_or(&self.name, |bundle| bundle.as_str())
    }

    /// The path of a key of the package.
    pub fn key(&self, key: &str) -> KeyPath {
        self.path.clone().key(key)
    }
}

/// A member of an object of named things.
struct Entry<'a> {
    name: String,
    path: KeyPath,
    value: Value<'a>,
}

/// The members of the object behind a key; of repeated ones the last, which is what counts.
fn entries<'a>(value: Value<'a>, key: &str, path: KeyPath) -> impl Iterator<Item = Entry<'a>> {
    let path = path.key(key);
    let object = value.get(key);
    let mut members: Vec<Member<'a>> = object.into_iter().flat_map(Value::members).collect();
    let mut seen = BTreeSet::new();
    members.reverse();
    members.retain(|member| seen.insert(member.key.text().into_owned()));
    members.into_iter().rev().map(move |member| Entry {
        name: member.key.text().into_owned(),
        path: path.clone().key(member.key.text()),
        value: member.value,
    })
}

fn parsed<T: FromStr>(object: Value<'_>, key: &str) -> Option<T> {
    let value = object.get(key)?;
    value.style()?;
    value.text().parse().ok()
}

//! The value of a secret, and which package's steps read which.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretSlice};

use super::mask::Mask;
use crate::name::Name;

/// The bytes of a secret: wiped when they are dropped, neither shown nor written anywhere.
#[derive(Clone)]
pub struct SecretValue(SecretSlice<u8>);

impl SecretValue {
    /// The most bytes a secret may have.
    pub const MAX_BYTES: usize = 64 << 10;

    /// Takes the bytes.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }

    /// The bytes: for those who hand them to a step, or cover them, and for nobody else.
    pub fn expose(&self) -> &[u8] {
        self.0.expose_secret()
    }
}

impl fmt::Debug for SecretValue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("***")
    }
}

/// The secrets that the steps of one package read, by name.
pub type PackageSecrets = BTreeMap<Name, SecretValue>;

/// The secrets of a run, by component and package. Cheap to copy.
#[derive(Clone, Debug, Default)]
pub struct RunSecrets {
    packages: Arc<BTreeMap<(Name, Name), PackageSecrets>>,
    mask: Arc<Mask>,
}

impl RunSecrets {
    /// Takes the secrets of all packages.
    pub fn new(packages: BTreeMap<(Name, Name), PackageSecrets>) -> Self {
        let values = packages.values().flat_map(BTreeMap::values);
        Self {
            mask: Arc::new(Mask::of(values)),
            packages: Arc::new(packages),
        }
    }

    /// Those of a package; `None` where it has none.
    pub fn of(&self, component: &Name, package: &Name) -> Option<&PackageSecrets> {
        let secrets = self.packages.get(&(component.clone(), package.clone()));
        secrets.filter(|secrets| !secrets.is_empty())
    }

    /// What must not be shown of any of them.
    pub fn mask(&self) -> Arc<Mask> {
        Arc::clone(&self.mask)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_shows_a_value() {
        let name = |text: &str| text.parse::<Name>().expect("a name");
        let value = SecretValue::new(b"hunter2".to_vec());
        let secrets = PackageSecrets::from([(name("password"), value)]);
        let run = RunSecrets::new(BTreeMap::from([((name("a"), name("b")), secrets)]));
        let shown = format!("{run:?}");
        assert!(
            !shown.contains("hunter2") && shown.contains("***"),
            "{shown}"
        );
    }
}

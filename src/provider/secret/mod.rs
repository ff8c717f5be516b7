//! Asks the sources of secrets for their values: one file for each kind of source.

mod age;
mod error;
mod exec;
mod file;
mod vault;

use std::collections::BTreeMap;

use camino::Utf8PathBuf;

use crate::name::Name;
use crate::secret::{PackageSecrets, RunSecrets, SecretPlace, SecretSource, SecretValue};
use vault::Vault;

pub use error::{SecretError, SecretProblem};

/// Reads an environment variable.
pub type Environment = fn(&str) -> Option<String>;

/// Asks for secrets; each place is asked once.
pub struct SecretSources {
    environment: Environment,
    /// The file with the identities that age files are encrypted to, if one is known.
    age_identity: Option<Utf8PathBuf>,
    vault: Vault,
    known: BTreeMap<SecretPlace, Result<SecretValue, SecretError>>,
    warnings: Vec<String>,
}

/// The secrets of one package, as a plan names them.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The component of the package.
    pub component: &'a Name,
    /// The package.
    pub package: &'a Name,
    /// Where each of its secrets comes from.
    pub secrets: &'a BTreeMap<Name, SecretPlace>,
}

/// What came of asking for everything.
#[derive(Debug)]
pub struct Answers {
    /// The secrets, or all that is wrong with them.
    pub secrets: Result<RunSecrets, Vec<SecretProblem>>,
    /// What is no error, and worth knowing.
    pub warnings: Vec<String>,
}

impl SecretSources {
    /// Nothing is asked before [`SecretSources::resolve`].
    pub fn new(environment: Environment, age_identity: Option<Utf8PathBuf>) -> Self {
        Self {
            environment,
            age_identity,
            vault: Vault::new(environment),
            known: BTreeMap::new(),
            warnings: Vec::new(),
        }
    }

    /// Asks for the secrets of all packages. Every problem is told, not only the first.
    pub async fn resolve(mut self, packages: &[Wanted<'_>]) -> Answers {
        let (mut found, mut problems) = (BTreeMap::new(), Vec::new());
        for wanted in packages {
            let mut values = PackageSecrets::new();
            for (name, place) in wanted.secrets {
                match self.value(place).await {
                    Ok(value) => {
                        values.insert(name.clone(), value);
                    }
                    Err(error) => problems.push(wanted.problem(name, place, error)),
                }
            }
            let package = (wanted.component.clone(), wanted.package.clone());
            found.insert(package, values);
        }
        Answers {
            secrets: match problems.is_empty() {
                true => Ok(RunSecrets::new(found)),
                false => Err(problems),
            },
            warnings: self.warnings,
        }
    }

    async fn value(&mut self, place: &SecretPlace) -> Result<SecretValue, SecretError> {
        if let Some(known) = self.known.get(place) {
            return known.clone();
        }
        let asked = self.ask(place).await.and_then(usable);
        self.known.insert(place.clone(), asked.clone());
        asked
    }

    async fn ask(&mut self, place: &SecretPlace) -> Result<Vec<u8>, SecretError> {
        match &place.source {
            SecretSource::Variable(name) => {
                let value = (self.environment)(name).map(String::into_bytes);
                value.ok_or_else(|| SecretError::NoVariable(name.clone()))
            }
            SecretSource::File(path) => {
                let path = place.directory.join(path);
                self.warnings.extend(file::warning(&path));
                file::read(&path, SecretValue::MAX_BYTES)
            }
            SecretSource::Program(words) => exec::run(words, &place.directory).await,
            SecretSource::Age(path) => {
                let identity = self.age_identity.as_deref();
                let identity = identity.ok_or(SecretError::NoIdentity)?;
                self.warnings.extend(file::warning(identity));
                age::decrypt(&place.directory.join(path), identity)
            }
            SecretSource::Vault { path, key } => self.vault.read(path, key).await,
        }
    }
}

/// A secret that is empty is one that somebody forgot.
fn usable(bytes: Vec<u8>) -> Result<SecretValue, SecretError> {
    let length = bytes.len();
    let value = SecretValue::new(bytes);
    match length {
        0 => Err(SecretError::Empty),
        1..=SecretValue::MAX_BYTES => Ok(value),
        _ => Err(SecretError::TooLong),
    }
}

impl Wanted<'_> {
    fn problem(&self, name: &Name, place: &SecretPlace, error: SecretError) -> SecretProblem {
        SecretProblem {
            package: self.package.clone(),
            secret: name.clone(),
            source: place.source.clone(),
            error,
        }
    }
}

#[cfg(test)]
mod tests;

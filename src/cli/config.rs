//! The `config` of a package, checked against the schema of its bundle.

use serde_json::Value;

use crate::bundle::{BundleDescriptor, ConfigFault, Part};
use crate::document::{Diagnostic, Document};
use crate::hjson::{KeyPath, Span};
use crate::manifest::{Manifest, PackageEntry};

/// A package's `config`, and where it stands.
pub(super) struct PackageConfig<'a> {
    pub(super) manifest: &'a Document<Manifest>,
    /// The package's place in the manifest.
    pub(super) package: KeyPath,
    pub(super) wanted: &'a PackageEntry,
}

impl PackageConfig<'_> {
    /// Everything that the bundle does not take, in the order of the manifest. A package without a `config` is checked as
    /// one with an empty `config`, which is what its steps would read.
    pub(super) fn check(&self, descriptor: &BundleDescriptor) -> Vec<Diagnostic> {
        let schema = match descriptor.config_schema() {
            Ok(Some(schema)) => schema,
            // A descriptor with an invalid schema is refused when it is read.
            Ok(None) | Err(_) => return Vec::new(),
        };
        let config = self.wanted.config.iter().flatten();
        let config: Value = config
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        let faults = schema.check(&config).into_iter();
        let mut diagnostics: Vec<Diagnostic> = faults
            .map(|fault| self.diagnostic(fault, descriptor))
            .collect();
        diagnostics.sort_by_key(|diagnostic| diagnostic.primary().map(|label| label.span.start));
        diagnostics
    }

    fn diagnostic(&self, fault: ConfigFault, descriptor: &BundleDescriptor) -> Diagnostic {
        let path = fault.path.below(&self.package.clone().key("config"));
        let bundle = format!("{}:{}", descriptor.bundle, descriptor.tag);
        let diagnostic = Diagnostic::error(fault.message)
            .at(&self.manifest.source, self.span(fault.part, &path), "")
            .about(path)
            .note(format!("the config schema of {bundle} wants it so"));
        let diagnostic = match fault.description {
            Some(description) => diagnostic.note(format!("the bundle says: {description}")),
            None => diagnostic,
        };
        match fault.help {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        }
    }

    /// What is pointed at. Of a secret only the package is, so that no line of it is shown.
    fn span(&self, part: Part, path: &KeyPath) -> Span {
        let stands = self.wanted.config.is_some();
        match part {
            Part::Value if stands => self.manifest.beginning(path),
            Part::Key if stands => self.manifest.key_span(path),
            _ => self.manifest.key_span(&self.package),
        }
    }
}

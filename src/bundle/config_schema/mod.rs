//! A bundle's config schema: what a package's `config` may hold, in JSON Schema.
//!
//! The schema comes with the bundle and is not trusted: it is complete in itself, nothing is
//! ever fetched for it, and a pattern that is too costly is an error, not a long wait.

mod fault;
mod help;
mod schema_fault;
mod subschema;
mod words;

use jsonschema::Validator;
use serde_json::Value;

pub use fault::{ConfigFault, Part};
pub use schema_fault::SchemaFault;

/// A JSON Schema (2020-12, unless its `$schema` names an older one) that was found to be valid.
#[derive(Clone, Debug)]
pub struct ConfigSchema {
    schema: Value,
    validator: Validator,
}

impl ConfigSchema {
    /// Takes a schema, or says everything that is wrong with it.
    pub fn new(schema: &Value) -> Result<Self, Vec<SchemaFault>> {
        let faults = schema_fault::against_its_dialect(schema);
        if !faults.is_empty() {
            return Err(faults);
        }
        let options = jsonschema::options()
            .offline()
            .should_validate_formats(true)
            .should_ignore_unknown_formats(true);
        match options.build(schema) {
            Ok(validator) => Ok(Self {
                schema: schema.clone(),
                validator,
            }),
            Err(error) => Err(vec![schema_fault::of(&error, schema)]),
        }
    }

    /// The schema as JSON.
    pub fn as_json(&self) -> &Value {
        &self.schema
    }

    /// Everything in a config that the schema does not take.
    pub fn check(&self, config: &Value) -> Vec<ConfigFault> {
        let errors = self.validator.iter_errors(config);
        errors
            .flat_map(|error| fault::faults(&error, &self.schema))
            .collect()
    }
}

#[cfg(test)]
mod tests;

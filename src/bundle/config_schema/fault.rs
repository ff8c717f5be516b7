//! What a schema does not take, in words that help to correct it.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value;

use super::help::help;
use super::subschema::Subschema;
use super::words::{alternatives, counted, key_path, quoted, shortened, type_name};
use crate::document::closest;
use crate::hjson::KeyPath;

/// Something in a config that its schema does not take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFault {
    /// Where in the config.
    pub path: KeyPath,
    /// Which part of the member there is at fault.
    pub part: Part,
    /// What is wrong, in lower case. Quotes a value shortened, and a secret one not at all.
    pub message: String,
    /// What to write, where that is known.
    pub help: Option<String>,
    /// What the schema says of the value.
    pub description: Option<String>,
}

/// The part of a member that is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The value.
    Value,
    /// The key: it should not be there.
    Key,
    /// The value, which is a secret: its place must not be shown either.
    Secret,
}

/// One error of the library as the faults it stands for: one for each unknown key.
pub(super) fn faults(error: &ValidationError<'_>, schema: &Value) -> Vec<ConfigFault> {
    let subschema = Subschema::of(error, schema);
    match error.kind() {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            let object = key_path(error.instance_path());
            let unknown = unexpected.iter();
            unknown
                .map(|key| unknown_key(&object, key, &subschema))
                .collect()
        }
        _ => vec![fault(error, schema)],
    }
}

fn unknown_key(object: &KeyPath, key: &str, subschema: &Subschema<'_>) -> ConfigFault {
    let known: Vec<&str> = subschema.properties().collect();
    let help = match closest(key, known.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None if known.is_empty() => "delete it".to_owned(),
        None => format!("known here: {}", known.join(", ")),
    };
    ConfigFault {
        path: object.clone().key(key),
        part: Part::Key,
        message: format!("unknown key `{}`", shortened(key)),
        help: Some(help),
        description: None,
    }
}

/// An error that is about one value.
pub(super) fn fault(error: &ValidationError<'_>, schema: &Value) -> ConfigFault {
    let subschema = Subschema::of(error, schema);
    let path = key_path(error.instance_path());
    let subject = subject(&path);
    if subschema.is_secret() {
        let keyword = error.kind().keyword();
        return ConfigFault {
            path,
            part: Part::Secret,
            message: format!("`{subject}` is not as its `{keyword}` wants it"),
            help: Some("correct it; it is a secret, and not shown".to_owned()),
            description: subschema.description(error),
        };
    }
    ConfigFault {
        path,
        part: match error.kind() {
            Kind::FalseSchema => Part::Key,
            _ => Part::Value,
        },
        message: message(error, &subject),
        help: help(error, schema),
        description: subschema.description(error),
    }
}

/// A value of the config, as messages name it.
fn subject(path: &KeyPath) -> String {
    path.below(&KeyPath::root().key("config")).to_string()
}

/// Says what is wrong with a value.
pub(super) fn message(error: &ValidationError<'_>, subject: &str) -> String {
    let found = quoted(error.instance());
    let says = |wanted: String| format!("`{subject}` must {wanted}, found {found}");
    match error.kind() {
        Kind::Required { property } => format!("`{subject}` lacks {}", quoted(property)),
        Kind::Type { kind: wanted } => says(format!("be {}", alternatives(&type_names(wanted)))),
        Kind::Enum { .. } | Kind::Constant { .. } => format!("`{subject}` cannot be {found}"),
        Kind::Minimum { limit } => says(format!("be {limit} or more")),
        Kind::Maximum { limit } => says(format!("be {limit} or less")),
        Kind::ExclusiveMinimum { limit } => says(format!("be more than {limit}")),
        Kind::ExclusiveMaximum { limit } => says(format!("be less than {limit}")),
        Kind::MultipleOf { multiple_of } => says(format!("be a multiple of {multiple_of}")),
        Kind::Pattern { pattern } => says(format!("match `{pattern}`")),
        Kind::Format { format } => says(format!("be of the format `{format}`")),
        other => format!("`{subject}` {}", shape(other)),
    }
}

/// Says what is wrong with the size or the form of a value, after its name.
fn shape(kind: &Kind) -> String {
    match kind {
        Kind::MinLength { limit } => format!("must have at least {}", counted(*limit, "character")),
        Kind::MaxLength { limit } => format!("must have at most {}", counted(*limit, "character")),
        Kind::MinItems { limit } => format!("must have at least {}", counted(*limit, "item")),
        Kind::MaxItems { limit } => format!("must have at most {}", counted(*limit, "item")),
        Kind::MinProperties { limit } => format!("must have at least {}", counted(*limit, "key")),
        Kind::MaxProperties { limit } => format!("must have at most {}", counted(*limit, "key")),
        Kind::UniqueItems => "has the same item twice".to_owned(),
        Kind::Contains => "lacks an item that must be there".to_owned(),
        Kind::AdditionalItems { .. } | Kind::UnevaluatedItems { .. } => {
            "has more items than it may".to_owned()
        }
        Kind::PropertyNames { error } => {
            format!("may not have the key {}", quoted(error.instance()))
        }
        Kind::FalseSchema => "may not be there".to_owned(),
        Kind::AnyOf { .. } | Kind::OneOfNotValid { .. } => {
            "has none of the forms that are taken".to_owned()
        }
        Kind::OneOfMultipleValid { .. } => "has several forms at once".to_owned(),
        Kind::Not { .. } => "has a form that is not taken".to_owned(),
        Kind::BacktrackLimitExceeded { .. } | Kind::RegexEngineFailure { .. } => {
            "cannot be checked: the pattern is too costly".to_owned()
        }
        other => format!("is not as `{}` wants it", other.keyword()),
    }
}

fn type_names(wanted: &TypeKind) -> Vec<String> {
    match wanted {
        TypeKind::Single(one) => vec![type_name(one.as_str()).to_owned()],
        TypeKind::Multiple(several) => several
            .iter()
            .map(|one| type_name(one.as_str()).to_owned())
            .collect(),
    }
}

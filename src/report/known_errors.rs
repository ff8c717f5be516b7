//! What is known about failures from the field: component definitions say it.

use std::collections::BTreeMap;

use crate::component::{ComponentDefinition, KnownError};
use crate::engine::event::TaskId;
use crate::failure::{FailureClass, RecoveryLevel};
use crate::name::Name;

/// Knows the component definitions, and what kind of machine every node is.
#[derive(Clone, Debug, Default)]
pub struct KnownErrors {
    /// The definitions of the manifest's components, by name.
    pub definitions: BTreeMap<Name, ComponentDefinition>,
    /// The nodes' architectures, as `uname -m` prints them.
    pub architectures: BTreeMap<Name, String>,
}

impl KnownErrors {
    /// The known error that a task's log shows, if any.
    pub(super) fn find(&self, task: &TaskId, log: &[u8]) -> Option<&KnownError> {
        let definition = self.definitions.get(&task.component)?;
        definition.known_error(&task.package, &String::from_utf8_lossy(log))
    }

    /// Who the failures of a node are to be sent to, if not to the reader.
    pub(super) fn routing(&self, node: &Name) -> impl Iterator<Item = &str> {
        let architecture = self.architectures.get(node);
        let routing = self.definitions.values().flat_map(|known| &known.routing);
        routing
            .filter(move |routing| Some(&routing.arch) == architecture)
            .map(|routing| routing.message.as_str())
    }
}

/// The least level that suffices: what is known of the error, else what its class says.
pub(super) fn recovery_level(class: FailureClass, known: Option<&KnownError>) -> RecoveryLevel {
    match known.and_then(|known| known.recovery_level) {
        Some(0) => RecoveryLevel::Everything,
        Some(1) => RecoveryLevel::Nodes,
        Some(2) => RecoveryLevel::Deployment,
        _ => class.recovery_level(),
    }
}

//! Who knows whether the zone is well after a batch. The engine does not know how they do.

use async_trait::async_trait;

use crate::name::Name;

/// What is asked after a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthRequest {
    /// The program and its arguments, as the rollout says them; not empty.
    pub command: Vec<String>,
    /// The run.
    pub run: Name,
    /// The zone.
    pub mzone: Name,
    /// The number of the batch, from 1.
    pub batch: u32,
    /// The nodes of the batch.
    pub nodes: Vec<Name>,
}

/// Says whether the zone is well.
#[async_trait]
pub trait Health: Send + Sync {
    /// Ends in bounded time; an error says what is wrong, as a fragment after "failed: ".
    async fn check(&self, request: &HealthRequest) -> Result<(), String>;
}

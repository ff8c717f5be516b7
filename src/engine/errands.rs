//! What the driver does for the machine beside the nodes: it lets time pass, and has the
//! zone's health looked at. Dropping them ends them.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedSender, WeakUnboundedSender};
use tokio::task::JoinSet;

use super::event::TaskFailure;
use super::health::{Health, HealthRequest};
use super::machine::{Input, Wait};
use crate::failure::FailureClass;

/// The errands that are under way.
pub(super) struct Errands {
    under_way: JoinSet<()>,
    /// Weak, so that a run whose workers are all gone is noticed.
    inputs: WeakUnboundedSender<Input>,
    health: Arc<dyn Health>,
}

impl Errands {
    pub(super) fn new(inputs: &UnboundedSender<Input>, health: Arc<dyn Health>) -> Self {
        Self {
            under_way: JoinSet::new(),
            inputs: inputs.downgrade(),
            health,
        }
    }

    /// Says so when a time is over.
    pub(super) fn wait(&mut self, wait: Wait, seconds: u32) {
        let pause = tokio::time::sleep(Duration::from_secs(u64::from(seconds)));
        self.begin(async move {
            pause.await;
            Input::Waited(wait)
        });
    }

    /// Asks whether the zone is well.
    pub(super) fn look(&mut self, request: HealthRequest) {
        let health = Arc::clone(&self.health);
        self.begin(async move {
            let said = health.check(&request).await;
            Input::HealthChecked {
                batch: request.batch,
                result: said.map_err(|message| TaskFailure {
                    class: FailureClass::Health,
                    message,
                    step: None,
                }),
            }
        });
    }

    fn begin(&mut self, errand: impl Future<Output = Input> + Send + 'static) {
        // Those that have ended are not kept.
        while self.under_way.try_join_next().is_some() {}
        if let Some(inputs) = self.inputs.upgrade() {
            self.under_way.spawn(async move {
                // Nobody listens any more once the run is over.
                drop(inputs.send(errand.await));
            });
        }
    }
}

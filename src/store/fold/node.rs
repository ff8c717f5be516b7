//! The life of one node within a run.

use super::impossible::Impossible;
use crate::name::Name;

/// What the fold remembers of a node besides its view.
#[derive(Debug)]
pub(super) struct NodeTrack {
    node: Name,
    stage: Stage,
    /// How many acts go on there.
    doing: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Selected,
    Prepared,
    Failed,
    Ended,
}

impl NodeTrack {
    pub(super) fn new(node: &Name) -> Self {
        Self {
            node: node.clone(),
            stage: Stage::Selected,
            doing: 0,
        }
    }

    /// Its payloads are there.
    pub(super) fn prepare(&mut self) -> Result<(), Impossible> {
        self.leave_selected(Stage::Prepared)
    }

    /// It could not be made ready, and that will be tried again.
    pub(super) fn retry(&self) -> Result<(), Impossible> {
        match self.stage {
            Stage::Selected => Ok(()),
            _ => Err(self.wrong()),
        }
    }

    /// It could not be made ready.
    pub(super) fn fail(&mut self) -> Result<(), Impossible> {
        self.leave_selected(Stage::Failed)
    }

    fn leave_selected(&mut self, stage: Stage) -> Result<(), Impossible> {
        if self.stage != Stage::Selected {
            return Err(self.wrong());
        }
        self.stage = stage;
        Ok(())
    }

    /// An act begins there.
    pub(super) fn begin(&mut self) -> Result<(), Impossible> {
        if matches!(self.stage, Stage::Failed | Stage::Ended) {
            return Err(self.wrong());
        }
        self.doing += 1;
        Ok(())
    }

    /// It is worked on again: something is to be undone there.
    pub(super) fn reopen(&mut self) {
        if self.stage == Stage::Ended {
            self.stage = Stage::Prepared;
        }
    }

    /// An act that has begun there is over.
    pub(super) fn finish_act(&mut self) {
        self.doing = self.doing.saturating_sub(1);
    }

    /// Its facts were read again.
    pub(super) fn end(&mut self) -> Result<(), Impossible> {
        if self.stage == Stage::Ended || self.doing > 0 {
            return Err(self.wrong());
        }
        self.stage = Stage::Ended;
        Ok(())
    }

    fn wrong(&self) -> Impossible {
        let state = match self.stage {
            Stage::Failed => "could not be made ready",
            Stage::Ended => "has ended before",
            _ if self.doing > 0 => "is still doing something",
            _ => "was prepared before",
        };
        Impossible::Node {
            node: self.node.clone(),
            state,
        }
    }
}

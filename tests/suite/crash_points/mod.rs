//! ddt dies at every one of its crash points, or loses the end of its journal: the next `ddt deploy` brings the nodes
//! to the same end, and no step is run twice.
//!
//! Only builds with debug assertions can be made to die.
#![cfg(debug_assertions)]

mod cuts;
mod end;
mod every_point;
mod lamps;

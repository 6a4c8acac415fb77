//! Judges movements: facts as columns, conditions in three values, outcomes with their reasons.
//!
//! It knows no regime by name: it runs the stages of whatever law it is given.

pub mod batch;
pub mod count;
pub mod evaluate;
pub mod explain;
pub mod fill;
pub mod movement;
mod program;
pub mod table;
pub mod view;

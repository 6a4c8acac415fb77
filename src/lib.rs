//! transborder
pub mod assess;
pub mod case;
pub mod date;
pub mod diagnostic;
pub mod error;
pub mod fact;
pub mod graph;
pub mod judge;
pub mod law;
pub mod load;
pub mod locate;
pub mod model;
pub mod outcome;
pub mod place;
pub mod text;
pub mod truth;
pub mod word;

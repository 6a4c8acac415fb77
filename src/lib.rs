// The examples of the README need the law that is built in; without it there is nothing to run them on.
#![cfg_attr(any(feature = "packs", not(doctest)), doc = include_str!("../README.md"))]

// Modules in the order of the flow: from a file, by the graph and the law, to a report.

pub mod load;
pub mod model;

pub mod locate;
#[cfg(feature = "observe")]
pub mod observe;
pub mod place;

pub mod graph;

pub mod law;

pub mod fact;
pub mod judge;
pub mod truth;

pub mod assess;
pub mod outcome;

#[cfg(feature = "observe")]
pub mod reconcile;

pub mod report;

pub mod case;

pub mod date;
pub mod diagnostic;
pub mod error;
mod pairing;
pub mod text;
pub mod word;

pub use assess::assessment::{Assessment, FindingKind};
pub use assess::explanation::{Explanation, explain};
pub use assess::{Options, assess};
pub use date::Date;
pub use diagnostic::Diagnostics;
pub use error::Error;
pub use law::Law;
pub use load::{Source, map as load_map};
pub use outcome::{Headline, Outcome};

//! Reads documents: from bytes to values with paths and positions, every problem reported at once.

mod adopt;
mod answer;
pub(crate) mod change;
pub(crate) mod decode;
pub mod difference;
mod document;
mod json;
mod map;
mod position;
mod profiles;
mod schema;
mod source;
pub(crate) mod tree;
pub(crate) mod value;

pub use answer::AnswerKind;
pub(crate) use answer::{Answerable, Holder};
pub use change::Change;
pub use decode::near as near_match;
pub use difference::difference;
pub use document::Document;
pub(crate) use json::json;
pub(crate) use map::decode as decode_map;
#[cfg(feature = "observe")]
pub(crate) use map::is_host;
pub use map::{Loaded, map};
pub use profiles::Profiles;
pub use schema::schema;
pub use source::{Source, Whence};

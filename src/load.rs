//! Reads documents: from bytes to values with paths and positions, every problem reported at once.

pub(crate) mod decode;
mod map;
mod position;
mod source;
pub(crate) mod tree;
pub(crate) mod value;

pub use map::{Loaded, map};
pub use source::Source;

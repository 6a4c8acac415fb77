//! Where things are: from the names and numbers that systems have for a location to the place the law knows.

pub mod anycast;
pub mod cloud;
#[cfg(feature = "geoip")]
pub mod geoip;
pub mod locator;
pub mod network;
pub(crate) mod prefixes;
pub mod ranges;
pub mod special;
mod table;
pub mod testimony;

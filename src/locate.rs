//! Where things are: from the names and numbers that systems have for a location to the place the law knows.

pub mod cloud;
#[cfg(feature = "geoip")]
pub mod geoip;
pub mod locator;
pub mod network;
pub mod special;
pub mod testimony;
